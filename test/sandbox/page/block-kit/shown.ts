import type { Inline, Paragraph } from '../../../../src/sandbox/page/block-kit/tree.ts'

/** What a person reads of a tree, without the names of mentions. */
export const shown = (nodes: readonly (Inline | Paragraph)[]): string => nodes.map(words).join('')

function words(node: Inline | Paragraph): string {
  if ('children' in node) return shown(node.children)
  if (node.kind === 'list') return node.items.map(shown).join('')
  if (node.kind === 'text') return node.text
  if (node.kind === 'emoji') return node.char
  if (node.kind === 'date') return node.fallback
  if (node.kind === 'color') return node.value
  if (node.kind === 'broadcast') return `@${node.range}`
  return node.kind === 'unknown' ? JSON.stringify(node.json) : node.id
}
