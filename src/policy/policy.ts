import type { People } from '../approval/principal.ts'
import type { Group, Requirement } from '../approval/requirement.ts'

/** A policy that was read whole and found valid; nothing partial ever gets this type. */
export interface Policy {
  /** `sha256:<hex>` over the canonical content (RFC 8785 of the parsed file), so that comments do not change it. */
  readonly digest: string
  /** The file's text as read. */
  readonly text: string
  readonly slack: { readonly channel: string; readonly auditChannel: string | null }
  readonly admins: readonly string[]
  readonly groups: Readonly<Record<string, Group>>
  readonly people: People
  readonly defaults: Defaults
  readonly rules: readonly Rule[]
  readonly limits: { readonly requestsPerMinute: number; readonly pendingPerClient: number }
  /** More key names whose values are masked, lower case. */
  readonly redact: readonly string[]
}

export type EffectName = 'allow' | 'deny' | 'require_approval'
type Verdict = 'approve' | 'deny'

interface Defaults {
  readonly effect: 'deny' | 'require_approval'
  readonly approvals: readonly Requirement[]
  readonly ttlMs: number
  readonly grantTtlMs: number
}

export interface Rule {
  readonly id: string
  /** Globs; every given member must match, and any one glob of a list is enough. */
  readonly match: {
    readonly action?: readonly string[]
    readonly resource?: readonly string[]
    readonly environment?: readonly string[]
  }
  readonly effect: EffectName
  readonly approvals: readonly Requirement[]
  readonly denyCount: number | null
  readonly ttlMs: number | null
  readonly grantTtlMs: number | null
  readonly channel: string | null
  readonly reasonRequired: readonly Verdict[]
}

/** What the policy is asked about. */
export interface Subject {
  readonly action: string
  readonly resource?: string | undefined
  readonly environment?: string | undefined
}

/** The joined answer of all matching rules. */
export interface Evaluation {
  readonly digest: string
  readonly effect: EffectName
  /** Ids of the rules that matched, in file order; empty where the default applied. */
  readonly rules: readonly string[]
  readonly requirements: readonly Requirement[]
  /** How many denies end it; the smallest of the matching rules. */
  readonly denyCount: number
  readonly ttlMs: number
  readonly grantTtlMs: number
  /** Channels the card is posted to, without duplicates. */
  readonly channels: readonly string[]
  readonly reasonRequired: readonly Verdict[]
}

/** One problem of a policy file. Lines and columns count from 1. */
export interface PolicyProblem {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly level: 'error' | 'warning'
}
