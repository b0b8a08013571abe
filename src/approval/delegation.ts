import type { Actor, Change } from './change.ts'
import { closure, type Identity, type Member, type People, samePerson, slackIdentity } from './principal.ts'
import { type Refusal, refuse } from './refusal.ts'

/**
 * For a while, one person's seats may be filled by another: absence must not stop the house, and must not open it either.
 * Of depth one: what was delegated cannot be delegated on. Never an extra seat: the two are one vote together (B32).
 */
export interface Delegation {
  readonly id: string
  /** Slack user ids. */
  readonly from: string
  readonly to: string
  readonly startsAtMs: number
  readonly endsAtMs: number
  readonly createdAtMs: number
  /** Who wrote it: `from` herself, or an admin for her. */
  readonly createdBy: string
  readonly revokedAtMs: number | null
}

export const isActive = (d: Delegation, nowMs: number): boolean =>
  d.revokedAtMs === null && d.startsAtMs <= nowMs && nowMs < d.endsAtMs

/** A delegation as what a vote in another's seat rests on: it must still stand when the vote is written. */
export type Lent = Pick<Delegation, 'id' | 'endsAtMs'>

const DAY_MS = 86_400_000
const LONGEST_MS = 90 * DAY_MS
/** Further ahead nobody knows who will be there. */
const FURTHEST_MS = 365 * DAY_MS
/** More than anybody needs; whoever may write without end could bury what others look for. */
const MOST_OPEN = 10

/** What is to be delegated, by whom, and the two people as Slack has them now. */
export interface Delegating {
  readonly id: string
  readonly from: Member
  readonly to: Member
  /** Null: from now on. */
  readonly startsAtMs: number | null
  readonly endsAtMs: number
  /** Who writes it, as Slack has her now. */
  readonly by: Pick<Member, 'userId' | 'identities'>
  readonly isAdmin: boolean
  /** Delegations of `from` that are active or still to come. */
  readonly open: readonly Delegation[]
}

/** Somebody will be away, and says who may speak in her seat meanwhile. */
export function delegate(order: Delegating, people: People, who: Actor, nowMs: number): Change | Refusal {
  const { from, to, by } = order
  const isHers = by.userId === from.userId
  if (!isHers && !order.isAdmin) return no('only an admin can delegate for somebody else')
  if (from.barred || to.barred) return no('both must be active full members of this workspace, and people')
  const identitiesOf = ({ userId, identities }: Delegating['by']): ReadonlySet<Identity> =>
    closure([slackIdentity(userId), ...identities], people)
  if (samePerson(identitiesOf(from), identitiesOf(to))) return no('nobody can delegate to herself')
  // Or an admin could sit in any seat of the house, under another account of his at least (B29).
  if (!isHers && samePerson(identitiesOf(by), identitiesOf(to))) {
    return no('nobody can take the seat of somebody else: she, or another admin, has to give it')
  }
  const startsAtMs = Math.max(order.startsAtMs ?? nowMs, nowMs)
  // Written so that a time that is none (NaN) is refused.
  if (!(startsAtMs < order.endsAtMs)) return no('it must end after it begins, and in the future')
  if (!(order.endsAtMs - startsAtMs <= LONGEST_MS)) return no('it may last 90 days at most')
  if (!(startsAtMs - nowMs <= FURTHEST_MS)) return no('it must begin within a year')
  if (order.open.length >= MOST_OPEN)
    return no(`${MOST_OPEN} delegations of one person are open: end one of them first`)
  const overlaps = (d: Delegation) => d.to === to.userId && d.startsAtMs < order.endsAtMs && startsAtMs < d.endsAtMs
  if (order.open.some(overlaps)) return no('one to the same person stands for some of that time: end it first')
  const after: Delegation = {
    id: order.id,
    from: from.userId,
    to: to.userId,
    startsAtMs,
    endsAtMs: order.endsAtMs,
    createdAtMs: nowMs,
    createdBy: by.userId,
    revokedAtMs: null,
  }
  return written('admin.delegation_created', null, after, who, nowMs)
}

/** It ends before its time: by either of the two, or by an admin. What was said in its name and is still pending is void. */
export function endDelegation(
  before: Delegation,
  by: { readonly userId: string; readonly isAdmin: boolean },
  who: Actor,
  nowMs: number,
): Change | Refusal {
  const isTheirs = by.userId === before.from || by.userId === before.to
  if (!isTheirs && !by.isAdmin) return no('only one of the two, or an admin, can end it')
  if (before.revokedAtMs !== null || !(nowMs < before.endsAtMs)) return no('it is over already')
  return written('admin.delegation_ended', before, { ...before, revokedAtMs: nowMs }, who, nowMs)
}

const no = (detail: string): Refusal => refuse('delegation_refused', detail)

const written = (
  type: 'admin.delegation_created' | 'admin.delegation_ended',
  before: Delegation | null,
  after: Delegation,
  who: Actor,
  nowMs: number,
): Change => ({
  atMs: nowMs,
  delegation: { before, after },
  audit: [{ type, actor: who.actor, source: who.source, requestId: null, body: { delegation: { ...after } } }],
})
