import type { Json } from '../audit/canonical.ts'
import type { Digest } from './digest.ts'
import type { Identity } from './principal.ts'
import type { Requirement } from './requirement.ts'

export type Status = 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled'
export type Execution = 'none' | 'started' | 'succeeded' | 'failed'
export type JsonObject = { readonly [key: string]: Json }

/** What the asker sent, masked where sensitive: the only form that is ever stored, shown or logged (INV11). */
export interface Ask {
  readonly action: string
  readonly resource?: string | undefined
  readonly environment?: string | undefined
  readonly params?: JsonObject | undefined
  readonly sensitive?: readonly string[] | undefined
  readonly title?: string | undefined
  readonly reason?: string | undefined
  readonly requester?: Requester | undefined
  readonly context?: Context | undefined
  readonly ttl_seconds?: number | undefined
  readonly grant_ttl_seconds?: number | undefined
}

export interface Requester {
  readonly on_behalf_of?: { readonly email: string } | { readonly slack_user_id: string } | undefined
  readonly agent?:
    | {
        readonly name: string
        readonly model?: string | undefined
        readonly provider?: string | undefined
        readonly run_id?: string | undefined
        readonly tool_call_id?: string | undefined
        readonly prompt?: string | undefined
      }
    | undefined
}

export interface Context {
  readonly risk?: 'low' | 'medium' | 'high' | 'critical' | undefined
  readonly reversible?: boolean | undefined
  readonly data?: readonly { readonly name: string; readonly classification?: string | undefined }[] | undefined
  readonly links?: readonly { readonly title: string; readonly url: string }[] | undefined
  readonly diff?: string | undefined
  readonly details?: JsonObject | undefined
}

/** The policy's answer as it stood when the request was opened: pinned, so that loosening it later helps nobody (B24). */
export interface PinnedPolicy {
  readonly digest: string
  readonly rules: readonly string[]
  readonly effect: 'allow' | 'deny' | 'require_approval'
  readonly requirements: readonly Requirement[]
  readonly denyCount: number
  readonly grantTtlMs: number
  readonly channels: readonly string[]
  readonly reasonRequired: readonly ('approve' | 'deny')[]
}

/** One person's recorded yes or no, with what was known of her when she said it. */
export interface Decision {
  readonly approver: {
    readonly userId: string
    readonly teamId: string
    readonly name: string
    /** Every identity of hers, joined over the people links of that moment. */
    readonly identities: readonly Identity[]
  }
  readonly verdict: 'approve' | 'deny'
  readonly reason: string | null
  readonly surface: 'slack' | 'api' | 'web'
  /** The requirements that her memberships let her fill, as read for this decision. */
  readonly groups: readonly string[]
  /** When those memberships were read, UTC milliseconds: at most a minute before the decision. */
  readonly membershipReadAtMs: number
  readonly digestShown: string
  readonly policyDigest: string
  readonly decidedAtMs: number
}

export interface Outcome {
  readonly by: 'people' | 'policy' | 'expiry' | 'requester' | 'admin'
  /** Slack ids of those whose approval counted when it was approved; empty for every other end. */
  readonly approvers: readonly string[]
  readonly code: string
  readonly reason: string | null
  readonly atMs: number
}

/** The one use of the yes. */
export interface Consumption {
  readonly executionId: string
  /** The client that used it: two gates may well name their runs alike. */
  readonly by: string
  readonly atMs: number
}

/** How it went, as the asker reports it. */
export interface Completion {
  readonly executionId: string
  readonly status: 'succeeded' | 'failed'
  readonly summary: string | null
  readonly resultDigest: string | null
  readonly atMs: number
}

/**
 * One ask and all that became of it. Plain JSON: the audit log holds it whole at the start and each later change of it,
 * so that the log alone rebuilds the tables (INV4). Never changed in place; `version` grows by one with each change.
 */
export interface ApprovalRequest {
  readonly id: string
  readonly version: number
  readonly status: Status
  readonly execution: Execution
  readonly client: { readonly id: string; readonly name: string }
  readonly ask: Ask
  readonly payloadDigest: Digest
  /** Every identity that stands behind the ask, joined over the people links: none of them may approve (INV3). */
  readonly closure: readonly Identity[]
  readonly policy: PinnedPolicy
  readonly decisions: readonly Decision[]
  readonly outcome: Outcome | null
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly grantExpiresAtMs: number | null
  readonly consumed: Consumption | null
  readonly completed: Completion | null
}

/** True once its time is over, by the time of whoever asks: the sweeper may not have come by yet (INV10). */
export const isOverdue = (request: ApprovalRequest, nowMs: number): boolean =>
  // Written so that a time that is none (NaN) is no time left.
  !(nowMs < request.expiresAtMs)
