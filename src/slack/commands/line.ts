/** What a person typed after `/approvals`: the verb in lower case, and the words after it. */
export interface Line {
  readonly verb: string
  readonly words: readonly string[]
}

/** Quotes of every kind: ids are copied out of sentences, code spans and chat programs that curl them. */
const QUOTES = /[`'"´‘’‚‛“”„‟«»‹›]/g
const INVISIBLE = /[\p{Cf}\p{Mn}\u00ad]/gu
const WORDS = 10

/** Tolerant of how it was typed or pasted, never of what it means: an unknown word stays unknown. */
export function readLine(text: string): Line {
  const [verb = '', ...words] = text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(QUOTES, ' ')
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => word !== '')
    .slice(0, WORDS)
  return { verb: verb.toLowerCase(), words }
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
