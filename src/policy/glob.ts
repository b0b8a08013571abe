import { isDeceptive } from './text.ts'

/**
 * Our own matcher: no RegExp is ever built from a policy, and the work is at most pattern length times text length, so
 * that neither a policy nor an ask can stall the deciding process (I20).
 *
 * `*` any run of characters but `/`; `**` any run; `?` one character but `/`; `\` takes the next character as it is.
 */
type Token = { readonly kind: 'char'; readonly char: string } | { readonly kind: 'one' | 'segment' | 'run' }

const LONGEST = 512
const FOREIGN = new Set('[]{}()|')

/** True where the whole text matches. Case matters. Throws on a pattern that `globProblem` would have refused. */
export function globMatches(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern)
  if (typeof tokens === 'string') throw new Error(`A glob that was never checked: it ${tokens}`)
  let here = new Uint8Array(tokens.length + 1)
  here[0] = 1
  skipRuns(tokens, here)
  for (const char of text) {
    const next = new Uint8Array(tokens.length + 1)
    tokens.forEach((token, i) => {
      if (here[i] === 1 && takes(token, char)) next[token.kind === 'char' || token.kind === 'one' ? i + 1 : i] = 1
    })
    skipRuns(tokens, next)
    here = next
  }
  return here[tokens.length] === 1
}

/** What is wrong with the pattern, as "must …", or null. */
export function globProblem(pattern: string): string | null {
  const tokens = tokensOf(pattern)
  return typeof tokens === 'string' ? tokens : null
}

/** True for a pattern of wildcards alone, which says nothing about what it matches. */
export const isBoundless = (pattern: string): boolean => /^[*?]+$/.test(pattern)

/** The characters that the pattern asks for literally. */
export function literalsOf(pattern: string): string {
  const tokens = tokensOf(pattern)
  return typeof tokens === 'string' ? '' : tokens.map((token) => (token.kind === 'char' ? token.char : '')).join('')
}

function takes(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char
  return token.kind === 'run' || char !== '/'
}

/** A run may be empty: whoever stands before it stands behind it as well. */
function skipRuns(tokens: readonly Token[], here: Uint8Array): void {
  tokens.forEach((token, i) => {
    if (here[i] === 1 && (token.kind === 'segment' || token.kind === 'run')) here[i + 1] = 1
  })
}

function tokensOf(pattern: string): readonly Token[] | string {
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
