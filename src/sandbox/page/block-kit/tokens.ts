import { safeHref, withoutTrailing } from './href.ts'
import { reference } from './references.ts'
import type { Inline } from './tree.ts'

export type Mark = '*' | '_' | '~' | '`'

export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'newline' }
  /** `<…>` that means something. */
  | { readonly kind: 'reference'; readonly node: Inline }
  /** A bare address, which is a link but in code. */
  | { readonly kind: 'address'; readonly text: string; readonly href: string }
  | { readonly kind: 'fence' }
  | { readonly kind: 'mark'; readonly mark: Mark; readonly opens: boolean; readonly closes: boolean }

/**
 * Every alternative either cannot fail after its first character or stops at the next `<`, so that the whole is linear
 * in the text's length: an asker must not be able to hang the page of everybody in the channel.
 */
const MARKUP = /([*_~`])\1*|<([^<>\n]*)>|&(?:amp|lt|gt);|\r\n?|\n/u
const ADDRESS = /(?<![\p{L}\p{N}])https?:\/\/(?:[^\s<>|"`&]|&(?!lt;|gt;))+/u
const ENTITY: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
])
const LETTER = /[\p{L}\p{N}]/u
const SPACE = /\s/

/** Decodes `&amp;`, `&lt;` and `&gt;` once: what comes out is never read as an entity or as markup again. */
const decoded = (text: string): string => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITY.get(entity) ?? entity)

/** @param verbatim addresses that are not in `<>` stay text. */
export function tokens(text: string, verbatim: boolean): Token[] {
  const found: Token[] = []
  const pattern = new RegExp(verbatim ? MARKUP.source : `${MARKUP.source}|${ADDRESS.source}`, 'giu')
  let end = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    push(found, { kind: 'text', text: text.slice(end, match.index) })
    end = match.index + match[0].length
    push(found, tokenOf(match))
    if (match[0].startsWith('h') || match[0].startsWith('H')) {
      end = match.index + withoutTrailing(match[0]).length
      pattern.lastIndex = end
    }
  }
  push(found, { kind: 'text', text: text.slice(end) })
  return found
}

/** Texts beside each other are one: a line begins with `>` also where it was written `&gt;`. */
function push(found: Token[], token: Token): void {
  const last = found.at(-1)
  if (token.kind !== 'text') found.push(token)
  else if (last?.kind === 'text') found[found.length - 1] = { kind: 'text', text: last.text + token.text }
  else if (token.text !== '') found.push(token)
}

function tokenOf(match: RegExpExecArray): Token {
  const [all, mark, inner] = match
  if (mark !== undefined) return markToken(match, mark as Mark)
  if (inner !== undefined) {
    const node = reference(decoded(inner))
    return node ? { kind: 'reference', node } : { kind: 'text', text: decoded(all) }
  }
  if (all.startsWith('\n') || all.startsWith('\r')) return { kind: 'newline' }
  return all.startsWith('&') ? { kind: 'text', text: decoded(all) } : addressToken(withoutTrailing(all))
}

function addressToken(address: string): Token {
  const text = decoded(address)
  const href = safeHref(text)
  return href === null ? { kind: 'text', text } : { kind: 'address', text, href }
}

/** Marks do not work inside a word, beside a space on their inner side, or in a run: `snake_case`, `2 * 3`, `**x**`. */
function markToken({ 0: run, index, input }: RegExpExecArray, mark: Mark): Token {
  if (run === '```') return { kind: 'fence' }
  if (run.length > 1) return { kind: 'text', text: run }
  const before = input.charAt(index - 1)
  const after = input.charAt(index + 1)
  const isFree = (char: string) => char === '' || SPACE.test(char)
  const isCode = mark === '`'
  return {
    kind: 'mark',
    mark,
    opens: !LETTER.test(before) && (isCode || !isFree(after)),
    closes: !LETTER.test(after) && (isCode || !isFree(before)),
  }
}
