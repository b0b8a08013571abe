import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from './canonical.ts'
import { leafHash } from './merkle.ts'

export type AuditType =
  | 'request.opened'
  | 'request.approved'
  | 'request.denied'
  | 'request.expired'
  | 'request.cancelled'
  | 'decision.recorded'
  | 'decision.refused'
  | 'grant.consumed'
  | 'grant.refused'
  | 'grant.completed'
  | 'policy.loaded'
  | 'policy.reload_failed'
  | 'client.created'
  | 'client.rotated'
  | 'client.revoked'
  | 'clock.jump'
  | 'admin.client_updated'
  | 'admin.paused'
  | 'admin.resumed'
  | 'admin.delegation_created'
  | 'admin.delegation_ended'
  | 'admin.break_glass'
  | 'admin.break_glass_reviewed'
  | 'admin.refused'
  | 'admin.ask_refused'

/** Where the fact came in. */
export type AuditSource = 'api' | 'slack' | 'cli' | 'system'

/** A fact before it has its place in the log: what a rule returns. */
export interface NewAuditEntry {
  readonly type: AuditType
  /** An id, never a name or an address: `slack:T…:U…`, `client:…`, `policy`, `system`. */
  readonly actor: string
  readonly requestId: string | null
  readonly source: AuditSource
  /** Who, what and why in full. Kept beside the envelope, so that it can be erased without breaking a proof. */
  readonly body: { readonly [key: string]: Json }
}

/** An entry as stored and exported: texts verbatim, hashes over exactly those texts. */
export interface AuditEntry {
  readonly seq: number
  /** RFC 8785 form of `{v, seq, at, type, actor, request_id, source, body_digest}`: what the tree hashes. */
  readonly envelope: string
  /** Hex of SHA-256(0x00 || envelope), RFC 6962. */
  readonly leaf: string
  /** RFC 8785 form of the body, null once erased. */
  readonly body: string | null
  /** 32 hex digits (128 bits), null once erased. */
  readonly salt: string | null
}

/**
 * Gives a fact its place: number, time and hashes. This is the only place that writes an entry's text; from here on it
 * is stored, hashed and exported as it stands.
 *
 * @param salt 16 random bytes: without them a short body could be guessed from its digest after erasure.
 */
export function seal(entry: NewAuditEntry, seq: number, atMs: number, salt: Uint8Array): AuditEntry {
  const body = canonicalJson(entry.body)
  const envelope = canonicalJson({
    actor: entry.actor,
    at: new Date(atMs).toISOString(),
    body_digest: bodyDigest(salt, body),
    request_id: entry.requestId,
    seq,
    source: entry.source,
    type: entry.type,
    v: 1,
  })
  return {
    seq,
    envelope,
    leaf: leafHash(envelope),
    body,
    salt: Buffer.from(salt).toString('hex'),
  }
}

/** `"sha256:" + hex(SHA-256(salt || body))`. */
export function bodyDigest(salt: Uint8Array, body: string): string {
  return `sha256:${createHash('sha256').update(salt).update(body).digest('hex')}`
}
