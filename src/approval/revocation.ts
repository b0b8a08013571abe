import type { Change, Unchanged } from './change.ts'
import { changing, end } from './outcome.ts'
import { closure, type Member, type People, samePerson, slackIdentity } from './principal.ts'
import { personActor } from './recording.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { ApprovalRequest, Decision } from './request.ts'
import { accountsKnown, isOf, standingVotes } from './votes.ts'

/** Who takes a yes back, read live. */
export interface Revoking {
  readonly member: Member
  readonly isAdmin: boolean
  readonly surface: Decision['surface']
  readonly reason: string | null
}

/**
 * A yes that was not used is taken back, by an admin or by one whose yes it was: who said it, whose seat it filled, or who
 * broke the glass. It only ever keeps something from happening, so it is not asked who stands behind the ask.
 */
export function revoke(
  request: ApprovalRequest,
  said: Revoking,
  people: People,
  nowMs: number,
): Change | Refusal | Unchanged {
  if (said.member.barred) return refuse(said.member.barred)
  if (!said.isAdmin && !isHers(request, said.member, people)) {
    return refuse('not_revocable', 'only an admin, or one whose yes counted, can take it back')
  }
  if (request.status === 'cancelled' && request.outcome?.code === 'revoked') return { unchanged: request }
  if (request.consumed) return refuse('already_consumed', `used by execution ${request.consumed.executionId}`)
  if (request.status !== 'approved') return refuse('not_revocable', `the request is ${request.status}`)
  if (request.grantExpiresAtMs === null || !(nowMs < request.grantExpiresAtMs)) {
    return refuse('not_revocable', 'the time to use it is over')
  }
  const by = said.isAdmin && !isHers(request, said.member, people) ? 'admin' : 'people'
  const patch = end('cancelled', { by, code: 'revoked', reason: said.reason, atMs: nowMs })
  const who = personActor({ ...said.member, surface: said.surface })
  return changing(request, patch, 'request.cancelled', who, nowMs)
}

function isHers(request: ApprovalRequest, member: Member, people: People): boolean {
  const { brokenGlass, outcome } = request
  const broke = brokenGlass ? [slackIdentity(brokenGlass.userId), ...brokenGlass.identities] : []
  const links: People = [...accountsKnown(request, people), broke]
  const person = closure([slackIdentity(member.userId), ...member.identities], links)
  const votes = standingVotes(request).filter(({ verdict }) => verdict === 'approve')
  // Once revoked its outcome names nobody any more; the votes still do.
  const hasCounted = (d: Decision) => outcome?.code === 'revoked' || outcome?.approvers.includes(d.approver.userId)
  return samePerson(broke, person) || votes.some((d) => hasCounted(d) && isOf(d, person))
}
