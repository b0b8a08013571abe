import type { AuditSource, NewAuditEntry } from '../audit/entry.ts'
import type { Client } from './principal.ts'
import type { ApprovalRequest } from './request.ts'
import type { Requirement } from './requirement.ts'

/** What the world must hear of. The messenger renders it from the store's state at delivery, never from this row. */
export type OutboxMessage =
  | { readonly kind: 'announce'; readonly requestId: string; readonly channel: string }
  | { readonly kind: 'update'; readonly requestId: string; readonly channel: string }
  | { readonly kind: 'alarm'; readonly channel: string; readonly text: string }

/**
 * One fact, as a rule returns it and the store commits it: all of it or none.
 *
 * `audit` cannot be empty: a change that leaves no evidence does not compile. A refused attempt is a change that
 * carries audit entries only.
 */
export interface Change {
  readonly audit: readonly [NewAuditEntry, ...NewAuditEntry[]]
  readonly atMs: number
  /** The store answers `conflict` where its clock has reached this when the change is written: a commit that waited for
   * the disk must be judged again, or a yes could land after its time (INV10). UTC milliseconds. */
  readonly notAfterMs?: number
  readonly request?: { readonly before: ApprovalRequest | null; readonly after: ApprovalRequest }
  /** Kept with a new request: the same key of the same client can open one request only (INV9). */
  readonly idempotency?: { readonly key: string; readonly bodyDigest: string }
  readonly client?: { readonly before: Client | null; readonly after: Client }
  readonly outbox?: readonly OutboxMessage[]
}

/** A rule's answer where the fact is already as asked: a retry after a lost reply (B49). */
export interface Unchanged {
  readonly unchanged: ApprovalRequest
}

/** What the rules need of a policy evaluation; `Evaluation` of the policy room fits it. */
export interface Evaluated {
  readonly digest: string
  readonly effect: 'allow' | 'deny' | 'require_approval'
  readonly rules: readonly string[]
  readonly requirements: readonly Requirement[]
  readonly denyCount: number
  readonly ttlMs: number
  readonly grantTtlMs: number
  readonly channels: readonly string[]
  readonly reasonRequired: readonly ('approve' | 'deny')[]
}

/** Who acts and through which door: the actor of the audit entry. */
export interface Actor {
  readonly actor: string
  readonly source: AuditSource
}

export const clientActor = (client: { readonly id: string }): Actor => ({ actor: `client:${client.id}`, source: 'api' })
export const SYSTEM: Actor = { actor: 'system', source: 'system' }

/** Card updates in every channel that may hold one. */
export const cardUpdates = (request: ApprovalRequest): readonly OutboxMessage[] =>
  request.policy.effect === 'require_approval'
    ? request.policy.channels.map((channel) => ({ kind: 'update', requestId: request.id, channel }))
    : []
