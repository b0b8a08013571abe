import type { AuditSource, NewAuditEntry } from '../audit/entry.ts'
import type { Delegation } from './delegation.ts'
import type { Pause } from './pause.ts'
import type { Client } from './principal.ts'
import type { ApprovalRequest, BreakGlassRule } from './request.ts'
import type { Requirement } from './requirement.ts'

/** What the world must hear of. The messenger renders it from the store's state at delivery, never from this row. */
export type OutboxMessage =
  | { readonly kind: 'announce'; readonly requestId: string; readonly channel: string }
  | { readonly kind: 'update'; readonly requestId: string; readonly channel: string }
  | {
      readonly kind: 'alarm'
      readonly channel: string
      /** Plain words: they mention nobody, whoever wrote them. */
      readonly text: string
      /** Slack ids of user groups (`S…`) and people whom it is to wake. */
      readonly mention?: readonly string[]
    }

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
  readonly delegation?: { readonly before: Delegation | null; readonly after: Delegation }
  readonly pause?: { readonly before: Pause | null; readonly after: Pause | null }
  /** The store answers `conflict` where everything is paused when the change is written: no yes and no use slips past. */
  readonly unlessPaused?: true
  /** Ids of delegations that it rests on. The store answers `conflict` where one of them is not active when it is written. */
  readonly whileDelegated?: readonly string[]
  /** Id of the client whose key asked. The store answers `conflict` where that key is revoked, or over, when it is written. */
  readonly whileClient?: string
  /** The store answers `conflict` where one of these is used up when the change is written (T3). */
  readonly allowances?: readonly Allowance[]
  readonly outbox?: readonly OutboxMessage[]
}

/**
 * One use of what a rule allows without people a limited number of times. Kept as a fact, so that counting is exact: `most`
 * uses of `rule` by `key` since `sinceMs`, this one included.
 */
export interface Allowance {
  readonly rule: string
  /** Who uses it: the caller's id or an identity of the human it acts for. */
  readonly key: string
  readonly most: number
  readonly sinceMs: number
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
  readonly breakGlass: BreakGlassRule | null
  /** RFC 6901 pointers into `params` that an asker may not mask. */
  readonly mustShow: readonly string[]
  /** Names of the user groups that take no late joiners: who is in them is pinned at the opening (B18). */
  readonly noLateJoiners: readonly string[]
  /** Limits that this allow uses up, one use each; empty where it is not limited or not allowed. */
  readonly limits: readonly AllowLimit[]
  /** The deny comes from a window of time alone: the same ask may pass at another hour, so a pending request stays open. */
  readonly onlyNow: boolean
}

/** At most `most` uses of an allow rule by one requester in any stretch of `perMs`. */
interface AllowLimit {
  readonly rule: string
  readonly most: number
  readonly perMs: number
}

/** Who acts and through which door: the actor of the audit entry. */
export interface Actor {
  readonly actor: string
  readonly source: AuditSource
}

export const clientActor = (client: { readonly id: string }): Actor => ({ actor: `client:${client.id}`, source: 'api' })
export const SYSTEM: Actor = { actor: 'system', source: 'system' }

/** A yes and a use are for a client that lives: what a stolen key asked for dies with the key. */
export const whileItsClientLives = ({ client }: ApprovalRequest): Pick<Change, 'whileClient'> =>
  client.verifiedBy === 'client_key' ? { whileClient: client.id } : {}

/** Card updates in every channel that may hold one. */
export const cardUpdates = (request: ApprovalRequest): readonly OutboxMessage[] =>
  request.policy.effect === 'require_approval'
    ? request.policy.channels.map((channel) => ({ kind: 'update', requestId: request.id, channel }))
    : []
