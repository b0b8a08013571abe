import type { SandboxChannel, SandboxGroup, SandboxUser } from '../types.ts'
import type { WorkspaceFacts } from '../wire.ts'

const HUES = 8

export function personOf(facts: WorkspaceFacts, id: string): SandboxUser | undefined {
  return facts.people.find((person) => person.id === id)
}

/** The name other people see. */
export function displayName(person: SandboxUser): string {
  return person.profile.display_name || person.real_name || person.name
}

/** Everybody one can be; the app itself has no client to look at. */
export function playable(facts: WorkspaceFacts): readonly SandboxUser[] {
  return facts.people.filter((person) => person.id !== facts.app.botUserId)
}

/** What kind of account it is, in the words Slack uses. */
export function roleOf(person: SandboxUser): string {
  if (person.deleted) return 'deactivated'
  if (person.is_workflow_bot) return 'workflow bot'
  if (person.is_bot) return 'bot'
  if (person.is_stranger) return 'other organisation'
  if (person.is_ultra_restricted) return 'single-channel guest'
  if (person.is_restricted) return 'guest'
  if (person.is_owner) return 'owner'
  return person.is_admin ? 'admin' : 'member'
}

export function groupsOf(facts: WorkspaceFacts, id: string): readonly SandboxGroup[] {
  return facts.groups.filter((group) => group.date_delete === 0 && group.users.includes(id))
}

/** One line about somebody: "Data engineer, member of @data-owners". */
export function describePerson(facts: WorkspaceFacts, person: SandboxUser): string {
  const role = roleOf(person)
  const title = person.profile.title
  const told = role === 'member' || title.toLowerCase().includes(role)
  const what = title === '' ? role : told ? title : `${title}, ${role}`
  const handles = groupsOf(facts, person.id).map((group) => `@${group.handle}`)
  return handles.length === 0 ? what : `${what} · in ${handles.join(', ')}`
}

export function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '')
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters.map((word) => [...(word ?? '?')][0]?.toUpperCase()).join('')
}

/** The same colour for the same person, everywhere. */
export function hueOf(id: string): number {
  let sum = 0
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9_973
  return sum % HUES
}

/** The conversation between the app and one person. */
export function dmOf(userId: string): string {
  return `D${userId.slice(1)}`
}

/** Whether a channel is in the person's Slack at all: members see it, and full members see every public one. */
export function seesChannel(facts: WorkspaceFacts, viewer: string, channel: SandboxChannel): boolean {
  const person = personOf(facts, viewer)
  if (!person || person.deleted) return false
  if (channel.members.includes(viewer)) return true
  const full = person.team_id === facts.team.id && !person.is_restricted && !person.is_stranger
  return full && !channel.is_private
}

/** Why the person cannot write there, or undefined where she can. */
export function whyReadOnly(facts: WorkspaceFacts, viewer: string, channelId: string): string | undefined {
  const person = personOf(facts, viewer)
  if (!person) return 'Nobody is chosen.'
  const name = person.real_name
  if (person.deleted) return `The account of ${name} is deactivated: Slack lets ${name} see and do nothing.`
  if (channelId === dmOf(viewer)) return undefined
  const channel = facts.channels.find((each) => each.id === channelId)
  if (!channel) return 'This conversation is not there any more.'
  if (channel.is_archived) return `#${channel.name} is archived. Nobody can write here.`
  if (!channel.members.includes(viewer))
    return `You are looking at #${channel.name}, but ${name} is not a member of it.`
  return undefined
}
