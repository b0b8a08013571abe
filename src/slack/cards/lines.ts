import { exactly, type Signs } from './text.ts'

/** So wide is a modal's code block on a desk: a longer line is broken here, with a gutter, and not there, without one. */
const WIDTH = 64
const NARROWEST = 24
const GUTTER = '│'
const CONTINUED = '┆'
/** A space at a line's end, which nobody would see. */
const LAST_SPACE = '␣'
const SIGNS: Signs = new Map([
  ['\t', '⇥'],
  ['\r', '␍'],
  ['\u2423', '⟨U+2423⟩'],
])
/** What takes two columns: East Asian writing and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

/** A line break that only ends the text makes no lines. */
export const hasLines = (text: string): boolean => /\n./s.test(text)

/**
 * A text of several lines as people review it: how many there are, then every line behind a gutter that the asker cannot
 * write outside of (T5): what looks like another parameter in it is seen to be text. `┆` goes on where `│` was too long.
 *
 * @param depth of the value among the others, two columns each.
 */
export function inLines(text: string, depth: number): string {
  const indent = '  '.repeat(depth)
  const room = Math.max(NARROWEST, WIDTH - indent.length - 2)
  const lines = text.split('\n')
  const rows = lines.flatMap((line) =>
    broken(written(line), room).map(
      (row, i) => `${indent}${i === 0 ? GUTTER : CONTINUED}${row === '' ? '' : ` ${row}`}`,
    ),
  )
  return [`(${lines.length} lines)`, ...rows].join('\n')
}

function written(line: string): string[] {
  const drawn = exactly(line, SIGNS)
  const end = drawn.findLastIndex((each) => each !== ' ') + 1
  return drawn.map((each, i) => (i < end ? each : LAST_SPACE))
}

/** Before a word where one begins near the end, so that its space is seen behind the gutter; never inside a character. */
function broken(drawn: readonly string[], room: number): string[] {
  const rows: string[] = []
  let from = 0
  let width = 0
  for (const [i, each] of drawn.entries()) {
    width += columns(each)
    if (width <= room) continue
    const word = from + lastWord(drawn.slice(from, i + 1))
    const at = word > from + room / 2 ? word : i
    rows.push(drawn.slice(from, at).join(''))
    from = at
    width = drawn.slice(at, i + 1).reduce((sum, other) => sum + columns(other), 0)
  }
  return [...rows, drawn.slice(from).join('')]
}

const columns = (drawn: string): number => (WIDE.test(drawn) ? 2 : drawn.length)

/** Where the spaces before the last word begin. */
const lastWord = (row: readonly string[]): number =>
  row.slice(0, row.lastIndexOf(' ') + 1).findLastIndex((each) => each !== ' ') + 1
