import { isObject, type JsonObject, objectsOf, textOf } from './json.ts'

/** An element and the block it stands in. */
export interface Placed {
  readonly block: JsonObject
  readonly element: JsonObject
}

/** All that people can use, in the order of the blocks, inside cards and containers too. */
function elementsIn(blocks: readonly JsonObject[]): readonly Placed[] {
  return blocks.flatMap((block): readonly Placed[] => {
    const holders = [block.element, block.accessory, ...objectsOf(block.elements), ...objectsOf(block.actions)]
    const own = holders.filter(isObject).filter((element) => textOf(element.action_id) !== '')
    const cards = block.type === 'carousel' ? objectsOf(block.elements) : []
    const inside = elementsIn([...objectsOf(block.child_blocks), ...cards])
    return [...own.map((element) => ({ block, element })), ...inside]
  })
}

/** The key under which an element of this type keeps its value, in `state` and in `actions`. */
export function valueKey(type: string): string | undefined {
  if (/^(plain_text|email_text|url_text|number)_input$/.test(type)) return 'value'
  if (type === 'rich_text_input') return 'rich_text_value'
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

/** Elements that hold a value. */
export function statefulIn(blocks: readonly JsonObject[]): readonly Placed[] {
  return elementsIn(blocks).filter(({ element }) => valueKey(textOf(element.type)) !== undefined)
}

/** Elements whose use reaches the app at once. An input tells nothing before it is submitted, unless it dispatches. */
function actingIn(blocks: readonly JsonObject[]): readonly Placed[] {
  return elementsIn(blocks).filter(({ block, element }) => {
    const type = textOf(element.type)
    if (/^(button|icon_button|feedback_buttons|overflow)$/.test(type)) return true
    return valueKey(type) !== undefined && (block.type !== 'input' || block.dispatch_action === true)
  })
}

/** The element a person uses; undefined where there is none. One action_id may stand in several blocks. */
export function actingElement(
  blocks: readonly JsonObject[],
  actionId: string,
  blockId: string | undefined,
): Placed | undefined {
  return actingIn(blocks).find(
    ({ block, element }) => element.action_id === actionId && (blockId === undefined || block.block_id === blockId),
  )
}

/** All action_ids there are, to say so. */
export function actionIds(blocks: readonly JsonObject[]): string {
  return actingIn(blocks)
    .map(({ element }) => textOf(element.action_id))
    .join(', ')
}
