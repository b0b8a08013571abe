import type { Change, Evaluated } from './change.ts'
import { type Digest, SHORT_DIGEST } from './digest.ts'
import { closedUnseen, refuseUnseen } from './eligible.ts'
import { withheld } from './must-show.ts'
import type { Ground } from './outcome.ts'
import { closure, type Identity, type Member, type People, samePerson, slackIdentity } from './principal.ts'
import { type Attempt, endByPolicyChange, personActor } from './recording.ts'
import { type Refusal, type RefusalCode, refuse } from './refusal.ts'
import { type ApprovalRequest, type Decision, isOverdue } from './request.ts'
import { stricter } from './requirement.ts'
import { isUnreadable, type StandIn, seatsOf } from './seats.ts'
import { accountsKnown, denies } from './votes.ts'
import { type Hearing, vote, withdraw } from './voting.ts'

/** All that a door hands over. Nothing here comes from the asker. */
export interface Verdict {
  readonly verdict: Decision['verdict']
  readonly reason: string | null
  readonly surface: Decision['surface']
  /** Hex digits of the digest on the card that was clicked, at least {@link SHORT_DIGEST}. */
  readonly digestShown: string
  readonly member: Member
  /** Names of the requirements' groups that she is in, read live. */
  readonly groups: readonly string[]
  /** Whom she stands in for at this moment, the oldest delegation first. */
  readonly standIns: readonly StandIn[]
  readonly membershipReadAtMs: number
  /** Identities read live of those behind the ask (their confirmed e-mail addresses, say), to join with the pinned ones. */
  readonly behind: readonly Identity[]
  /** What the earlier approvals' seats are in now; see {@link Ground}. */
  readonly standing: Ground['standing']
  readonly lent?: Ground['lent']
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
  const ended = endedByTime(request, said, evaluated, nowMs)
  if (ended) return ended
  const unfit = notFit(said, nowMs)
  if (unfit) return unfit
  const links = accountsKnown(request, people)
  const approver = closure([slackIdentity(said.member.userId), ...said.member.identities], links)
  // Links that were added since the ask count as well as those of its time: no edit of the map frees anybody (B30).
  const behind = closure([...request.closure, ...said.behind], links)
  const ground: Ground = { ...evaluated, people, behind: said.behind, standing: said.standing, lent: said.lent }
  const deadlineMs = Math.min(request.expiresAtMs, request.createdAtMs + evaluated.ttlMs)
  const hearing: Hearing = { request, said, evaluated, ground, approver, deadlineMs, nowMs }
  if (said.verdict === 'withdraw') return withdraw(hearing)
  if (said.verdict === 'approve') {
    if (samePerson(approver, behind)) return refuse('self_approval')
    if (isUnreadable(request, approver)) return refuse('requester_unresolved')
  }
  const needed = stricter(request.policy.requirements, evaluated.requirements)
  const seats = seatsOf(request, { ...said, identities: approver }, needed, behind, links)
  if (seats.length === 0) return refuse('not_an_approver')
  return barredByPolicy(hearing) ?? vote(hearing, seats)
}

/** The present policy may give less time than the pinned one did (B25). */
export function endedByTime(
  request: ApprovalRequest,
  said: Pick<Verdict, 'member' | 'surface'> & { readonly verdict: Attempt },
  evaluated: Pick<Evaluated, 'ttlMs'>,
  nowMs: number,
): Change | null {
  if (nowMs < request.createdAtMs + evaluated.ttlMs) return null
  const prompted = { by: personActor({ ...said.member, surface: said.surface }), verdict: said.verdict }
  const reason = 'the policy was changed after the ask and gives less time now'
  return endByPolicyChange(request, 'expired', reason, prompted, nowMs)
}

/** Nobody but a live full member of ours, and none whose memberships are memories: she may have left since (B15). */
export function notFit(said: Pick<Verdict, 'member' | 'membershipReadAtMs'>, nowMs: number): Refusal | null {
  if (said.member.barred) return refuse(said.member.barred)
  return nowMs - said.membershipReadAtMs <= MEMBERSHIP_FRESH_MS ? null : refuse('directory_unavailable')
}

const MEMBERSHIP_FRESH_MS = 60_000

/** Why nobody could decide this card now, or null. */
export function notDecidable(request: ApprovalRequest, digestShown: string, nowMs: number): Refusal | null {
  if (request.status !== 'pending') return refuse(closedAs(request.status))
  if (isOverdue(request, nowMs)) return refuse('expired')
  return matches(request.payloadDigest, digestShown) ? null : refuse('stale_card')
}

const closedAs = (status: ApprovalRequest['status']): RefusalCode =>
  status === 'expired' || status === 'cancelled' ? status : 'already_decided'

/** The digest on the card must be a long enough beginning of the stored one (B14, B42). */
const matches = (digest: Digest, shown: string): boolean =>
  /^[0-9a-f]+$/.test(shown) && shown.length >= SHORT_DIGEST && digest.slice('sha256:'.length).startsWith(shown)

/** What the policy of today makes of it, whoever says what; null where it leaves it to people. */
function barredByPolicy({ request, said, evaluated, nowMs }: Hearing): Change | Refusal | null {
  const prompted = { by: personActor({ ...said.member, surface: said.surface }), verdict: said.verdict }
  const over = (reason: string) => endByPolicyChange(request, 'denied', reason, prompted, nowMs)
  if (evaluated.effect === 'deny') {
    if (!evaluated.onlyNow) return over('the policy was changed after the ask and now denies it')
    // A no needs no hour.
    if (said.verdict === 'approve') return refuse('not_now')
  } else {
    const hidden = withheld(evaluated.mustShow, request.ask)
    if (hidden) return over(notShown(hidden.pointer))
  }
  const denyCount = Math.min(request.policy.denyCount, evaluated.denyCount)
  if (denies(request) >= denyCount) return over('the policy was changed after the ask: those who said no suffice now')
  const unseen = closedUnseen(request.policy.requirements, evaluated.requirements, evaluated.noLateJoiners)
  // A no is safe, whoever says it.
  return unseen !== null && said.verdict === 'approve' ? refuseUnseen(unseen) : null
}

/** What people were shown of the ask is less than the policy wants them to see now. */
export const notShown = (pointer: string): string =>
  `the policy wants ${JSON.stringify(pointer)} shown now, and this ask masks it`
