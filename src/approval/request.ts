import type { Json } from '../audit/canonical.ts'
import type { Digest } from './digest.ts'
import type { Identity, VerifiedBy } from './principal.ts'
import type { Group, Requirement } from './requirement.ts'

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
  /** What of `params` is masked, and by whose word: the card says so. */
  readonly masked?: readonly Masked[] | undefined
  readonly title?: string | undefined
  readonly reason?: string | undefined
  readonly requester?: Requester | undefined
  readonly context?: Context | undefined
  readonly ttl_seconds?: number | undefined
  readonly grant_ttl_seconds?: number | undefined
}

/** One masked value. `pointer` is RFC 6901 into `params`. */
export interface Masked {
  readonly pointer: string
  /** `asker`: named in `sensitive`; `policy`: a key name of `redact`; `countersign`: it looks like a secret. */
  readonly by: 'asker' | 'policy' | 'countersign'
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
  /** Who may break the glass on this ask; null where nobody may. */
  readonly breakGlass: BreakGlassRule | null
  /**
   * What the policy said of asks whose human nobody can name: absent where it took none, `allowed` where it did, `taken`
   * where this is one of them (B12).
   */
  readonly unresolved?: 'allowed' | 'taken'
}

/** The emergency way to a yes: one person of a group of its own, loudly, with a review afterwards. */
export interface BreakGlassRule {
  /** Name of the group. */
  readonly from: string
  readonly group: Group
  /** Who was in the group when the request was opened, where the policy takes no late joiners (B18). */
  readonly onlyThese?: readonly string[]
  /** How long the yes may be used; shorter than any ordinary one. */
  readonly grantTtlMs: number
  /** May somebody behind the ask break it? False unless the policy says so (B27). */
  readonly self: boolean
}

/** The glass was broken: by whom and why, and the review that stays open until somebody else signs it. */
export interface BrokenGlass {
  readonly userId: string
  readonly teamId: string
  readonly name: string
  readonly identities: readonly Identity[]
  readonly reason: string
  readonly atMs: number
  readonly review: {
    readonly userId: string
    readonly teamId: string
    readonly name: string
    readonly note: string
    readonly atMs: number
  } | null
}

/** One person's recorded word: a yes, a no, or that she takes back what she said before; with what was known of her then. */
export interface Decision {
  readonly approver: {
    readonly userId: string
    readonly teamId: string
    readonly name: string
    /** Every identity of hers, joined over the people links of that moment. */
    readonly identities: readonly Identity[]
  }
  readonly verdict: 'approve' | 'deny' | 'withdraw'
  readonly reason: string | null
  readonly surface: 'slack' | 'api' | 'web'
  /** Whose seat she fills by delegation, a Slack user id; null where she speaks for herself. */
  readonly delegatedBy: string | null
  /** Every identity of whom she speaks for, as known then: the two are one vote together. Empty where she speaks for herself. */
  readonly delegatorIdentities: readonly Identity[]
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
  readonly client: { readonly id: string; readonly name: string; readonly verifiedBy: VerifiedBy }
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
  readonly brokenGlass: BrokenGlass | null
  readonly consumed: Consumption | null
  readonly completed: Completion | null
}

/** True once its time is over, by the time of whoever asks: the sweeper may not have come by yet (INV10). */
export const isOverdue = (request: ApprovalRequest, nowMs: number): boolean =>
  // Written so that a time that is none (NaN) is no time left.
  !(nowMs < request.expiresAtMs)
