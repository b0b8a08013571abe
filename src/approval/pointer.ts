import type { Json } from '../audit/canonical.ts'
import type { JsonObject } from './request.ts'

/** RFC 6901. The empty pointer is the whole document. */
export const pointerPath = (pointer: string): readonly string[] =>
  pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((token) => token.replace(/~1/g, '/').replace(/~0/g, '~'))

/** A pointer as RFC 6901 writes it. */
export const pointerTo = (path: readonly string[]): string =>
  path.map((token) => `/${token.replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')

/** The first of `mustShow` that the asker wants masked: at it, above it or below it. Null where there is none. */
export function shownAgainstMask(mustShow: readonly string[], sensitive: readonly string[]): string | null {
  const masked = sensitive.map(pointerPath)
  const found = mustShow.find((pointer) => {
    const shown = pointerPath(pointer)
    return masked.some((path) => isAbove(path, shown) || isAbove(shown, path))
  })
  return found ?? null
}

const isAbove = (upper: readonly string[], lower: readonly string[]): boolean =>
  upper.every((token, i) => lower[i] === token)

/** What to mask below a value: everything, or the members and items named. */
export type Marks = 'whole' | Map<string, Marks>

/** True where the path leads to a value. */
export function isThere(value: Json, path: readonly string[]): boolean {
  let here: Json = value
  for (const token of path) {
    if (here === null || typeof here !== 'object') return false
    if (Array.isArray(here) && !/^(0|[1-9]\d*)$/.test(token)) return false
    if (!Object.hasOwn(here, token)) return false
    here = (here as JsonObject)[token] as Json
  }
  return true
}

/** Marks what is at `path`, and with it all that is below. */
export function mark(marks: Marks, path: readonly string[]): Marks {
  const [token, ...rest] = path
  if (marks === 'whole' || token === undefined) return 'whole'
  marks.set(token, mark(marks.get(token) ?? new Map(), rest))
  return marks
}
