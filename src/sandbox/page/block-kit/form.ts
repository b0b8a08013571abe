import type { Json, JsonObject } from '../../json.ts'
import type { Filled, View } from '../../types.ts'
import type { Deeds } from '../../wire.ts'
import { isObject, listIn, objectsIn, stringIn } from './read.ts'
import { richTextWords } from './rich-text.ts'

/** What is filled into one modal, as it is being filled. */
export interface Form {
  /** What was typed or chosen; undefined where nobody touched it. */
  typed(blockId: string, actionId: string): string | undefined
  type(blockId: string, actionId: string, value: string): void
  errorOf(blockId: string): string
  /** Slack's own sentence, at the top of the modal; '' takes it away. */
  report(error: string): void
}

/** What was typed, by block_id and action_id: it outlives an update of the view that keeps these ids, as in Slack. */
export type Draft = ReadonlyMap<string, string>

const keyOf = (blockId: string, actionId: string): string => JSON.stringify([blockId, actionId])

export const typedIn = (draft: Draft, blockId: string, actionId: string): string | undefined =>
  draft.get(keyOf(blockId, actionId))

export const withTyped = (draft: Draft, blockId: string, actionId: string, value: string): Draft =>
  new Map(draft).set(keyOf(blockId, actionId), value)

/**
 * What `submit` sends: what was touched and is still in the view. The rest keeps what the app put there.
 * fromEntries makes own properties of whatever name, `__proto__` too.
 */
export function valuesOf(view: View, draft: Draft): Deeds['submit']['values'] {
  const blocks = view.blocks.map((block): [string, Record<string, Filled>] => {
    const blockId = stringIn(block.block_id)
    const held = elementsOf(block).flatMap((element): [string, Filled][] => {
      const actionId = stringIn(element.action_id)
      const value = typedIn(draft, blockId, actionId)
      return value === undefined ? [] : [[actionId, sentOf(element, value)]]
    })
    return [blockId, Object.fromEntries(held)]
  })
  return Object.fromEntries(blocks.filter(([, held]) => Object.keys(held).length > 0))
}

/** Elements that hold several values keep them as one text: a JSON list, so that a value may hold what it likes. */
const SEVERAL = /^(checkboxes|multi_.+)$/

const joined = (values: readonly string[]): string => (values.length === 0 ? '' : JSON.stringify(values))
export const valuesOfText = (text: string): readonly string[] => (text === '' ? [] : (JSON.parse(text) as string[]))

export const toggled = (chosen: readonly string[], value: string): string =>
  joined(chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value])

/** What an element holds, as the workspace takes it. */
export const sentOf = (element: JsonObject, text: string): Filled =>
  SEVERAL.test(stringIn(element.type)) ? valuesOfText(text) : text

const elementsOf = (block: JsonObject): JsonObject[] =>
  [block.element, block.accessory, ...objectsIn(block.elements)].filter(isObject)

/** What an element holds before anybody touches it. */
export function initialOf(element: JsonObject): string {
  const single = [element.initial_option, element.initial_user, element.initial_conversation, element.initial_channel]
  const times = [element.initial_date, element.initial_time, element.initial_date_time, element.initial_value]
  const [first] = [...single, ...times].filter((value) => value !== undefined)
  if (first !== undefined) return valueIn(first)
  const lists = [element.initial_options, element.initial_users, element.initial_conversations]
  const [list] = [...lists, element.initial_channels].filter((value) => value !== undefined)
  return joined(listIn(list).map(valueIn))
}

function valueIn(value: Json): string {
  if (typeof value === 'number') return String(value)
  if (!isObject(value)) return stringIn(value)
  return value.type === 'rich_text' ? richTextWords(value) : stringIn(value.value)
}
