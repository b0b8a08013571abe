import type { Evaluated } from '../approval/change.ts'
import type { People, Scope, VerifiedBy } from '../approval/principal.ts'
import type { Ask } from '../approval/request.ts'
import type { Group, Requirement } from '../approval/requirement.ts'
import type { Expression } from './expression.ts'
import type { Window } from './window.ts'

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
  /** What becomes of an ask whose human nobody can name: refused, unless the policy says otherwise (B12). */
  readonly unresolvedRequester: 'deny' | 'allow'
  /** Whose OIDC tokens are taken. */
  readonly issuers: readonly Issuer[]
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
  /** CEL over the ask; null is always true. Where it cannot be evaluated the ask is denied. */
  readonly when: Expression | null
  /** The rule applies within these windows alone; empty is always. */
  readonly during: readonly Window[]
  readonly effect: EffectName
  /** Of an allow rule: beyond its limit these are asked. */
  readonly limit: { readonly most: number; readonly perMs: number } | null
  readonly approvals: readonly Requirement[]
  /** Null: true for Slack user groups, false for named lists (B18). */
  readonly lateJoiners: boolean | null
  /** RFC 6901 pointers into `params`. */
  readonly mustShow: readonly string[]
  readonly breakGlass: {
    readonly from: string
    readonly group: Group
    readonly grantTtlMs: number | null
    readonly self: boolean
  } | null
  readonly denyCount: number | null
  readonly ttlMs: number | null
  readonly grantTtlMs: number | null
  readonly channel: string | null
  readonly reasonRequired: readonly Verdict[]
}

/** What the policy is asked about: the ask as it is stored (masked), and who asks. */
export interface Subject {
  readonly ask: Ask
  readonly requester: {
    readonly client: { readonly id: string; readonly name: string }
    readonly verifiedBy: VerifiedBy
  }
}

/** The moment, and which limited allow rules are used up at it. */
export interface Circumstances {
  readonly nowMs: number
  /** Ids of allow rules whose limit this requester has reached: they ask people instead. */
  readonly usedUp?: ReadonlySet<string>
}

/** The joined answer of all matching rules. */
export interface Evaluation extends Evaluated {
  /** Every rule with what became of it, in file order: what `policy explain` shows. */
  readonly trace: readonly Traced[]
  /** Ids of the rules whose condition could not be evaluated: each of them is a deny, whatever its effect. */
  readonly failed: readonly string[]
}

/** Why a rule applied to an ask, or did not. */
export interface Traced {
  readonly rule: string
  readonly answer: 'applies' | 'no_match' | 'not_at_this_time' | 'when_false' | 'when_failed'
  /** The member that did not match, the window, or why the expression could not be evaluated. */
  readonly detail: string | null
}

/** A trusted OIDC issuer, as the policy names it. */
export interface Issuer {
  /** Its name in this policy: part of the caller's id. */
  readonly id: string
  /** The `iss` claim, exactly: compared byte by byte. */
  readonly issuer: string
  /** Where its keys are, if not where its discovery document says: needed where that is no address of the issuer's own. */
  readonly jwksUri?: string | undefined
  /** The `aud` that a token must carry, alone or among others as `audiences` says. */
  readonly audience: string
  readonly preset: 'github' | 'gitlab' | 'okta' | 'entra' | 'oidc'
  /** Tokens of workloads ask; tokens of people ask and decide. */
  readonly kind: 'workload' | 'person'
  /** Claims that must have one of these values. */
  readonly require: Readonly<Record<string, readonly string[]>>
  readonly scopes: readonly Scope[]
  readonly actFor: boolean
  readonly actions: readonly string[] | null
  readonly environments: readonly string[] | null
  /** Slack ids of the humans who answer for every workload of this issuer. */
  readonly owners: readonly string[]
}

/** One problem of a policy file. Lines and columns count from 1. */
export interface PolicyProblem {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly level: 'error' | 'warning'
}
