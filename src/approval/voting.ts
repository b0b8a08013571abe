import { type Change, type Evaluated, whileItsClientLives } from './change.ts'
import type { Verdict } from './decision.ts'
import type { Lent } from './delegation.ts'
import { approve, changing, end, type Ground, type Patch } from './outcome.ts'
import type { Identity } from './principal.ts'
import { decided, personActor } from './recording.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { ApprovalRequest, Decision } from './request.ts'
import { fulfilled, seat, stricter } from './requirement.ts'
import type { Seat } from './seats.ts'
import { counted, denies, isOf, isSaidBy, personsOf, standingVotes, timesTakenBack, voteKey } from './votes.ts'

/** One person's word, and everything that it is judged by. */
export interface Hearing {
  readonly request: ApprovalRequest
  readonly said: Verdict
  readonly evaluated: Evaluated
  readonly ground: Ground
  /** Every identity of hers, joined. */
  readonly approver: ReadonlySet<Identity>
  /** When the request is over, by the pinned and the present policy. */
  readonly deadlineMs: number
  readonly nowMs: number
}

/** Somebody who cannot make up her mind must not fill the log. */
const MOST_TAKEN_BACK = 5

/** A yes or a no of somebody who may fill one of `seats`. */
export function vote(hearing: Hearing, seats: readonly Seat[]): Change | Refusal {
  const { request, said, evaluated, ground, approver } = hearing
  const standing = standingVotes(request)
  const counting = counted(request, ground)
  // Her earlier vote counts, whichever of her accounts it came from (B20–B22), and so does one that was said in her seat
  // (B32): a no for good, a yes while it fills the seat. It fills none beside her own no, so it keeps nobody from saying that.
  const isTaken = (persons: ReadonlySet<Identity>): boolean =>
    standing.some((d) => isSaidBy(d, persons) || (d.verdict === 'deny' && isOf(d, persons))) ||
    (said.verdict !== 'deny' && counting.some((d) => isOf(d, persons)))
  if (isTaken(approver)) {
    // Only a yes that stands can be said again: whoever said no is not the one to complete it.
    const again = said.verdict === 'approve' && counting.some((d) => isOf(d, approver))
    const change = again ? completeAgain(hearing) : null
    if (!change) return refuse('already_counted')
    return isReasonMissing(request, said, evaluated) ? refuse('reason_required') : change
  }
  const free = seats.filter(({ persons }) => !isTaken(persons))
  const [first] = free
  if (!first) return refuse('already_counted')
  if (isReasonMissing(request, said, evaluated)) return refuse('reason_required')
  if (said.verdict === 'deny') return recordDeny(hearing, first)
  const open = free.filter(({ persons }) => timesTakenBack(request, persons) < MOST_TAKEN_BACK)
  if (open.length === 0) return refuse('already_counted', 'a yes to this request was taken back too often')
  // In the first seat where it adds something: her own before another's.
  for (const place of open) {
    const change = recordApprove(hearing, place)
    if (change) return change
  }
  return refuse('seat_taken')
}

/**
 * She takes back what she said, or what was said in her seat. Always possible while it is pending, paused or not, in the
 * group or not: it is her own word. Where what is left fills every seat, nobody's yes is made of it here.
 */
export function withdraw(hearing: Hearing): Change | Refusal {
  const { request, approver, deadlineMs, nowMs } = hearing
  const hers = standingVotes(request).filter((d) => isOf(d, approver))
  if (hers.length === 0) return refuse('nothing_to_withdraw')
  // A yes can always be taken back; so often, and no other follows it.
  const persons = new Set([...approver, ...hers.flatMap(personsOf)])
  if (timesTakenBack(request, persons) >= MOST_TAKEN_BACK && hers.every(({ verdict }) => verdict === 'deny')) {
    return refuse('nothing_to_withdraw', 'a no to this request was taken back too often')
  }
  const decision = spoken(hearing, { delegatedBy: null, delegatorIdentities: [], groups: [] })
  return decided(request, { decisions: [...request.decisions, decision] }, deadlineMs, nowMs)
}

const spoken = (
  { said, approver, evaluated, nowMs }: Hearing,
  place: Pick<Seat, 'delegatedBy' | 'delegatorIdentities' | 'groups'>,
): Decision => ({
  approver: {
    userId: said.member.userId,
    teamId: said.member.teamId,
    name: said.member.name,
    identities: [...approver].sort(),
  },
  verdict: said.verdict,
  reason: said.reason,
  surface: said.surface,
  delegatedBy: place.delegatedBy,
  delegatorIdentities: place.delegatorIdentities,
  groups: place.groups,
  membershipReadAtMs: said.membershipReadAtMs,
  digestShown: said.digestShown,
  policyDigest: evaluated.digest,
  decidedAtMs: nowMs,
})

const isReasonMissing = (request: ApprovalRequest, { verdict, reason }: Verdict, evaluated: Evaluated): boolean =>
  verdict !== 'withdraw' &&
  (request.policy.reasonRequired.includes(verdict) || evaluated.reasonRequired.includes(verdict)) &&
  (reason ?? '').trim() === ''

/** @returns null where the yes would add nothing: no free seat is left for it. */
function recordApprove(hearing: Hearing, place: Seat): Change | null {
  const { request, ground, deadlineMs, nowMs } = hearing
  const decision = spoken(hearing, place)
  const decisions = [...request.decisions, decision]
  const voted = { ...request, decisions }
  const needed = stricter(request.policy.requirements, ground.requirements)
  const approvals = counted(voted, ground)
  const last = approvals.at(-1)
  // Not counted: then what the others said must not be completed by it either.
  if (!last || voteKey(last) !== voteKey(decision)) return null
  // A yes that no free seat is left for must not stand beside the others as if it had counted (B46).
  const isFull = fulfilled(needed, approvals)
  if (!isFull && seat(needed, approvals).at(-1) === null) return null
  const patch: Patch = isFull ? { decisions, ...approve(voted, ground, nowMs) } : { decisions }
  const lent = isFull ? lentTo(approvals.slice(0, -1), ground) : []
  const change = restingOn([place.lent, ...lent], decided(request, patch, deadlineMs, nowMs))
  return { ...change, unlessPaused: true, ...whileItsClientLives(request) }
}

/** What earlier yeses rest on, of those that were said in another's seat. */
const lentTo = (approvals: readonly Decision[], { lent }: Ground): readonly (Lent | undefined)[] =>
  approvals.map((approval) => lent?.get(voteKey(approval)))

/** A word in another's seat is written while she still lends it, and not a moment later. */
function restingOn(seats: readonly (Lent | null | undefined)[], change: Change): Change {
  const lent = seats.filter((one) => one !== null && one !== undefined)
  if (lent.length === 0) return change
  const ends = lent.map(({ endsAtMs }) => endsAtMs)
  const notAfterMs = Math.min(change.notAfterMs ?? Number.POSITIVE_INFINITY, ...ends)
  return { ...change, notAfterMs, whileDelegated: lent.map(({ id }) => id) }
}

/**
 * Votes that were void for a while (somebody left the group and came back, a policy was tightened and set back) may fill
 * every seat again. Nobody new may be left to say so; then one who has counted says it again, and nothing is added but the
 * end: what stands now is judged as ever. Her words stand in the entry, for no decision of hers is added.
 */
function completeAgain({ request, said, evaluated, ground, deadlineMs, nowMs }: Hearing): Change | null {
  const needed = stricter(request.policy.requirements, ground.requirements)
  const approvals = counted(request, ground)
  if (!fulfilled(needed, approvals)) return null
  const patch = approve(request, ground, nowMs)
  const who = personActor({ ...said.member, surface: said.surface })
  const change = changing(request, patch, 'request.approved', who, nowMs, {
    again: true,
    reason: said.reason,
    surface: said.surface,
    digest_shown: said.digestShown,
    policy_digest: evaluated.digest,
    membership_read_at: new Date(said.membershipReadAtMs).toISOString(),
  })
  const resting = restingOn(lentTo(approvals, ground), { ...change, notAfterMs: deadlineMs })
  return { ...resting, unlessPaused: true, ...whileItsClientLives(request) }
}

function recordDeny(hearing: Hearing, place: Seat): Change {
  const { request, evaluated, deadlineMs, nowMs } = hearing
  const decision = spoken(hearing, place)
  const decisions = [...request.decisions, decision]
  const denyCount = Math.min(request.policy.denyCount, evaluated.denyCount)
  const patch: Patch =
    denies({ decisions }) >= denyCount
      ? { decisions, ...end('denied', { by: 'people', code: 'denied', reason: decision.reason, atMs: nowMs }) }
      : { decisions }
  return restingOn([place.lent], decided(request, patch, deadlineMs, nowMs))
}
