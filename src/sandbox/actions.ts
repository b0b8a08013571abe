import type { Placed } from './elements.ts'
import { heldBy, type Offered } from './inputs.ts'
import { isObject, type JsonObject, textOf } from './json.ts'
import type { Filled } from './types.ts'

/** What Slack repeats of an element in `actions[]`, beside what was chosen. */
const REPEATED = /^(placeholder|confirm|initial_.+)$/

/** The `actions[]` entry of a used element. Throws where `choice` is not what this element takes. */
export function actionOn(placed: Placed, choice: Filled | undefined, offered: Offered): JsonObject {
  const { block, element } = placed
  const type = textOf(element.type)
  const at = { action_id: textOf(element.action_id), block_id: textOf(block.block_id), type }
  if (type === 'button' || type === 'icon_button') return pressed(element, at)
  if (choice === undefined) throw new Error(`what was chosen in ${at.action_id}, a ${type}?`)
  if (type === 'feedback_buttons') return { ...at, value: feedback(element, choice) }
  const repeated = Object.entries(element).filter(([name]) => REPEATED.test(name))
  return { ...Object.fromEntries(repeated), ...heldBy(element, choice, offered), ...at }
}

/** A click nobody could have made: the attacker chose its value. */
export function forgedClick(actionId: string, value: string): JsonObject {
  const text = { type: 'plain_text', text: 'forged', emoji: true }
  return { action_id: actionId, block_id: 'forged', text, value, type: 'button' }
}

function pressed(button: JsonObject, at: { action_id: string; block_id: string; type: string }): JsonObject {
  const { type: _type, accessibility_label: _label, visible_to_user_ids: _ids, ...seen } = button
  return { ...seen, ...at }
}

function feedback(element: JsonObject, choice: Filled): string {
  const values = [element.positive_button, element.negative_button]
    .filter(isObject)
    .map((button) => textOf(button.value))
  const found = values.find((value) => value === choice)
  if (found === undefined) throw new Error(`${textOf(element.action_id)} has no button with the value ${choice}`)
  return found
}
