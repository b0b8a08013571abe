import type { Actor, Change, Evaluated } from './change.ts'
import { type Digest, SHORT_DIGEST } from './digest.ts'
import { accountsKnown, approve, changing, counted, denies, end, type Ground, type Patch, recorded } from './outcome.ts'
import { closure, type Identity, type Member, type People, samePerson, slackIdentity } from './principal.ts'
import { type Refusal, type RefusalCode, refuse } from './refusal.ts'
import { type ApprovalRequest, type Decision, isOverdue } from './request.ts'
import { fulfilled, seat, stricter } from './requirement.ts'

/** All that a door hands over. Nothing here comes from the asker. */
export interface Verdict {
  readonly verdict: 'approve' | 'deny'
  readonly reason: string | null
  readonly surface: Decision['surface']
  /** Hex digits of the digest on the card that was clicked, at least {@link SHORT_DIGEST}. */
  readonly digestShown: string
  readonly member: Member
  /** Names of the requirements' groups that she is in, read live. */
  readonly groups: readonly string[]
  readonly membershipReadAtMs: number
  /** Identities read live of those behind the ask (their confirmed e-mail addresses, say), to join with the pinned ones. */
  readonly behind: readonly Identity[]
  /** What the earlier approvers' memberships are now, by Slack id; see {@link Ground}. */
  readonly standing: ReadonlyMap<string, readonly string[]>
}

/** The policy of this moment, beside the pinned one; the stricter of the two counts (B24, B25). */
export interface PresentPolicy {
  readonly evaluated: Evaluated
  readonly people: People
}

/**
 * May this person say this, and what comes of it? The order of the checks is the order of the questions in the design:
 * pending, in time, the same payload, a live human, not behind the ask, asked at all, not counted yet.
 */
export function decide(
  request: ApprovalRequest,
  said: Verdict,
  present: PresentPolicy,
  nowMs: number,
): Change | Refusal {
  const { evaluated, people } = present
  const stale = notDecidable(request, said.digestShown, nowMs)
  if (stale) return stale
  // The present policy may give less time than the pinned one did (B25).
  if (!(nowMs < request.createdAtMs + evaluated.ttlMs)) {
    const change = { request, who: speaking(said), verdict: said.verdict, nowMs }
    return endByPolicyChange(change, 'expired', 'the policy was changed after the ask and gives less time now')
  }
  if (said.member.barred) return refuse(said.member.barred)
  if (!(nowMs - said.membershipReadAtMs <= MEMBERSHIP_FRESH_MS)) return refuse('directory_unavailable')
  const links = accountsKnown(request, people)
  const approver = closure([slackIdentity(said.member.userId), ...said.member.identities], links)
  // Links that were added since the ask count as well as those of its time: no edit of the map frees anybody (B30).
  const behind = closure([...request.closure, ...said.behind], links)
  if (said.verdict === 'approve') {
    if (samePerson(approver, behind)) return refuse('self_approval')
    // An ask on behalf of an address cannot be held against somebody whose address nobody can read: fail closed (INV7).
    if (request.closure.some(isAddress) && ![...approver].some(isAddress)) return refuse('requester_unresolved')
  }
  const needed = stricter(request.policy.requirements, evaluated.requirements)
  const groups = needed.map((r) => r.from).filter((name) => said.groups.includes(name))
  if (groups.length === 0) return refuse('not_an_approver')
  const who = speaking(said)
  const attempt = { request, who, verdict: said.verdict, nowMs }
  if (evaluated.effect === 'deny') {
    return endByPolicyChange(attempt, 'denied', 'the policy was changed after the ask and now denies it')
  }
  const denyCount = Math.min(request.policy.denyCount, evaluated.denyCount)
  if (denies(request) >= denyCount) {
    return endByPolicyChange(attempt, 'denied', 'the policy was changed after the ask: those who said no suffice now')
  }
  const ground: Ground = { ...evaluated, people, behind: said.behind, standing: said.standing }
  const deadlineMs = Math.min(request.expiresAtMs, request.createdAtMs + evaluated.ttlMs)
  // Her earlier decision counts, whichever of her accounts it came from (B20–B22).
  const isHers = (d: Decision): boolean =>
    samePerson([slackIdentity(d.approver.userId), ...d.approver.identities], approver)
  if (request.decisions.some(isHers)) {
    // Only a yes that stands can be said again: whoever said no is not the one to complete it.
    const again = said.verdict === 'approve' && counted(request, ground).some(isHers)
    const change = again ? completeAgain(request, ground, who, deadlineMs, nowMs) : null
    if (!change) return refuse('already_counted')
    return isReasonMissing(request, said, present) ? refuse('reason_required') : change
  }
  if (isReasonMissing(request, said, present)) return refuse('reason_required')

  const decision: Decision = {
    approver: {
      userId: said.member.userId,
      teamId: said.member.teamId,
      name: said.member.name,
      identities: [...approver].sort(),
    },
    verdict: said.verdict,
    reason: said.reason,
    surface: said.surface,
    groups,
    membershipReadAtMs: said.membershipReadAtMs,
    digestShown: said.digestShown,
    policyDigest: evaluated.digest,
    decidedAtMs: nowMs,
  }
  const voted = { ...request, decisions: [...request.decisions, decision] }
  return said.verdict === 'approve'
    ? recordApprove(request, voted, ground, deadlineMs, nowMs)
    : recordDeny(request, voted, denyCount, deadlineMs, nowMs)
}

/** Older memberships are memories: she may have left since (B15). */
const MEMBERSHIP_FRESH_MS = 60_000

/** Why nobody could decide this card now, or null. */
export function notDecidable(request: ApprovalRequest, digestShown: string, nowMs: number): Refusal | null {
  if (request.status !== 'pending') return refuse(closedAs(request.status))
  if (isOverdue(request, nowMs)) return refuse('expired')
  return matches(request.payloadDigest, digestShown) ? null : refuse('stale_card')
}

const isAddress = (identity: Identity): boolean => identity.startsWith('email:')

const closedAs = (status: ApprovalRequest['status']): RefusalCode =>
  status === 'expired' || status === 'cancelled' ? status : 'already_decided'

/** The digest on the card must be a long enough beginning of the stored one (B14, B42). */
const matches = (digest: Digest, shown: string): boolean =>
  /^[0-9a-f]+$/.test(shown) && shown.length >= SHORT_DIGEST && digest.slice('sha256:'.length).startsWith(shown)

const isReasonMissing = (request: ApprovalRequest, said: Verdict, present: PresentPolicy): boolean =>
  (request.policy.reasonRequired.includes(said.verdict) || present.evaluated.reasonRequired.includes(said.verdict)) &&
  (said.reason ?? '').trim() === ''

function recordApprove(
  request: ApprovalRequest,
  voted: ApprovalRequest,
  ground: Ground,
  deadlineMs: number,
  nowMs: number,
): Change | Refusal {
  const needed = stricter(request.policy.requirements, ground.requirements)
  const approvals = counted(voted, ground)
  // A yes that no free seat is left for must not stand beside the others as if it had counted (B46).
  const isFull = fulfilled(needed, approvals)
  if (!isFull && seat(needed, approvals).at(-1) === null) return refuse('seat_taken')
  const { decisions } = voted
  const patch: Patch = isFull ? { decisions, ...approve(voted, ground, nowMs) } : { decisions }
  return decided(request, patch, 'request.approved', deadlineMs, nowMs)
}

/**
 * Votes that were void for a while (somebody left the group and came back, a policy was tightened and set back) may fill
 * every seat again. Nobody new may be left to say so; then one who has counted says it again, and nothing is added but the
 * end: what stands now is judged as ever.
 */
function completeAgain(
  request: ApprovalRequest,
  ground: Ground,
  who: Actor,
  deadlineMs: number,
  nowMs: number,
): Change | null {
  const needed = stricter(request.policy.requirements, ground.requirements)
  if (!fulfilled(needed, counted(request, ground))) return null
  const patch = approve(request, ground, nowMs)
  return { ...changing(request, patch, 'request.approved', who, nowMs, { again: true }), notAfterMs: deadlineMs }
}

function recordDeny(
  request: ApprovalRequest,
  voted: ApprovalRequest,
  denyCount: number,
  deadlineMs: number,
  nowMs: number,
): Change {
  const { decisions } = voted
  const reason = decisions.at(-1)?.reason ?? null
  const patch: Patch =
    denies(voted) >= denyCount
      ? { decisions, ...end('denied', { by: 'people', code: 'denied', reason, atMs: nowMs }) }
      : { decisions }
  return decided(request, patch, 'request.denied', deadlineMs, nowMs)
}

/** The last of `patch.decisions` is the one that was just said. */
function decided(
  request: ApprovalRequest,
  patch: Patch,
  ending: 'request.approved' | 'request.denied',
  deadlineMs: number,
  nowMs: number,
): Change {
  const decision = patch.decisions?.at(-1)
  if (!decision) throw new Error(`${request.id}: no decision to record`)
  const who = deciding(decision)
  const change = changing(request, patch, 'decision.recorded', who, nowMs, { verdict: decision.verdict })
  const { after } = change.request
  // The outcome has an entry of its own, so that an auditor counts ends without reading bodies; the state is in the first.
  const audit = after.outcome ? ([...change.audit, recorded(ending, after, {}, who)] as const) : change.audit
  return { ...change, audit, notAfterMs: deadlineMs }
}

const deciding = ({ approver, surface }: Decision): Actor => actorOf(approver.teamId, approver.userId, surface)
const speaking = ({ member, surface }: Verdict): Actor => actorOf(member.teamId, member.userId, surface)
const actorOf = (teamId: string, userId: string, surface: Decision['surface']): Actor => ({
  actor: `slack:${teamId}:${userId}`,
  source: surface === 'slack' ? 'slack' : 'api',
})

/** By the policy of today it is over: nobody's yes can help, and leaving it open would only mislead (B25). */
function endByPolicyChange(
  { request, who, verdict, nowMs }: Attempt,
  status: 'denied' | 'expired',
  reason: string,
): Change {
  const patch = end(status, { by: 'policy', code: 'policy_changed', reason, atMs: nowMs })
  const policy: Actor = { actor: 'policy', source: 'system' }
  return changing(request, patch, `request.${status}`, policy, nowMs, { prompted_by: who.actor, verdict })
}

/** What somebody set out to do when the policy ended it. */
interface Attempt {
  readonly request: ApprovalRequest
  readonly who: Actor
  readonly verdict: Verdict['verdict']
  readonly nowMs: number
}

/** A refused attempt as evidence: who tried what, and why it did not count. */
export function refusedDecision(
  request: ApprovalRequest,
  said: Pick<Verdict, 'verdict' | 'surface' | 'digestShown'>,
  who: Actor,
  refusal: Refusal,
  nowMs: number,
): Change {
  return {
    atMs: nowMs,
    audit: [
      {
        type: 'decision.refused',
        actor: who.actor,
        source: who.source,
        requestId: request.id,
        body: { verdict: said.verdict, surface: said.surface, digest_shown: said.digestShown, code: refusal.refused },
      },
    ],
  }
}
