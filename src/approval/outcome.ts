import type { Json } from '../audit/canonical.ts'
import type { NewAuditEntry } from '../audit/entry.ts'
import { type Actor, type Change, cardUpdates } from './change.ts'
import { closure, type Identity, type People, samePerson, slackIdentity } from './principal.ts'
import type { ApprovalRequest, Decision, Outcome } from './request.ts'
import { fulfilled, type Requirement, seat, stricter } from './requirement.ts'

/** The fields of a request that a change set, for the audit body: replaying them rebuilds the request. */
export type Patch = Partial<Omit<ApprovalRequest, 'id' | 'version' | 'client' | 'ask' | 'payloadDigest'>>

/** A request with `patch` applied and its version one up. */
export const advance = (request: ApprovalRequest, patch: Patch): ApprovalRequest => ({
  ...request,
  ...patch,
  version: request.version + 1,
})

/** What an approval by people stands on, beside the request: the policy of this moment and what Slack says now. */
export interface Ground {
  readonly requirements: readonly Requirement[]
  readonly people: People
  /** Identities read live of those behind the ask. */
  readonly behind: readonly Identity[]
  /**
   * Requirement names that each earlier approver is in *now*, by Slack id: nobody who has left, or is no live member any
   * more, still counts (B16). Of whom nothing is said here, what was read with her own decision stands.
   */
  readonly standing: ReadonlyMap<string, readonly string[]>
  readonly grantTtlMs: number
  readonly denyCount: number
}

/**
 * THE one way to a yes. Slack, HTTP, policy: whatever door it came through, a request becomes approved here and nowhere
 * else (B28), and only after this function has proved for itself that it may:
 *
 * - by `policy`: the pinned effect is allow, which no asker can write;
 * - by people: the request asks for people, not too many said no, and those whose yes counts (see {@link counted}) fill
 *   every seat of the stricter of the pinned and the present policy, one seat a person.
 *
 * @throws Error where the proof fails: a bug upstream must end in no approval, never in a doubtful one.
 */
export function approve(request: ApprovalRequest, ground: 'policy' | Ground, nowMs: number): Patch {
  if (request.status !== 'pending') throw new Error(`${request.id} is not pending`)
  // Written so that a time that is none (NaN) is no time left.
  if (!(nowMs < request.expiresAtMs)) throw new Error(`${request.id} is over`)
  if (ground === 'policy' && request.policy.effect !== 'allow') {
    throw new Error(`${request.id}: the policy does not allow it by itself`)
  }
  const approvers = ground === 'policy' ? [] : provenByPeople(request, ground)
  const by = ground === 'policy' ? 'policy' : 'people'
  const grantTtlMs =
    ground === 'policy' ? request.policy.grantTtlMs : Math.min(request.policy.grantTtlMs, ground.grantTtlMs)
  return {
    status: 'approved',
    outcome: { approvers, by, code: by === 'policy' ? 'allowed_by_policy' : 'approved', reason: null, atMs: nowMs },
    grantExpiresAtMs: nowMs + grantTtlMs,
  }
}

/** How many said no. A no stands whatever becomes of who said it: it only ever keeps something from happening. */
export const denies = (request: ApprovalRequest): number =>
  request.decisions.filter((decision) => decision.verdict === 'deny').length

/** @returns the Slack ids of those whose approval fills a seat. */
function provenByPeople(request: ApprovalRequest, ground: Ground): string[] {
  if (request.policy.effect !== 'require_approval') throw new Error(`${request.id} does not ask for people`)
  if (denies(request) >= Math.min(request.policy.denyCount, ground.denyCount))
    throw new Error(`${request.id} was denied`)
  const needed = stricter(request.policy.requirements, ground.requirements)
  const approvals = counted(request, ground)
  if (!fulfilled(needed, approvals)) throw new Error(`${request.id}: not every seat is filled`)
  const seats = seat(needed, approvals)
  return approvals.filter((_, i) => seats[i] !== null).map((approval) => approval.approver.userId)
}

/**
 * The policy's links, and the accounts that each recorded vote showed to be one human's. Joined over all of them at once,
 * whatever their order and whether or not the vote still counts: what it told of who she is stays true.
 */
export const accountsKnown = (request: ApprovalRequest, people: People): People => [
  ...people,
  ...request.decisions.map(({ approver }) => [slackIdentity(approver.userId), ...approver.identities]),
]

/**
 * The approvals that count *now*: of people who do not stand behind the ask, each person once (INV3). Judged anew each
 * time, with the links and accounts known by now: a vote of somebody who has since turned out to be the requester, or to
 * be another voter, is void (B30), and one who has left the group fills its seats no more (B16).
 */
export function counted(
  request: ApprovalRequest,
  ground: Pick<Ground, 'people' | 'behind' | 'standing'>,
): readonly Decision[] {
  const links = accountsKnown(request, ground.people)
  const taken = new Set(closure([...request.closure, ...ground.behind], links))
  return request.decisions.flatMap((decision) => {
    if (decision.verdict !== 'approve') return []
    const { userId, identities } = decision.approver
    const who = closure([slackIdentity(userId), ...identities], links)
    if (samePerson(who, taken)) return []
    const now = ground.standing.get(userId) ?? decision.groups
    const groups = decision.groups.filter((name) => now.includes(name))
    // A vote that fills nothing any more takes nothing either: her standing vote from another account still counts.
    if (groups.length === 0) return []
    for (const identity of who) taken.add(identity)
    return [{ ...decision, groups }]
  })
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
