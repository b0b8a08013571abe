import type { IncomingMessage } from 'node:http'
import { canonicalJson, sha256Hex } from '../audit/canonical.ts'
import { headerValues } from './headers.ts'
import type { Body } from './raw-body.ts'
import { invalid } from './validate.ts'

/** Printable ASCII. */
const KEY = /^[\x20-\x7e]{1,255}$/

/**
 * The `Idempotency-Key` and what it stands for: the digest of the body's canonical form, so that white space and the
 * order of keys, which mean nothing, do not make another body of it (INV9).
 */
export function idempotencyOf(
  incoming: IncomingMessage,
  body: Body,
): { readonly key: string; readonly bodyDigest: string } | undefined {
  const [key, ...others] = headerValues(incoming, 'idempotency-key')
  if (key === undefined) return undefined
  if (others.length > 0 || !KEY.test(key)) {
    const message = 'must be one Idempotency-Key header of 1 to 255 ASCII characters'
    throw invalid([{ pointer: '', code: 'invalid_idempotency_key', message }])
  }
  return { key, bodyDigest: `sha256:${sha256Hex(canonicalJson(body.value))}` }
}
