import type { PlainTextElement } from '@slack/types'

/**
 * How a stranger's words come onto a card: as what they are, never as what they want to be. Whatever could hide, reorder,
 * colour or forge is drawn as its code point (T5).
 */

/** Controls, format and bidi characters, lone surrogates, private use, what draws nothing, and every odd space. */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800]|(?![ \u3000])\p{Zs}/u
const MARK = /\p{M}/u
/** Accents that real writing puts on one letter; more of them only paint over the lines around (zalgo). */
const MARKS_ON_A_LETTER = 4
/** Room for the sentence that says how much was cut. */
const CUT_ROOM = 40

const codePoint = (char: string): string =>
  `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`

function drawn(text: string, newline: string): string[] {
  let marks = 0
  return Array.from(text.normalize('NFC'), (char) => {
    marks = MARK.test(char) ? marks + 1 : 0
    if (char === '\n') return newline
    if (char === '\t') return '⇥'
    return HIDDEN.test(char) || marks > MARKS_ON_A_LETTER ? codePoint(char) : char
  })
}

/** The signs that `exactly` may put in place of a character; each stands for that character alone. */
export type Signs = ReadonlyMap<string, string>

/**
 * The characters of `text`, each drawn so that it can be told from every other: what is hidden, what Unicode would join
 * or reorder, and whatever is itself a sign of ours stands as its code point. Nothing is lost: `inert` changes it no further.
 */
export function exactly(text: string, signs: Signs = new Map()): string[] {
  const ours = new Set(['⟨', ...signs.values()])
  let marks = 0
  let before = ''
  return Array.from(text, (char) => {
    const isMark = char > '\u02ff' && MARK.test(char)
    marks = isMark ? marks + 1 : 0
    const isOdd = ours.has(char) || HIDDEN.test(char) || marks > MARKS_ON_A_LETTER || isJoined(before, char)
    const shown = signs.get(char) ?? (isOdd ? codePoint(char) : char)
    before = shown === char && isMark ? before + char : shown
    return shown
  })
}

/** Would Unicode's canonical form write the two otherwise? Below U+0300 it never does. */
const isJoined = (before: string, char: string): boolean =>
  char > '\u02ff' && `${before}${char}`.normalize('NFC') !== `${before}${char}`

/**
 * Text of somebody else's, in lines, safe to show in `plain_text` or rich_text; never empty.
 *
 * @param max UTF-16 code units of the result, at least 60; @param maxLines of the result. What is cut says so.
 */
export function inert(text: string, max: number, maxLines: number = Number.POSITIVE_INFINITY): string {
  return cut(drawn(text, '\n'), max, maxLines)
}

/** The same in one line: a newline becomes `⏎`, so that nobody writes a line of ours. */
export function inertLine(text: string, max: number): string {
  return cut(drawn(text, '⏎'), max, 1)
}

/** What says so stands on a line of its own where there are lines: it is no part of what was written on the last one. */
function cut(pieces: readonly string[], max: number, maxLines: number): string {
  const whole = pieces.join('')
  if (whole.trim() === '') return '(empty)'
  if (whole.length <= max && linesOf(whole) <= maxLines) return whole
  let length = 0
  let lines = maxLines > 1 ? 2 : 1
  const kept = pieces.findIndex((piece) => {
    length += piece.length
    if (piece === '\n') lines += 1
    return length > max - CUT_ROOM || lines > maxLines
  })
  const rest = pieces.length - kept
  const shown = pieces.slice(0, kept).join('').trimEnd()
  const note = `[…\u{20}${rest} ${rest === 1 ? 'character' : 'characters'} cut]`
  return `${shown}${shown.includes('\n') ? '\n' : ' '}${note}`.trim()
}

export const linesOf = (text: string): number => text.split('\n').length

/** Our own words and the policy's names in mrkdwn: the three characters that Slack lets one escape. */
export const escapeMrkdwn = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** A `plain_text` object: nothing in it is parsed, and `:white_check_mark:` stays what was typed. Never empty. */
export const plain = (text: string, max: number): PlainTextElement => ({
  type: 'plain_text',
  text: inertLine(text, max),
  emoji: false,
})

/** The code points outside ASCII in a name that people compare by eye: a Cyrillic а is not an a. At most five. */
export function lookalikes(text: string): string[] {
  const odd = Array.from(text.normalize('NFC')).filter((char) => char > '\u007e' && !HIDDEN.test(char))
  return [...new Set(odd)].slice(0, 5).map((char) => `${char} ${codePoint(char).slice(1, -1)}`)
}
