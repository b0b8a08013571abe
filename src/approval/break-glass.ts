import { type Actor, type Change, type Evaluated, type OutboxMessage, whileItsClientLives } from './change.ts'
import { endedByTime, notDecidable, notFit, notShown, type PresentPolicy, type Verdict } from './decision.ts'
import { closedUnseen, refuseUnseen } from './eligible.ts'
import { emergencyWay, isSubstantial, mayBreak } from './emergency.ts'
import { withheld } from './must-show.ts'
import { approve, changing, type Emergency, type Patch, recorded } from './outcome.ts'
import { closure, type Identity, type Member, type People, samePerson, slackIdentity } from './principal.ts'
import { endByPolicyChange, personActor } from './recording.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { ApprovalRequest, BrokenGlass } from './request.ts'
import { type Group, stricter } from './requirement.ts'
import { isUnreadable } from './seats.ts'
import { accountsKnown, denies, isOf, standingVotes } from './votes.ts'

/** What a person does in an emergency. `groups`: of the groups that the rules name, those that she is in, read live. */
export interface Breaking
  extends Pick<Verdict, 'surface' | 'digestShown' | 'member' | 'groups' | 'membershipReadAtMs' | 'behind'> {
  readonly reason: string
}

/**
 * One person's yes in an emergency, for all who were to be asked: loud, short, and with a review that stays open until
 * somebody else signs it. It is no way around a deny: not the policy's, not those of people, not a pause (B27).
 *
 * @param auditChannel where it is told beside the channels of the request; null where the policy names none.
 */
export function breakGlass(
  request: ApprovalRequest,
  said: Breaking,
  present: PresentPolicy,
  auditChannel: string | null,
  nowMs: number,
): Change | Refusal {
  const { evaluated, people } = present
  const stale = notDecidable(request, said.digestShown, nowMs)
  if (stale) return stale
  const who = personActor({ ...said.member, surface: said.surface })
  const ended = endedByTime(request, { ...said, verdict: 'break_glass' }, evaluated, nowMs)
  if (ended) return ended
  const links = accountsKnown(request, people)
  const person = closure([slackIdentity(said.member.userId), ...said.member.identities], links)
  const unfit = notFit(said, nowMs) ?? mayNot(request, said, evaluated, person, links)
  if (unfit) return unfit
  const denied = deniedByPolicy(request, evaluated, who, nowMs)
  if (denied) return denied
  if (!isSubstantial(said.reason)) return refuse('reason_too_short')
  const glass = {
    userId: said.member.userId,
    teamId: said.member.teamId,
    name: said.member.name,
    identities: [...person].sort(),
    reason: said.reason,
    atMs: nowMs,
  }
  const { behind, groups } = said
  const ground: Emergency = { ...evaluated, people, behind, groups, glass, rule: evaluated.breakGlass }
  const patch: Patch = { ...approve(request, ground, nowMs), brokenGlass: { ...glass, review: null } }
  const change = changing(request, patch, 'request.approved', who, nowMs)
  const broken = recorded('admin.break_glass', change.request.after, {}, who, {
    by: glass.userId,
    reason: glass.reason,
  })
  return {
    ...change,
    audit: [...change.audit, broken],
    outbox: [...(change.outbox ?? []), ...alarms(request, glass, evaluated, auditChannel)],
    notAfterMs: Math.min(request.expiresAtMs, request.createdAtMs + evaluated.ttlMs),
    unlessPaused: true,
    ...whileItsClientLives(request),
  }
}

function mayNot(
  request: ApprovalRequest,
  said: Breaking,
  evaluated: Evaluated,
  person: ReadonlySet<Identity>,
  links: People,
): Refusal | null {
  // While a window denies, the present policy has no rule that asks people: told apart below.
  const pinned = request.policy.breakGlass
  const present = evaluated.effect === 'deny' ? pinned : evaluated.breakGlass
  const way = emergencyWay(pinned, present, evaluated.noLateJoiners)
  if (!pinned || !present || !way) return refuse('break_glass_not_allowed')
  if (!way.self) {
    if (samePerson(person, closure([...request.closure, ...said.behind], links))) return refuse('self_approval')
    if (isUnreadable(request, person)) return refuse('requester_unresolved')
  }
  const unseen = closedUnseen([pinned], [present], evaluated.noLateJoiners)
  if (unseen !== null) return refuseUnseen(unseen)
  if (!mayBreak(way, said.member.userId, said.groups)) return refuse('not_an_approver')
  // Whoever said no to it has judged it already.
  const hasDenied = standingVotes(request).some((d) => d.verdict === 'deny' && isOf(d, person))
  return hasDenied ? refuse('already_counted') : null
}

function deniedByPolicy(
  request: ApprovalRequest,
  evaluated: Evaluated,
  by: Actor,
  nowMs: number,
): Change | Refusal | null {
  const over = (reason: string) => endByPolicyChange(request, 'denied', reason, { by, verdict: 'break_glass' }, nowMs)
  if (evaluated.effect === 'deny') {
    return evaluated.onlyNow ? refuse('not_now') : over('the policy was changed after the ask and now denies it')
  }
  const hidden = withheld(evaluated.mustShow, request.ask)
  if (hidden) return over(notShown(hidden.pointer))
  return denies(request) >= Math.min(request.policy.denyCount, evaluated.denyCount)
    ? over('the policy was changed after the ask: those who said no suffice now')
    : null
}

type Glass = Omit<BrokenGlass, 'review'>

/** To the audit channel and wherever the request was announced, and awake: whoever would have been asked must hear of it. */
function alarms(
  request: ApprovalRequest,
  { userId, reason }: Glass,
  evaluated: Evaluated,
  auditChannel: string | null,
): readonly OutboxMessage[] {
  const { action, resource, environment } = request.ask
  const what = [action, resource, environment && `in ${environment}`].filter(Boolean).join(' ')
  const text = `The glass was broken on ${request.id}: ${what}. Nobody else was asked. Why, as it was written: ${reason}`
  const needed = stricter(request.policy.requirements, evaluated.requirements)
  const mention = [...new Set([userId, ...needed.flatMap(({ group }) => wake(group))])]
  const channels = new Set([...(auditChannel === null ? [] : [auditChannel]), ...request.policy.channels])
  return [...channels].map((channel) => ({ kind: 'alarm', channel, text, mention }))
}

/** As many people as an announcement mentions. */
const MOST_WOKEN = 10
const wake = (group: Group): readonly string[] =>
  'usergroup' in group ? [group.usergroup] : group.users.slice(0, MOST_WOKEN)

/** Who signs a review, read live. */
export interface Reviewing extends Pick<Verdict, 'surface' | 'member' | 'membershipReadAtMs' | 'behind'> {
  /** Names of the requirements' groups that she is in. */
  readonly groups: readonly string[]
  readonly isAdmin: boolean
  readonly note: string
}

/** Somebody else has looked at it: not who broke the glass, and nobody behind the ask, under whatever account. */
export function signReview(request: ApprovalRequest, said: Reviewing, people: People, nowMs: number): Change | Refusal {
  const { brokenGlass } = request
  if (!brokenGlass || brokenGlass.review) return refuse('review_not_open')
  const unfit = notFit(said, nowMs)
  if (unfit) return unfit
  const broke: readonly Identity[] = [slackIdentity(brokenGlass.userId), ...brokenGlass.identities]
  const links: People = [...accountsKnown(request, people), broke]
  const person = closure([slackIdentity(said.member.userId), ...said.member.identities], links)
  if (samePerson(person, closure([...request.closure, ...said.behind, ...broke], links))) return refuse('self_approval')
  if (isUnreadable(request, person)) return refuse('requester_unresolved')
  if (!said.isAdmin && said.groups.length === 0) return refuse('not_an_approver')
  if (said.note.trim() === '') return refuse('reason_required')
  const review = { ...signer(said.member), note: said.note, atMs: nowMs }
  const who = personActor({ ...said.member, surface: said.surface })
  return changing(request, { brokenGlass: { ...brokenGlass, review } }, 'admin.break_glass_reviewed', who, nowMs)
}

const signer = ({ userId, teamId, name }: Member) => ({ userId, teamId, name })
