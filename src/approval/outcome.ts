import type { Json } from '../audit/canonical.ts'
import type { NewAuditEntry } from '../audit/entry.ts'
import { type Actor, type Change, cardUpdates } from './change.ts'
import { emergencyWay, isSubstantial, mayBreak } from './emergency.ts'
import { closure, samePerson, slackIdentity } from './principal.ts'
import type { ApprovalRequest, BreakGlassRule, BrokenGlass, Outcome } from './request.ts'
import { fulfilled, seat, stricter } from './requirement.ts'
import { accountsKnown, counted, denies, type Standing } from './votes.ts'

/** The fields of a request that a change set, for the audit body: replaying them rebuilds the request. */
export type Patch = Partial<Omit<ApprovalRequest, 'id' | 'version' | 'client' | 'ask' | 'payloadDigest'>>

/** A request with `patch` applied and its version one up. */
export const advance = (request: ApprovalRequest, patch: Patch): ApprovalRequest => ({
  ...request,
  ...patch,
  version: request.version + 1,
})

/** What an approval by people stands on, beside the request. */
export interface Ground extends Standing {
  readonly grantTtlMs: number
  readonly denyCount: number
}

/** What an approval in an emergency stands on: one person, the rules that let her, and why she did it. */
export interface Emergency extends Pick<Ground, 'people' | 'behind' | 'grantTtlMs' | 'denyCount'> {
  readonly glass: Omit<BrokenGlass, 'review'>
  /** What the policy of this moment lets people do in an emergency, beside the pinned rule. */
  readonly rule: BreakGlassRule | null
  /** Names of the groups that take no late joiners now. */
  readonly noLateJoiners: readonly string[]
  /** Of the groups that the two rules name, those that she is in now. */
  readonly groups: readonly string[]
}

/**
 * THE one way to a yes. Slack, HTTP, policy: whatever door it came through, a request becomes approved here and nowhere
 * else (B28), and only after this function has proved for itself that it may:
 *
 * - by `policy`: the pinned effect is allow, which no asker can write;
 * - by people: the request asks for people, not too many said no, and those whose yes counts (see {@link counted}) fill
 *   every seat of the stricter of the pinned and the present policy, one seat a person;
 * - in an emergency: the request asks for people, not too many said no, and the pinned and the present policy both let this
 *   person break the glass on it, for a reason of substance (B27).
 *
 * @throws Error where the proof fails: a bug upstream must end in no approval, never in a doubtful one.
 */
export function approve(request: ApprovalRequest, ground: 'policy' | Ground | Emergency, nowMs: number): Patch {
  if (request.status !== 'pending') throw new Error(`${request.id} is not pending`)
  // Written so that a time that is none (NaN) is no time left.
  if (!(nowMs < request.expiresAtMs)) throw new Error(`${request.id} is over`)
  const { by, code, approvers, reason, grantTtlMs } = proven(request, ground)
  return {
    status: 'approved',
    outcome: { approvers, by, code, reason, atMs: nowMs },
    grantExpiresAtMs: nowMs + Math.min(request.policy.grantTtlMs, grantTtlMs),
  }
}

interface Proof extends Pick<Outcome, 'approvers' | 'by' | 'code' | 'reason'> {
  readonly grantTtlMs: number
}

function proven(request: ApprovalRequest, ground: 'policy' | Ground | Emergency): Proof {
  if (ground === 'policy') {
    if (request.policy.effect !== 'allow') throw new Error(`${request.id}: the policy does not allow it by itself`)
    const { grantTtlMs } = request.policy
    return { by: 'policy', code: 'allowed_by_policy', approvers: [], reason: null, grantTtlMs }
  }
  if (request.policy.effect !== 'require_approval') throw new Error(`${request.id} does not ask for people`)
  if (denies(request) >= Math.min(request.policy.denyCount, ground.denyCount))
    throw new Error(`${request.id} was denied`)
  return 'glass' in ground ? provenByEmergency(request, ground) : provenByPeople(request, ground)
}

function provenByPeople(request: ApprovalRequest, ground: Ground): Proof {
  const needed = stricter(request.policy.requirements, ground.requirements)
  const approvals = counted(request, ground)
  if (!fulfilled(needed, approvals)) throw new Error(`${request.id}: not every seat is filled`)
  const seats = seat(needed, approvals)
  const approvers = approvals.filter((_, i) => seats[i] !== null).map((approval) => approval.approver.userId)
  return { by: 'people', code: 'approved', approvers, reason: null, grantTtlMs: ground.grantTtlMs }
}

function provenByEmergency(request: ApprovalRequest, ground: Emergency): Proof {
  const { glass, groups, people, behind } = ground
  const way = emergencyWay(request.policy.breakGlass, ground.rule, ground.noLateJoiners)
  if (!way) throw new Error(`${request.id}: nobody may break the glass on it`)
  if (!mayBreak(way, glass.userId, groups)) throw new Error(`${request.id}: she may not break the glass`)
  const links = accountsKnown(request, people)
  const who = closure([slackIdentity(glass.userId), ...glass.identities], links)
  if (!way.self && samePerson(who, closure([...request.closure, ...behind], links)))
    throw new Error(`${request.id}: she stands behind the ask`)
  if (!isSubstantial(glass.reason)) throw new Error(`${request.id}: no reason of substance`)
  const grantTtlMs = Math.min(way.grantTtlMs, ground.grantTtlMs)
  return { by: 'people', code: 'approved_break_glass', approvers: [glass.userId], reason: glass.reason, grantTtlMs }
}

/** Every other end: denied, expired, cancelled. */
export function end(status: 'denied' | 'expired' | 'cancelled', outcome: Omit<Outcome, 'approvers'>): Patch {
  return { status, outcome: { ...outcome, approvers: [] }, grantExpiresAtMs: null }
}

/** The audit entry of a change of an existing request: `set` holds exactly what changed. */
export function recorded(
  type: NewAuditEntry['type'],
  after: ApprovalRequest,
  patch: Patch,
  who: Actor,
  more: { readonly [key: string]: Json } = {},
): NewAuditEntry {
  return {
    type,
    actor: who.actor,
    source: who.source,
    requestId: after.id,
    body: { ...more, payload_digest: after.payloadDigest, version: after.version, set: patch as unknown as Json },
  }
}

/** The change that `patch` makes of a request: one entry of evidence, and its cards brought up to date. */
export function changing(
  request: ApprovalRequest,
  patch: Patch,
  type: NewAuditEntry['type'],
  who: Actor,
  nowMs: number,
  more?: { readonly [key: string]: Json },
): Change & { readonly request: { readonly before: ApprovalRequest; readonly after: ApprovalRequest } } {
  const after = advance(request, patch)
  return {
    atMs: nowMs,
    request: { before: request, after },
    audit: [recorded(type, after, patch, who, more)],
    outbox: cardUpdates(after),
  }
}
