import { oneLine } from '../approval/one-line.ts'

/** Controls, formats, bidi, zero-width, unassigned, lone surrogates and every space but the plain one. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u

/** Also in comments: a bidi control there shows the reviewer another file than the machine reads. A lone CR ends
 * a line for some readers only. Matched line by line. */
const HIDDEN_IN_FILE = /[\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]|(?![\t\r])\p{Cc}|\r(?!$)/gu

/** True where the text holds a character that a reader cannot see, or is not NFC: two texts that look alike (B43). */
export const isDeceptive = (text: string): boolean => HIDDEN.test(text) || text !== text.normalize('NFC')

/** Where characters stand that may be nowhere in a policy file. Lines and columns count from 1. */
export function hiddenInFile(text: string): readonly { line: number; column: number; codePoint: string }[] {
  return text.split('\n').flatMap((content, i) =>
    [...content.matchAll(HIDDEN_IN_FILE)].map((found) => ({
      line: i + 1,
      column: found.index + 1,
      codePoint: codePointName(found[0]),
    })),
  )
}

const codePointName = (char: string): string =>
  `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** A dot, slash, backslash or an unreserved character in percent form, encoded any number of times (RFC 3986 6.2.2.2). */
const NEEDLESSLY_ENCODED = /%(?:25)*(?:2[def]|3[0-9]|5[cf]|7e|[46][1-9a-f]|[57][0-9a])/i

/** `.` or `..` as a whole segment, an empty segment but after `scheme:`, a dot or slash at the end. */
const OTHER_PATH = /(?:^|[/\\])\.{1,2}(?:[/\\]|$)|(?:^|[^:])[/\\]{2}|[/\\.]$/

/**
 * True where the value has no second spelling that another system would read as the same thing: `s3://a/../b`, `a//b`,
 * `prod.`, `%2e%2e`, a trailing space, a zero-width character. Such a value could slip past a deny rule into a broad
 * allow (B43), so that nothing but this spelling is ever allowed without a human.
 */
export const hasOneSpelling = (value: string): boolean =>
  !isDeceptive(value) && value === value.trim() && !NEEDLESSLY_ENCODED.test(value) && !OTHER_PATH.test(value)

/** A text of the file as it may be repeated in a message: short, quoted, inert. */
export const quoted = (text: string): string =>
  oneLine(JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text))

/** The known word that was probably meant, or null where none is near enough. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const wanted = word.slice(0, 64).toLowerCase()
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Changed, missing, added or swapped neighbouring letters, each counted once. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const cheapest = Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
      next.push(swapped ? Math.min(cheapest, (before[j - 2] ?? 0) + 1) : cheapest)
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
