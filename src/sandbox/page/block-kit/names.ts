import type { SandboxUser } from '../../types.ts'
import type { WorkspaceFacts } from '../../wire.ts'

/** How people see those who are mentioned. What is not known is shown by its label, or else by its id. */

export const nameOf = ({ profile, real_name, name }: SandboxUser): string => profile.display_name || real_name || name

export function userName(facts: WorkspaceFacts, id: string, label: string): string {
  if (id === facts.app.botUserId) return facts.app.name
  const user = facts.people.find((each) => each.id === id)
  return user ? nameOf(user) : label || id
}

export function groupName(facts: WorkspaceFacts, id: string, label: string): string {
  const group = facts.groups.find((each) => each.id === id)
  return group ? group.handle : (label || id).replace(/^@/, '')
}

export function channelName(facts: WorkspaceFacts, id: string, label: string): { name: string; isPrivate: boolean } {
  const channel = facts.channels.find((each) => each.id === id)
  return { name: channel?.name ?? (label || id), isPrivate: channel?.is_private ?? false }
}
