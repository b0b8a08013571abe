import { withEmoji } from './emoji.ts'
import { styled, unstyled } from './styles.ts'
import { type Token, tokens } from './tokens.ts'
import { type Inline, type Paragraph, textNode } from './tree.ts'

/**
 * Slack's mrkdwn as a tree. Everything that is not markup of Slack's stays text: `<script>`, `[x](y)`, `<javascript:…>`.
 * Takes time linear in the length of `text`.
 */
export function mrkdwn(text: string, verbatim = false): Paragraph[] {
  const all = tokens(text, verbatim)
  const fences = all.flatMap((token, i) => (token.kind === 'fence' ? [i] : []))
  const page = new Page()
  let at = 0
  for (let i = 0; i + 1 < fences.length; i += 2) {
    const [from, to] = [fences[i] ?? 0, fences[i + 1] ?? 0]
    page.lines(all.slice(at, from))
    page.pre(all.slice(from + 1, to))
    at = to + 1
  }
  page.lines(all.slice(at))
  return page.paragraphs()
}

/** A `plain_text`: nothing is markup but, where the sender lets them, emoji. */
export const plainText = (text: string, emoji: boolean): Inline[] => (emoji ? withEmoji(text) : [textNode(text)])

/** Paragraphs in the making. */
class Page {
  readonly #done: Paragraph[] = []
  #kind: 'paragraph' | 'quote' = 'paragraph'
  #lines: Inline[][] = []
  /** After `>>>` everything is quoted. */
  #isAllQuoted = false
  /** The rest of a line after preformatted text is not the beginning of one. */
  #isLineStart = true

  lines(given: readonly Token[]): void {
    let line: Token[] = []
    for (const token of given) {
      if (token.kind === 'newline') {
        this.#line(line)
        line = []
        this.#isLineStart = true
      } else line.push(token)
    }
    if (line.length > 0) this.#line(line)
    this.#isLineStart = line.length === 0 && this.#isLineStart
  }

  pre(given: readonly Token[]): void {
    this.#end()
    const inner = given.slice(given[0]?.kind === 'newline' ? 1 : 0, given.at(-1)?.kind === 'newline' ? -1 : undefined)
    this.#done.push({ kind: 'pre', children: unstyled(inner) })
    this.#isLineStart = false
  }

  paragraphs(): Paragraph[] {
    this.#end()
    return this.#done
  }

  #line(line: readonly Token[]): void {
    const [first, ...rest] = line
    const marks = this.#isLineStart && first?.kind === 'text' ? quoteMarks(first.text) : 0
    // What is left of a preformatted text's line: usually nothing.
    if (!this.#isLineStart && line.length === 0) return
    if (marks === 3) this.#isAllQuoted = true
    const kind = marks > 0 || this.#isAllQuoted ? 'quote' : 'paragraph'
    if (kind !== this.#kind) this.#end()
    this.#kind = kind
    const isMarked = marks > 0 && first?.kind === 'text'
    this.#lines.push(styled(isMarked ? [{ ...first, text: first.text.slice(marks).trimStart() }, ...rest] : line))
  }

  #end(): void {
    const children = this.#lines.flatMap((line, i) => (i === 0 ? line : [textNode('\n'), ...line]))
    if (children.length > 0) this.#done.push({ kind: this.#kind, children })
    this.#lines = []
  }
}

/** How many characters say that a line is quoted. `&gt;` quotes like `>`: to Slack they are the same. */
function quoteMarks(text: string): number {
  if (text.startsWith('>>>')) return 3
  return text.startsWith('>') ? 1 : 0
}
