import type { Inline, Paragraph } from './tree.ts'

/** From here on Slack folds the text of a section. */
const CHARACTERS = 700
const LINES = 10

interface Left {
  characters: number
  lines: number
}

/** What a folded text still shows, or null where there is nothing to fold. */
export function folded(paragraphs: readonly Paragraph[]): Paragraph[] | null {
  const left: Left = { characters: CHARACTERS, lines: LINES }
  const shown: Paragraph[] = []
  for (const paragraph of paragraphs) {
    if (isSpent(left)) return shown
    if (!('children' in paragraph)) shown.push(paragraph)
    else shown.push({ ...paragraph, children: firstOf(paragraph.children, left) })
    left.lines -= 1
  }
  return left.characters < 0 ? shown : null
}

const isSpent = ({ characters, lines }: Left): boolean => characters < 0 || lines <= 0

function firstOf(nodes: readonly Inline[], left: Left): Inline[] {
  const shown: Inline[] = []
  for (const node of nodes) {
    if (isSpent(left)) return shown
    if (node.kind === 'text') shown.push({ kind: 'text', text: beginning(node.text, left) })
    else if ('children' in node) shown.push({ ...node, children: firstOf(node.children, left) })
    else shown.push(node)
  }
  return shown
}

/** As much of `text` as is left; where that is not all, `left` is spent below nothing. */
function beginning(text: string, left: Left): string {
  let end = 0
  for (const char of text) {
    if (char === '\n') left.lines -= 1
    left.characters -= 1
    if (isSpent(left)) {
      left.characters = -1
      return `${text.slice(0, end).trimEnd()} …`
    }
    end += char.length
  }
  return text
}
