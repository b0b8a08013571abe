import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** A value that RFC 8785 can write: what strict JSON can hold, nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The one text of a JSON value (RFC 8785). Throws on what has no such text: NaN, Infinity, lone surrogates, undefined.
 * Undefined members of an object are left out.
 *
 * RFC 8785 is what `JSON.stringify` writes once the keys stand in order, and that is more than twice as fast as the
 * library on the path that every ask takes. What a plain object cannot keep in order (keys like `10`, `__proto__`) and
 * what `JSON.stringify` would let pass (lone surrogates) goes to the library; test/audit holds the two against each other.
 */
export function canonicalJson(value: Json): string {
  const ordered = inOrder(value)
  const text = ordered === UNORDERABLE ? undefined : JSON.stringify(ordered)
  if (text !== undefined && !text.includes('\\ud')) return text
  const slow = canonicalize(value)
  if (slow === undefined) throw new TypeError('undefined has no canonical JSON form')
  return slow
}

const UNORDERABLE = Symbol('has keys that a plain object reorders')

function inOrder(value: Json): Json | typeof UNORDERABLE {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no canonical JSON form`)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) {
    const items: Json[] = []
    for (const item of value) {
      const ordered = inOrder(item)
      if (ordered === UNORDERABLE || ordered === undefined) return UNORDERABLE
      items.push(ordered)
    }
    return items
  }
  const members: Record<string, Json> = {}
  const object = value as { readonly [key: string]: Json }
  // Default sort is by UTF-16 code units, as RFC 8785 section 3.2.3 wants it.
  for (const key of Object.keys(object).sort()) {
    if (key === '__proto__' || /^\d/.test(key)) return UNORDERABLE
    const ordered = inOrder(object[key] as Json)
    if (ordered === UNORDERABLE) return UNORDERABLE
    members[key] = ordered
  }
  return members
}

/** Lower-case hex SHA-256 of the text's UTF-8 bytes. */
export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data, 'hex')
