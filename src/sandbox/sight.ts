import { APP } from './seed.ts'
import type { SandboxChannel, SandboxMessage, SandboxUser } from './types.ts'
import type { Workspace } from './workspace.ts'

/** What one person can see: the one place that answers this. */

/**
 * Members of the team see every public channel. Guests and people of other teams see only what they are in, everybody
 * only the private channels they are in, and nobody another one's conversation with the app.
 */
export function sees(workspace: Workspace, userId: string, channel: SandboxChannel): boolean {
  const user = workspace.users.get(userId)
  if (!user || user.deleted) return false
  if (userId === APP.botUserId) return channel.is_member
  if (channel.members.includes(userId)) return true
  return !channel.is_im && !channel.is_private && belongs(workspace, user)
}

/** In the order of the workspace, the own conversation with the app included. */
export function channelsOf(workspace: Workspace, userId: string): readonly SandboxChannel[] {
  return [...workspace.channels.values()].filter((channel) => sees(workspace, userId, channel))
}

/** By channel; a list is the same object while nothing in its channel has changed. */
export function messagesOf(workspace: Workspace, userId: string): ReadonlyMap<string, readonly SandboxMessage[]> {
  return new Map(channelsOf(workspace, userId).map(({ id }) => [id, workspace.messages(id)]))
}

function belongs(workspace: Workspace, user: SandboxUser): boolean {
  return user.team_id === workspace.team.id && !user.is_restricted && !user.is_ultra_restricted && !user.is_stranger
}
