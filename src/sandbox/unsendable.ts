import { SHOWN } from './choices.ts'
import { statefulIn, valueKey } from './elements.ts'
import { type Json, type JsonObject, textOf } from './json.ts'
import type { View } from './types.ts'

/** What Slack's own client refuses to submit: block_id -> sentence. */
export function unsendable(view: View, state: View['state']): Record<string, string> {
  const errors: [string, string][] = []
  for (const { block, element } of statefulIn(view.blocks)) {
    if (block.type !== 'input') continue
    const blockId = textOf(block.block_id)
    const held = state.values[blockId]?.[textOf(element.action_id)] ?? {}
    const value = held[valueKey(textOf(element.type)) ?? 'value']
    const wrong = isEmpty(value) ? (block.optional === true ? null : SHOWN.required) : wrongWith(element, value)
    if (wrong !== null) errors.push([blockId, wrong])
  }
  // As own properties of whatever name, `__proto__` too.
  return Object.fromEntries(errors)
}

const isEmpty = (value: Json | undefined): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

function wrongWith(element: JsonObject, value: Json | undefined): string | null {
  if (typeof value !== 'string') return null
  const { length } = value
  const [least, most] = [Number(element.min_length ?? 0), Number(element.max_length ?? 3_000)]
  if (length < least) return SHOWN.short(least, length)
  if (length > most) return SHOWN.long(most, length)
  switch (element.type) {
    case 'email_text_input':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? null : SHOWN.email
    case 'url_text_input':
      return /^https?:\/\/\S+$/i.test(value) && URL.canParse(value) ? null : SHOWN.url
    case 'number_input':
      return wrongNumber(element, value)
    default:
      return null
  }
}

function wrongNumber({ is_decimal_allowed, min_value, max_value }: JsonObject, value: string): string | null {
  if (!/^-?\d+(\.\d+)?$/.test(value)) return SHOWN.number
  if (is_decimal_allowed !== true && value.includes('.')) return SHOWN.whole
  if (min_value !== undefined && Number(value) < Number(min_value)) return SHOWN.least(textOf(min_value))
  if (max_value !== undefined && Number(value) > Number(max_value)) return SHOWN.most(textOf(max_value))
  return null
}
