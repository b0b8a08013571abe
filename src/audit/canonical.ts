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

/** The value with its keys in order: itself where they are already, for most of what we write is written in order. */
function inOrder(value: Json): Json | typeof UNORDERABLE {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no canonical JSON form`)
  if (value === null || typeof value !== 'object') return value
  return Array.isArray(value) ? itemsInOrder(value) : membersInOrder(value as { readonly [key: string]: Json })
}

function itemsInOrder(items: readonly Json[]): Json | typeof UNORDERABLE {
  let copy: Json[] | null = null
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Json
    const ordered = inOrder(item)
    if (ordered === UNORDERABLE || ordered === undefined) return UNORDERABLE
    if (ordered !== item) {
      copy ??= [...items]
      copy[i] = ordered
    }
  }
  return copy ?? items
}

function membersInOrder(members: { readonly [key: string]: Json }): Json | typeof UNORDERABLE {
  const keys = Object.keys(members)
  let isSame = true
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    // A plain object puts keys like `10` first whatever the order they are written in.
    if (key === '__proto__' || (key.charCodeAt(0) <= 0x39 && key.charCodeAt(0) >= 0x30)) return UNORDERABLE
    if (i > 0 && (keys[i - 1] as string) > key) isSame = false
  }
  // By UTF-16 code units, as RFC 8785 section 3.2.3 wants it, which is also how `>` compares.
  if (!isSame) keys.sort()
  let copy: Record<string, Json> | null = isSame ? null : {}
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    const member = members[key] as Json
    const ordered = inOrder(member)
    if (ordered === UNORDERABLE) return UNORDERABLE
    if (ordered !== member) copy ??= { ...members }
    if (copy) copy[key] = ordered
  }
  return copy ?? members
}

/** Lower-case hex SHA-256 of the text's UTF-8 bytes. */
export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data, 'hex')
