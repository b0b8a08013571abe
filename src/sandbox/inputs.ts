import { isObject, type JsonObject, objectsOf, textOf } from './json.ts'
import type { View } from './types.ts'

type Values = Record<string, Record<string, JsonObject>>

/** Elements that hold a value, in the order of the blocks: [block, element]. */
function statefulElements(blocks: readonly JsonObject[]): [JsonObject, JsonObject][] {
  return blocks.flatMap((block): [JsonObject, JsonObject][] => {
    const holders = [block.element, block.accessory, ...objectsOf(block.elements)]
    return holders.filter(isObject).flatMap((element): [JsonObject, JsonObject][] => {
      return valueKey(textOf(element.type)) && element.action_id ? [[block, element]] : []
    })
  })
}

/** The key under which an element of this type keeps its value in `state`. */
function valueKey(type: string): string | undefined {
  if (/^(plain_text|email_text|url_text|number)_input$/.test(type)) return 'value'
  if (type === 'datepicker') return 'selected_date'
  if (type === 'timepicker') return 'selected_time'
  if (type === 'datetimepicker') return 'selected_date_time'
  if (type === 'checkboxes') return 'selected_options'
  if (type === 'radio_buttons') return 'selected_option'
  const select = /^(multi_)?(static|external|users|conversations|channels)_select$/.exec(type)
  if (!select) return undefined
  const what = select[2] === 'static' || select[2] === 'external' ? 'option' : String(select[2]).replace(/s$/, '')
  return `selected_${what}${select[1] ? 's' : ''}`
}

/** What Slack shows as the state of a view nobody has touched. */
export function initialState(blocks: readonly JsonObject[]): Values {
  const values: Values = {}
  for (const [block, element] of statefulElements(blocks)) {
    const type = textOf(element.type)
    const key = valueKey(type) ?? 'value'
    const initial = key === 'value' ? element.initial_value : element[key.replace('selected_', 'initial_')]
    const empty = key.endsWith('s') ? [] : null
    put(values, block, element, { type, [key]: initial ?? empty })
  }
  return values
}

/** The state after a person filled in `typed`. Throws where the view has no such input. */
export function filledState(view: View, typed: Record<string, Record<string, string>>): View['state'] {
  const values: Values = structuredClone(view.state.values)
  for (const [blockId, actions] of Object.entries(typed)) {
    for (const [actionId, text] of Object.entries(actions)) {
      const found = statefulElements(view.blocks).find(
        ([block, element]) => block.block_id === blockId && element.action_id === actionId,
      )
      if (!found) throw new Error(`view ${view.id} has no input ${blockId}/${actionId}`)
      put(values, found[0], found[1], heldBy(found[1], text))
    }
  }
  return { values }
}

/** What Slack's own client refuses to submit: block_id -> sentence. */
export function unsendable(view: View, state: View['state'], required: string): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const [block, element] of statefulElements(view.blocks)) {
    if (block.type !== 'input') continue
    const blockId = textOf(block.block_id)
    const held = state.values[blockId]?.[textOf(element.action_id)] ?? {}
    const value = held[valueKey(textOf(element.type)) ?? 'value']
    const empty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
    if (empty && block.optional !== true) errors[blockId] = required
    const length = typeof value === 'string' ? value.length : 0
    const tooShort = !empty && length < Number(element.min_length ?? 0)
    if (tooShort || length > Number(element.max_length ?? 3_000))
      errors[blockId] = `The length ${length} is not allowed.`
  }
  return errors
}

function heldBy(element: JsonObject, text: string): JsonObject {
  const type = textOf(element.type)
  const key = valueKey(type) ?? 'value'
  const parts = text === '' ? [] : text.split(',')
  if (key === 'selected_option') return { type, [key]: text === '' ? null : option(element, text) }
  if (key === 'selected_options') return { type, [key]: parts.map((part) => option(element, part)) }
  if (key.endsWith('s')) return { type, [key]: parts }
  if (key === 'selected_date_time') return { type, [key]: Number(text) }
  return { type, [key]: text === '' ? null : text }
}

function option(element: JsonObject, value: string): JsonObject {
  const groups = objectsOf(element.option_groups).flatMap((group) => objectsOf(group.options))
  const found = [...objectsOf(element.options), ...groups].find((each) => each.value === value)
  if (!found) throw new Error(`${textOf(element.action_id)} has no option ${value}`)
  return found
}

function put(values: Values, block: JsonObject, element: JsonObject, value: JsonObject): void {
  const blockId = textOf(block.block_id)
  values[blockId] = { ...values[blockId], [textOf(element.action_id)]: value }
}
