import type { Json, JsonObject } from '../../json.ts'
import type { WorkspaceFacts } from '../../wire.ts'
import { plainText } from './mrkdwn.ts'
import { nameOf } from './names.ts'
import { isObject, listIn, objectsIn, stringIn } from './read.ts'

export interface Option {
  readonly value: string
  readonly label: string
}

export interface OptionGroup {
  /** '' where the options are in no group. */
  readonly label: string
  readonly options: readonly Option[]
}

/** What can be chosen in a select of any kind; null where nobody but the app knows. */
export function optionsOf(element: JsonObject, facts: WorkspaceFacts): readonly OptionGroup[] | null {
  const type = stringIn(element.type).replace(/^multi_/, '')
  if (type === 'users_select') return [{ label: '', options: people(facts) }]
  if (type === 'channels_select') return [{ label: '', options: channels(facts, ['public']) }]
  if (type === 'conversations_select') return [{ label: '', options: channels(facts, included(element)) }]
  return type === 'static_select' ? listedIn(element) : null
}

/** Options and groups of them, as an element has them, or as an app answers. */
export function listedIn(given: JsonObject): readonly OptionGroup[] {
  const groups = objectsIn(given.option_groups).map((group) => ({
    label: wordsIn(group.label),
    options: objectsIn(group.options).map(option),
  }))
  const options = objectsIn(given.options).map(option)
  return options.length > 0 ? [{ label: '', options }, ...groups] : groups
}

/** What a native list can show of a text object: its characters and its emoji. */
export function wordsIn(text: Json | undefined): string {
  if (!isObject(text)) return stringIn(text)
  return plainText(stringIn(text.text), text.emoji !== false)
    .map((node) => (node.kind === 'emoji' ? node.char : node.kind === 'text' ? node.text : ''))
    .join('')
}

export const option = (each: JsonObject): Option => ({ value: stringIn(each.value), label: wordsIn(each.text) })

const people = (facts: WorkspaceFacts): Option[] =>
  facts.people.filter((user) => !user.deleted).map((user) => ({ value: user.id, label: `@${nameOf(user)}` }))

const channels = (facts: WorkspaceFacts, kinds: readonly string[]): Option[] =>
  facts.channels
    .filter((channel) => !channel.is_archived && kinds.includes(channel.is_private ? 'private' : 'public'))
    .map((channel) => ({ value: channel.id, label: `${channel.is_private ? '🔒' : '#'}${channel.name}` }))

function included({ filter }: JsonObject): readonly string[] {
  const include = isObject(filter) ? listIn(filter.include).map(stringIn) : []
  return include.length === 0 ? ['public', 'private'] : include
}
