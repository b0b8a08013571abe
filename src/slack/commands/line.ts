/** What a person typed after `/approvals`: the verb in lower case, and the words after it. */
export interface Line {
  readonly verb: string
  readonly words: readonly string[]
  /** The text behind the verb and so many words more, as it was typed; null where there is none. */
  readonly after: (words: number) => string | null
}

/** Quotes of every kind: ids are copied out of sentences, code spans and chat programs that curl them. */
const QUOTES = /[`'"´‘’‚‛“”„‟«»‹›]/g
const INVISIBLE = /[\p{Cf}\p{Mn}\u00ad]/gu
const GAP = /[\s\p{Cc}]+/u
const WORDS = 16
/** Slack writes the name of a person or group beside the id; the id alone is believed. */
const NAMED = /<([@#!][^|<>]{1,60})\|[^<>]*>/g

/** Tolerant of how it was typed or pasted, never of what it means: an unknown word stays unknown. */
export function readLine(text: string): Line {
  const typed = text.replace(NAMED, '<$1>').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')
  const pieces = typed.split(GAP).filter((piece) => cleaned(piece).length > 0)
  const [verb = '', ...words] = pieces.flatMap(cleaned).slice(0, WORDS)
  return { verb: verb.toLowerCase(), words, after: (count) => behind(typed, count + 1) }
}

const cleaned = (piece: string): string[] =>
  piece
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(QUOTES, ' ')
    .split(GAP)
    .filter((word) => word !== '')

/** What is left of a text when its first words are taken away. */
function behind(text: string, words: number): string | null {
  let rest = text
  for (let taken = 0; taken < words; ) {
    const [, piece, more] = /^[\s\p{Cc}]*([^\s\p{Cc}]+)([\s\S]*)$/u.exec(rest) ?? []
    if (piece === undefined || more === undefined) return null
    taken += cleaned(piece).length
    rest = more
  }
  return cleaned(rest).length === 0 ? null : rest.trim()
}

/** The one of `known` that was most likely meant, or null: at most two letters off, fewer in a short word. */
export function nearest(word: string, known: Iterable<string>): string | null {
  let best: string | null = null
  let least = Math.min(2, Math.floor(word.length / 2)) + 1
  if (word.length > 20) return null
  for (const each of known) {
    const away = each.startsWith(word) && word.length > 1 ? 1 : distance(word, each)
    if (away < least) {
      least = away
      best = each
    }
  }
  return best
}

/** Levenshtein's: letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
