import type { SlashCommand } from '../types.ts'
import type { WorkspaceFacts } from '../wire.ts'
import { displayName, groupsOf } from './people.ts'
import { visibleChannels } from './place.ts'

/** One thing the composer could put in for what is being typed. */
export interface Hint {
  readonly insert: string
  readonly label: string
  readonly detail: string
}

export interface Completion {
  /** The part of the text that a hint replaces. */
  readonly from: number
  readonly to: number
  readonly hints: readonly Hint[]
}

const MOST = 8

/** What could be meant by the word before the caret: a command, somebody, a group, a channel. */
export function completionAt(
  text: string,
  caret: number,
  facts: WorkspaceFacts,
  viewer: string,
): Completion | undefined {
  const before = text.slice(0, caret)
  if (/^\/\S*$/.test(before)) return { from: 0, to: caret, hints: commands(facts, before) }
  const word = /(?:^|\s)([@#])([\w.-]*)$/.exec(before)
  if (!word) return undefined
  const typed = (word[2] ?? '').toLowerCase()
  const from = caret - typed.length - 1
  const hints = word[1] === '@' ? [...people(facts, typed), ...groups(facts, typed)] : channels(facts, viewer, typed)
  return { from, to: caret, hints: hints.slice(0, MOST) }
}

/** The command whose arguments are being typed. */
export function commandIn(text: string, facts: WorkspaceFacts): SlashCommand | undefined {
  const name = /^(\/\S+)(\s|$)/.exec(text)?.[1]
  return facts.commands.find(({ command }) => command === name)
}

/** A command and its text as typed, or undefined where it is a message. */
export function parseCommand(text: string): { name: string; text: string } | undefined {
  const parts = /^(\/[^\s/]\S*)\s*([\s\S]*)$/.exec(text)
  return parts ? { name: parts[1] ?? '', text: (parts[2] ?? '').trim() } : undefined
}

function commands(facts: WorkspaceFacts, typed: string): readonly Hint[] {
  return facts.commands
    .filter(({ command }) => command.startsWith(typed.toLowerCase()))
    .map(({ command, usage_hint, description }) => ({
      insert: `${command} `,
      label: usage_hint === '' ? command : `${command} ${usage_hint}`,
      detail: description,
    }))
}

function people(facts: WorkspaceFacts, typed: string): readonly Hint[] {
  return facts.people
    .filter((person) => !person.deleted)
    .filter(({ name, real_name }) => name.startsWith(typed) || real_name.toLowerCase().startsWith(typed))
    .map((person) => {
      const handles = groupsOf(facts, person.id).map((group) => `@${group.handle}`)
      return {
        insert: `@${person.name} `,
        label: `@${person.name}`,
        detail: [displayName(person), ...handles].join(' · '),
      }
    })
}

function groups(facts: WorkspaceFacts, typed: string): readonly Hint[] {
  return facts.groups
    .filter(({ date_delete, handle }) => date_delete === 0 && handle.startsWith(typed))
    .map(({ handle, name, users }) => ({
      insert: `@${handle} `,
      label: `@${handle}`,
      detail: `${name}, ${users.length === 1 ? '1 person' : `${users.length} people`}`,
    }))
}

function channels(facts: WorkspaceFacts, viewer: string, typed: string): readonly Hint[] {
  return visibleChannels(facts, viewer)
    .filter(({ name }) => name.startsWith(typed))
    .map(({ name }) => ({ insert: `#${name} `, label: `#${name}`, detail: '' }))
}
