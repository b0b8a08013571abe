import type { RichTextElement, RichTextText } from '@slack/types'
import { textLength } from './budget.ts'
import type { Rich, RichPart } from './rich.ts'

/** A block of this much text is under Slack's 3,000 with room to spare. */
const BLOCK = 2_800
/** A page stays well under a view's 250 kB, also where every character takes three bytes. */
const PAGE = { blocks: 40, text: 30_000 }

/** The same text in blocks that Slack takes: nothing is lost, nothing is joined that stood apart. */
export function split(block: Rich): Rich[] {
  const blocks: RichPart[][] = [[]]
  for (const part of block.elements.flatMap(splitPart)) {
    const last = blocks.at(-1) ?? []
    if (last.length > 0 && textLength(last) + textLength(part) > BLOCK) blocks.push([part])
    else last.push(part)
  }
  return blocks.map((elements) => ({ type: 'rich_text', elements }))
}

function splitPart(part: RichPart): RichPart[] {
  const groups: RichTextElement[][] = [[]]
  const elements: readonly RichTextElement[] = part.elements
  for (const element of elements.flatMap((each): RichTextElement[] =>
    each.type === 'text' ? splitText(each) : [each],
  )) {
    const last = groups.at(-1) ?? []
    if (last.length > 0 && textLength(last) + textLength(element) > BLOCK) groups.push([element])
    else last.push(element)
  }
  return groups.map((elements) => ({ ...part, elements }) as RichPart)
}

/** Breaks at a line's end where one is near, never inside a character. */
function splitText(element: RichTextText): RichTextText[] {
  const pieces: RichTextText[] = []
  let rest = element.text
  while (rest.length > BLOCK) {
    const newline = rest.lastIndexOf('\n', BLOCK - 1) + 1
    const isInside = /[\ud800-\udbff]/.test(rest.charAt(BLOCK - 1))
    const at = newline > BLOCK / 2 ? newline : BLOCK - (isInside ? 1 : 0)
    pieces.push({ ...element, text: rest.slice(0, at) })
    rest = rest.slice(at)
  }
  return [...pieces, { ...element, text: rest }]
}

/** Blocks in pages that a modal holds; at least one page. */
export function paginate(blocks: readonly Rich[]): Rich[][] {
  const pages: Rich[][] = [[]]
  for (const block of blocks) {
    const page = pages.at(-1) ?? []
    const isFull = page.length >= PAGE.blocks || textLength(page) + textLength(block) > PAGE.text
    if (page.length > 0 && isFull) pages.push([block])
    else page.push(block)
  }
  return pages
}
