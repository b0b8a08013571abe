import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/audit/canonical.ts'
import { pretty } from '../../src/slack/cards/pretty.ts'
import { inert } from '../../src/slack/cards/text.ts'
import { HOSTILE, invisible } from './hostile.ts'

/** Parameters as people review them. */

const LINE_OF_TEXT = /^ *[│┆]/

/** What was shown, read back as somebody does who knows the rules and nothing else. */
function readBack(text: string): Json {
  const lines = text.split('\n')
  const value = (first: string): Json => {
    const rest = first.replace(/,$/, '')
    if (/^\(\d+ lines\)$/.test(rest)) return textOf(Number(rest.slice(1, -7)))
    if (rest === '[') return Array.from(members(), value)
    if (rest !== '{') return JSON.parse(charactersOf(rest)) as Json
    return Object.fromEntries(
      Array.from(members(), (row) => {
        const [, key = '', item = ''] = /^("(?:[^"\\]|\\.)*"): (.*)$/.exec(row) ?? []
        return [JSON.parse(charactersOf(key)) as string, value(item)]
      }),
    )
  }
  const members = function* (): Generator<string> {
    for (let row = lines.shift(); row !== undefined && !/^ *[\]}],?$/.test(row); row = lines.shift())
      yield row.trimStart()
  }
  const textOf = (count: number): string => {
    const rows: string[] = []
    while (lines[0] !== undefined && LINE_OF_TEXT.test(lines[0])) {
      const [, gutter = '', row = ''] = /^ *([│┆]) ?(.*)$/su.exec(lines.shift() ?? '') ?? []
      rows.push(gutter === '│' ? row : `${rows.pop()}${row}`)
    }
    expect(rows.length).toBe(count)
    return charactersOf(rows.join('\n'), { '⇥': '\t', '␍': '\r', '␣': ' ' })
  }
  const read = value(lines.shift() ?? '')
  expect(lines).toEqual([])
  return read
}

const charactersOf = (text: string, signs: Readonly<Record<string, string>> = {}): string =>
  text.replace(/⟨U\+([0-9A-F]+)⟩|[⇥␍␣]/gu, (sign, code?: string) =>
    code === undefined ? (signs[sign] ?? sign) : String.fromCodePoint(Number.parseInt(code, 16)),
  )

/** Texts as a forger writes them: lines that look like ours, our signs, whatever hides or joins. */
const PIECES = [
  '\n',
  '\r',
  '\t',
  ' ',
  '  "amount": 1,',
  '│ ',
  '┆ ',
  '(2 lines)',
  '}',
  ']',
  ',',
  '⟨U+000A⟩',
  '⇥',
  '␍',
  '␣',
]
const forged = fc
  .array(fc.oneof(fc.constantFrom(...PIECES, ...HOSTILE, 'e', '\u0301', '\u1100', '\u1161', '\u212b'), fc.string()), {
    maxLength: 12,
  })
  .map((pieces) => pieces.join(''))
const anything = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    forged,
    fc.string({ unit: 'binary' }),
    fc.constantFrom<Json>(null, true, 0, -1.5, 'x'.repeat(90)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(forged, fc.string()), tie('value'), { maxKeys: 4 }),
  ),
})).value
const params = fc.dictionary(fc.oneof(forged, fc.string()), anything, { maxKeys: 5 })

describe('parameters', () => {
  it('can be read back from what is shown, whatever they hold', () => {
    fc.assert(
      fc.property(params, (value) => {
        expect(readBack(pretty(value))).toEqual({ ...value })
      }),
      { numRuns: 300 },
    )
  })

  it('are shown with nothing hidden, and inert already', () => {
    fc.assert(
      fc.property(params, (value) => {
        const shown = pretty(value)
        expect(invisible(shown.replaceAll('\n', ''))).toEqual([])
        expect(inert(shown, Number.POSITIVE_INFINITY)).toBe(shown)
      }),
      { numRuns: 300 },
    )
  })

  it('of text in lines never make a line that looks like another parameter', () => {
    fc.assert(
      fc.property(forged, forged, (a, b) => {
        const script = `${a}\n${b}\nend`
        const [open, first, ...rest] = pretty({ script, yes: true }).split('\n')
        expect([open, first]).toEqual(['{', `  "script": (${script.split('\n').length} lines)`])
        expect(rest.slice(-2)).toEqual(['  "yes": true', '}'])
        for (const line of rest.slice(0, -2)) expect(line).toMatch(LINE_OF_TEXT)
      }),
    )
  })

  it('stand as a script is written, with what one would not see', () => {
    const script = 'set -e\n\tif [ "$1" ]; then\n  rm -rf "$1"  \nfi\r\n\n"amount": 1,\n'
    expect(pretty({ argv: ['bash', '-'], script, note: 'one line\n' })).toBe(`{
  "argv": ["bash","-"],
  "script": (7 lines)
  │ set -e
  │ ⇥if [ "$1" ]; then
  │   rm -rf "$1"␣␣
  │ fi␍
  │
  │ "amount": 1,
  │
  "note": "one line\\n"
}`)
  })

  it('break a line too long for a window where the gutter goes on', () => {
    const words = `${'w'.repeat(50)}  ${'v'.repeat(20)}`
    const shown = pretty({ script: `${'x'.repeat(90)}\n${'日'.repeat(40)}\n${words}` })
    expect(shown.split('\n').slice(2, -1)).toEqual([
      `  │ ${'x'.repeat(60)}`,
      `  ┆ ${'x'.repeat(30)}`,
      `  │ ${'日'.repeat(30)}`,
      `  ┆ ${'日'.repeat(10)}`,
      `  │ ${'w'.repeat(50)}`,
      `  ┆   ${'v'.repeat(20)}`,
    ])
  })
})
