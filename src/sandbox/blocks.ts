import { ApiError, beyond, invalid } from './api-error.ts'
import { plainText } from './block-kit/composition.ts'
import { inHome, inMessages, inModals } from './block-kit/layout.ts'
import { anything, flag, list, object, oneOf, problem, type Rule, text, typed } from './block-kit/schema.ts'
import { MESSAGE_TEXT_TOTAL } from './choices.ts'
import { newBlockId } from './ids.ts'
import { isObject, type Json, type JsonObject, listOf, objectsOf, textOf } from './json.ts'

const MESSAGE_BLOCKS = 50
const VIEW_BLOCKS = 100
const VIEW_BYTES = 250_000
const MARKDOWN_TOTAL = 12_000

/** The blocks of a message as Slack stores them, or the refusal Slack would answer. Absent and null are no blocks. */
export function messageBlocks(blocks: Json | undefined): readonly JsonObject[] {
  if (blocks === undefined || blocks === null || blocks === '') return []
  if (!Array.isArray(blocks)) throw new ApiError('invalid_blocks_format')
  const problems: string[] = []
  list(typed(inMessages), { min: 0, max: MESSAGE_BLOCKS })(blocks, '/blocks', problems)
  checkIds(blocks, '/blocks', problems)
  const markdown = objectsOf(blocks).filter((block) => block.type === 'markdown')
  if (textLength(markdown) > MARKDOWN_TOTAL)
    problem(problems, `markdown must be less than ${MARKDOWN_TOTAL + 1} characters in all`, '/blocks')
  if (problems.length > 0) throw invalid('invalid_blocks', problems)
  const length = textLength(blocks)
  if (length > MESSAGE_TEXT_TOTAL)
    throw beyond('msg_blocks_too_long', `blocks may hold ${MESSAGE_TEXT_TOTAL} characters in all; these hold ${length}`)
  return stored(blocks)
}

const viewParts = {
  private_metadata: text(3_000, 0),
  callback_id: text(255, 0),
  external_id: text(255, 0),
}

const modal = object(
  { title: plainText(24), blocks: list(typed(inModals), { min: 0, max: VIEW_BLOCKS }) },
  {
    ...viewParts,
    submit: plainText(24),
    close: plainText(24),
    clear_on_close: flag,
    notify_on_close: flag,
    submit_disabled: flag,
  },
)

const home = object({ blocks: list(typed(inHome), { min: 0, max: VIEW_BLOCKS }) }, { ...viewParts, title: anything })

/** A view as Slack stores it, or the refusal. */
export function checkedView(view: Json | undefined, type: 'modal' | 'home'): JsonObject {
  if (!isObject(view)) throw invalid('invalid_arguments', ['must provide an object [json-pointer:/view]'])
  const bytes = Buffer.byteLength(JSON.stringify(view))
  if (bytes > VIEW_BYTES) throw beyond('view_too_large', `a view may have ${VIEW_BYTES} bytes; this has ${bytes}`)
  const problems: string[] = []
  oneOf(type)(view.type, '/view/type', problems)
  const rule: Rule = type === 'modal' ? modal : home
  rule(view, '/view', problems)
  checkIds(view.blocks, '/view/blocks', problems)
  if (type === 'modal' && hasInput(view) && view.submit === undefined)
    problem(problems, 'missing required field: submit', '/view')
  if (problems.length > 0) throw invalid('invalid_arguments', problems)
  return { ...(complete(view) as JsonObject), blocks: stored(view.blocks) }
}

function hasInput(view: JsonObject): boolean {
  return objectsOf(view.blocks).some((block) => block.type === 'input')
}

/** block_ids are unique in the whole, action_ids in their block. */
function checkIds(blocks: Json | undefined, at: string, problems: string[]): void {
  const blockIds = new Set<Json>()
  listOf(blocks).forEach((block, index) => {
    if (!isObject(block)) return
    const id = block.block_id
    if (id && blockIds.has(id))
      problem(problems, `\`block_id\` ${String(id)} already exists`, `${at}/${index}/block_id`)
    if (id) blockIds.add(id)
    const actionIds = objectsOf(block.elements).flatMap((element) => textOf(element.action_id) || [])
    if (new Set(actionIds).size < actionIds.length)
      problem(problems, '`action_id`s must be unique in a block', `${at}/${index}/elements`)
  })
}

/** All characters people read: every string under the key `text`. */
function textLength(value: Json | undefined): number {
  if (Array.isArray(value)) return listOf(value).reduce<number>((sum, each) => sum + textLength(each), 0)
  if (!isObject(value)) return 0
  return Object.entries(value).reduce<number>((sum, [name, each]) => {
    return sum + (name === 'text' && typeof each === 'string' ? each.length : textLength(each))
  }, 0)
}

function stored(blocks: Json | undefined): readonly JsonObject[] {
  return objectsOf(blocks).map((block) => {
    const blockId = textOf(block.block_id) || newBlockId()
    return { ...(complete(block) as JsonObject), block_id: blockId }
  })
}

const INTERACTIVE =
  /^(button|overflow|checkboxes|radio_buttons|.*_select|.*picker|.*_input|icon_button|feedback_buttons)$/

/** What Slack adds: defaults of text objects and missing action_ids. */
function complete(value: Json | undefined): Json {
  if (Array.isArray(value)) return listOf(value).map(complete)
  if (!isObject(value)) return value ?? null
  const type = textOf(value.type)
  const added: Record<string, Json> = {}
  if (type === 'plain_text' && value.emoji === undefined) added.emoji = true
  if (type === 'mrkdwn' && value.verbatim === undefined) added.verbatim = false
  if (INTERACTIVE.test(type) && value.action_id === undefined) added.action_id = newBlockId()
  const entries = Object.entries(value).map(([name, each]): [string, Json] => [name, complete(each)])
  return { ...Object.fromEntries(entries), ...added }
}
