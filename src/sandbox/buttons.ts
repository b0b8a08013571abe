import { isObject, type JsonObject, objectsOf, textOf } from './json.ts'

/** The `actions[]` entry of a click on this button, or undefined where there is no such button. */
export function clickOn(blocks: readonly JsonObject[], actionId: string): JsonObject | undefined {
  for (const block of blocks) {
    const holders = [block.accessory, ...objectsOf(block.elements), ...objectsOf(block.actions)]
    const button = holders
      .filter(isObject)
      .find((element) => element.type === 'button' && element.action_id === actionId)
    if (button) return entry(button, textOf(block.block_id))
    const inside = clickOn([...objectsOf(block.child_blocks), ...cards(block)], actionId)
    if (inside) return inside
  }
  return undefined
}

/** A click nobody could have made: the attacker chose its value. */
export function forgedClick(actionId: string, value: string): JsonObject {
  const text = { type: 'plain_text', text: 'forged', emoji: true }
  return { action_id: actionId, block_id: 'forged', text, value, type: 'button' }
}

/** All action_ids of buttons, to say what there is. */
export function buttonsIn(blocks: readonly JsonObject[]): string[] {
  const found: string[] = []
  JSON.stringify(blocks, (_, value: unknown) => {
    if (isObject(value) && value.type === 'button') found.push(textOf(value.action_id))
    return value
  })
  return found
}

function entry(button: JsonObject, blockId: string): JsonObject {
  const { type, accessibility_label: _, url, ...seen } = button
  return { ...seen, ...(url === undefined ? {} : { url }), block_id: blockId, type }
}

function cards(block: JsonObject): readonly JsonObject[] {
  return block.type === 'carousel' ? objectsOf(block.elements) : []
}
