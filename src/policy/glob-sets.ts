import { type Token, takes, tokensOf } from './glob.ts'

/**
 * Lists of globs as sets of texts: does one hold all of another, do two share a text? Exact, by walking both at once; for
 * the linter alone. A list matches what any of its globs matches.
 */
type Globs = readonly string[]

/** More steps than any pair of real lists needs. Beyond it the answer is the one that warns of nothing. */
const MOST_STEPS = 20_000

const END = '\0'

/** How every text that the glob matches begins, with an end mark where that is the whole text. */
export function beginningOf(glob: string): string {
  const tokens = tokensOf(glob)
  if (typeof tokens === 'string') return ''
  const wild = tokens.findIndex(({ kind }) => kind !== 'char')
  const literal = wild === -1 ? tokens : tokens.slice(0, wild)
  return literal.map((token) => (token.kind === 'char' ? token.char : '')).join('') + (wild === -1 ? END : '')
}

/** True where every text that `inner` matches is matched by `outer` as well. */
export function covers(outer: Globs, inner: Globs): boolean {
  const wide = new Walker(outer)
  const narrow = new Walker(inner)
  const chars = charsOf(wide, narrow)
  const seen = new Set<string>()
  const todo: { at: number; reached: readonly number[] }[] = []
  const visit = (at: number, reached: readonly number[]): void => {
    const key = `${at} ${reached.join()}`
    if (seen.has(key)) return
    seen.add(key)
    todo.push({ at, reached })
  }
  for (const at of narrow.start) visit(at, wide.start)
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { at, reached } = next
    if (seen.size > MOST_STEPS) return false
    if (narrow.isEnd(at) && !reached.some((place) => wide.isEnd(place))) return false
    for (const char of chars) {
      const after = narrow.step([at], char)
      if (after.length === 0) continue
      const wider = wide.step(reached, char)
      for (const place of after) visit(place, wider)
    }
  }
  return true
}

/** A shortest text that both match, or null where there is none. */
export function shared(a: Globs, b: Globs): string | null {
  const [left, right] = [new Walker(a), new Walker(b)]
  const chars = charsOf(left, right)
  const seen = new Set<string>()
  let front: { l: number; r: number; text: string }[] = []
  const visit = (into: typeof front, l: number, r: number, text: string): void => {
    if (seen.has(`${l} ${r}`)) return
    seen.add(`${l} ${r}`)
    into.push({ l, r, text })
  }
  for (const l of left.start) for (const r of right.start) visit(front, l, r, '')
  while (front.length > 0 && seen.size <= MOST_STEPS) {
    const found = front.find(({ l, r, text }) => text !== '' && left.isEnd(l) && right.isEnd(r))
    if (found) return found.text
    const next: typeof front = []
    for (const { l, r, text } of front) {
      for (const char of chars) {
        const lefts = left.step([l], char)
        if (lefts.length === 0) continue
        for (const rr of right.step([r], char)) for (const ll of lefts) visit(next, ll, rr, text + char)
      }
    }
    front = next
  }
  return null
}

/** Positions in all globs of a list, numbered through. */
class Walker {
  readonly start: readonly number[]
  readonly literals: readonly string[]
  readonly #tokens: readonly (Token | null)[]

  constructor(globs: Globs) {
    const all: (Token | null)[] = []
    const starts: number[] = []
    for (const glob of globs) {
      const tokens = tokensOf(glob)
      if (typeof tokens === 'string') throw new Error(`A glob that was never checked: it ${tokens}`)
      starts.push(all.length)
      all.push(...tokens, null)
    }
    this.#tokens = all
    this.literals = all.flatMap((token) => (token?.kind === 'char' ? [token.char] : []))
    this.start = this.#settle(starts)
  }

  isEnd(at: number): boolean {
    return this.#tokens[at] === null
  }

  step(places: readonly number[], char: string): readonly number[] {
    const next: number[] = []
    for (const at of places) {
      const token = this.#tokens[at]
      if (!token || !takes(token, char)) continue
      next.push(token.kind === 'char' || token.kind === 'one' ? at + 1 : at)
    }
    return this.#settle(next)
  }

  /** A run may be empty: whoever stands before it stands behind it as well. */
  #settle(places: readonly number[]): readonly number[] {
    const all = new Set(places)
    for (const at of all) {
      const kind = this.#tokens[at]?.kind
      if (kind === 'segment' || kind === 'run') all.add(at + 1)
    }
    return [...all].sort((a, b) => a - b)
  }
}

/** One of each kind: every character written, the slash, and one for all others. */
function charsOf(...walkers: readonly Walker[]): readonly string[] {
  const written = new Set(walkers.flatMap(({ literals }) => literals))
  const other = [...'xyzwvutsrqponm0123456789'].find((char) => !written.has(char)) ?? '\u{10FFFD}'
  return [other, ...written, ...(written.has('/') ? [] : ['/'])]
}
