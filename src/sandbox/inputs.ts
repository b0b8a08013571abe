import { statefulIn, valueKey } from './elements.ts'
import { isObject, type Json, type JsonObject, objectsOf, textOf } from './json.ts'
import type { Filled, View } from './types.ts'
import { valuesIn } from './values.ts'

/** values[block_id][action_id] */
export type Values = Record<string, Record<string, JsonObject>>

/** The options that the app offers for an external select; its block has none. */
export type Offered = readonly JsonObject[] | undefined

/** What Slack shows as the state of blocks nobody has touched. */
export function initialState(blocks: readonly JsonObject[]): Values {
  const values: Values = {}
  for (const { block, element } of statefulIn(blocks)) {
    const type = textOf(element.type)
    const key = valueKey(type) ?? 'value'
    const initial = /value$/.test(key) ? element.initial_value : element[key.replace('selected_', 'initial_')]
    const empty = key.endsWith('s') ? [] : null
    put(values, textOf(block.block_id), textOf(element.action_id), { type, [key]: initial ?? empty })
  }
  return values
}

/** What was chosen before, in those elements that are still there; the others are untouched. */
export function stateOf(blocks: readonly JsonObject[], chosen: Values): Values {
  const values: Values = {}
  for (const [blockId, elements] of Object.entries(initialState(blocks)))
    for (const [actionId, untouched] of Object.entries(elements)) {
      const held = chosen[blockId]?.[actionId]
      put(values, blockId, actionId, held && held.type === untouched.type ? held : untouched)
    }
  return values
}

/** The state after a person filled in `typed`. Throws where the view has no such input. */
export function filledState(
  view: View,
  typed: Record<string, Record<string, Filled>>,
  offered: (blockId: string, actionId: string) => Offered,
): View['state'] {
  const values: Values = structuredClone(view.state.values)
  for (const [blockId, actions] of Object.entries(typed)) {
    for (const [actionId, filled] of Object.entries(actions)) {
      const found = statefulIn(view.blocks).find(
        ({ block, element }) => block.block_id === blockId && element.action_id === actionId,
      )
      if (!found) throw new Error(`view ${view.id} has no input ${blockId}/${actionId}`)
      put(values, blockId, actionId, heldBy(found.element, filled, offered(blockId, actionId)))
    }
  }
  return { values }
}

/** `values` with one more choice in it. */
export function withChoice(values: Values, blockId: string, actionId: string, held: JsonObject): Values {
  return { ...values, [blockId]: { ...values[blockId], [actionId]: held } }
}

/** What an element holds once this was typed or chosen in it. Throws where it cannot hold it. */
export function heldBy(element: JsonObject, filled: Filled, offered: Offered): JsonObject {
  const type = textOf(element.type)
  const key = valueKey(type) ?? 'selected_option'
  const options = optionsOf(element, offered)
  const option = (value: string) => optionOf(element, options, value)
  if (key.endsWith('s')) {
    const values = valuesIn(filled, (text) => options.some(({ value }) => value === text))
    return { type, [key]: key === 'selected_options' ? values.map(option) : [...values] }
  }
  if (key === 'rich_text_value' && isObject(filled) && filled.type === 'rich_text') return { type, [key]: filled }
  if (typeof filled !== 'string') throw new Error(`${textOf(element.action_id)} holds one value, and no list or object`)
  if (filled === '') return { type, [key]: null }
  return { type, [key]: key === 'selected_option' ? option(filled) : single(key, filled, textOf(element.action_id)) }
}

/** The forms in which pickers give what was picked. */
const PICKED: Readonly<Record<string, RegExp>> = {
  selected_date: /^\d{4}-\d{2}-\d{2}$/,
  selected_time: /^\d{2}:\d{2}$/,
  selected_date_time: /^\d{10}$/,
}

function single(key: string, text: string, actionId: string): Json {
  const form = PICKED[key]
  if (form && !form.test(text)) throw new Error(`${actionId} cannot hold ${text}`)
  if (key === 'selected_date_time') return Number(text)
  if (key !== 'rich_text_value') return text
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] }
}

function optionsOf(element: JsonObject, offered: Offered): readonly JsonObject[] {
  const { options, option_groups, initial_option, initial_options } = element
  const groups = objectsOf(option_groups).flatMap((group) => objectsOf(group.options))
  const first = isObject(initial_option) ? [initial_option] : []
  return [...(offered ?? []), ...objectsOf(options), ...groups, ...first, ...objectsOf(initial_options)]
}

function optionOf(element: JsonObject, options: readonly JsonObject[], value: string): JsonObject {
  const found = options.find((each) => each.value === value)
  if (!found) throw new Error(`${textOf(element.action_id)} has no option ${value}`)
  return found
}

function put(values: Values, blockId: string, actionId: string, held: JsonObject): void {
  values[blockId] = { ...values[blockId], [actionId]: held }
}
