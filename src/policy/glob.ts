import { isDeceptive } from './text.ts'

/**
 * Our own matcher: no RegExp is ever built from a policy, and the work is at most pattern length times text length, so
 * that neither a policy nor an ask can stall the deciding process (I20).
 *
 * `*` any run of characters but `/`; `**` any run; `?` one character but `/`; `\` takes the next character as it is.
 */
export type Token = { readonly kind: 'char'; readonly char: string } | { readonly kind: 'one' | 'segment' | 'run' }

const LONGEST = 512
const FOREIGN = new Set('[]{}()|')

/** True where the whole text matches. Case matters. Throws on a pattern that `globProblem` would have refused. */
export const globMatches = (pattern: string, text: string): boolean => globMatcher(pattern)(text)

/** The same, read once for many texts. */
export function globMatcher(pattern: string): (text: string) => boolean {
  const tokens = tokensOf(pattern)
  if (typeof tokens === 'string') throw new Error(`A glob that was never checked: it ${tokens}`)
  const wild = tokens.findIndex((token) => token.kind !== 'char')
  const literal = tokens.slice(0, wild === -1 ? tokens.length : wild)
  const beginning = literal.map((token) => (token.kind === 'char' ? token.char : '')).join('')
  if (wild === -1) return (text) => text === beginning
  const last = tokens.length === wild + 1 ? tokens[wild]?.kind : undefined
  if (last === 'run') return (text) => text.startsWith(beginning)
  if (last === 'segment') return (text) => text.startsWith(beginning) && !text.includes('/', beginning.length)
  // Most texts differ from most patterns in their first letters.
  return (text) => text.startsWith(beginning) && matchesTokens(tokens, text)
}

function matchesTokens(tokens: readonly Token[], text: string): boolean {
  let here = new Uint8Array(tokens.length + 1)
  let next = new Uint8Array(tokens.length + 1)
  here[0] = 1
  skipRuns(tokens, here)
  for (const char of text) {
    next.fill(0)
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]
      if (here[i] !== 1 || !token || !takes(token, char)) continue
      next[token.kind === 'char' || token.kind === 'one' ? i + 1 : i] = 1
    }
    skipRuns(tokens, next)
    ;[here, next] = [next, here]
  }
  return here[tokens.length] === 1
}

/** What is wrong with the pattern, as "must …", or null. */
export function globProblem(pattern: string): string | null {
  const tokens = tokensOf(pattern)
  return typeof tokens === 'string' ? tokens : null
}

/** The one text that the pattern matches, or null where there are more. */
export function onlyText(pattern: string): string | null {
  const tokens = tokensOf(pattern)
  return typeof tokens !== 'string' && tokens.every((token) => token.kind === 'char') ? literalsOf(pattern) : null
}

/** True for a pattern of wildcards alone, which says nothing about what it matches. */
export const isBoundless = (pattern: string): boolean => /^[*?]+$/.test(pattern)

/** The characters that the pattern asks for literally. */
export function literalsOf(pattern: string): string {
  const tokens = tokensOf(pattern)
  return typeof tokens === 'string' ? '' : tokens.map((token) => (token.kind === 'char' ? token.char : '')).join('')
}

export function takes(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char
  return token.kind === 'run' || char !== '/'
}

/** A run may be empty: whoever stands before it stands behind it as well. */
function skipRuns(tokens: readonly Token[], here: Uint8Array): void {
  tokens.forEach((token, i) => {
    if (here[i] === 1 && (token.kind === 'segment' || token.kind === 'run')) here[i + 1] = 1
  })
}

export function tokensOf(pattern: string): readonly Token[] | string {
  if (pattern === '') return 'must not be empty'
  if (pattern.length > LONGEST) return `must not be longer than ${LONGEST} characters`
  if (isDeceptive(pattern)) return 'must not contain hidden characters or text that is not in Unicode form NFC'
  if (pattern !== pattern.trim()) return 'must not begin or end with a space'
  if (pattern.includes('***')) return 'must not contain more than two stars in a row: write * or **'
  const tokens: Token[] = []
  const chars = [...pattern]
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? ''
    if (FOREIGN.has(char) || (char === '!' && i === 0)) {
      return `must not contain an unescaped "${char}": only *, ** and ? are special. Write \\${char} for the character itself`
    }
    if (char === '\\') {
      const escaped = chars[++i]
      if (escaped === undefined) return 'must not end with a lone \\: write \\\\ for the character itself'
      tokens.push({ kind: 'char', char: escaped })
    } else if (char === '*') {
      const double = chars[i + 1] === '*'
      if (double) i++
      tokens.push({ kind: double ? 'run' : 'segment' })
    } else tokens.push(char === '?' ? { kind: 'one' } : { kind: 'char', char })
  }
  return tokens
}
