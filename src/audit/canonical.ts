import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** A value that RFC 8785 can write: what strict JSON can hold, nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The one text of a JSON value (RFC 8785). Throws on what has no such text: NaN, Infinity, lone surrogates, undefined.
 *
 * `canonicalize` drops undefined members silently; our types do not hold them, and a bare undefined throws here.
 */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('undefined has no canonical JSON form')
  return text
}

/** Lower-case hex SHA-256 of the text's UTF-8 bytes. */
export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data, 'hex')
