import { canonicalJson, type Json, sha256Hex } from '../audit/canonical.ts'

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`

/** The exact thing that will be run: what a yes is a yes to. */
export interface Payload {
  readonly action: string
  readonly resource?: string | undefined
  readonly environment?: string | undefined
  /** Unmasked. */
  readonly params?: { readonly [key: string]: Json } | undefined
}

/**
 * SHA-256 over the RFC 8785 form of `{"v":1,action,resource,environment,params}`, absent members left out (INV5).
 * The same digest stands on the card, in the button, in the grant, and is asked for again at consume.
 */
export function payloadDigest(payload: Payload): Digest {
  const members: Record<string, Json> = { v: 1, action: payload.action }
  if (payload.resource !== undefined) members.resource = payload.resource
  if (payload.environment !== undefined) members.environment = payload.environment
  if (payload.params !== undefined) members.params = payload.params
  return `sha256:${sha256Hex(canonicalJson(members))}`
}

/** How many hex digits of the digest a button and a card carry: 64 bits against a swapped payload. */
export const SHORT_DIGEST = 16

/** The first hex digits of a digest, without its prefix. */
export const shortDigest = (digest: Digest): string => digest.slice('sha256:'.length, 'sha256:'.length + SHORT_DIGEST)
