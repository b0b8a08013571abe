import type { Lent } from './delegation.ts'
import { closure, type Identity, type People, samePerson, slackIdentity } from './principal.ts'
import type { ApprovalRequest, Decision } from './request.ts'
import { fillable, type Requirement, stricter } from './requirement.ts'

/** What votes are counted by, beside the request: the policy of this moment and what Slack says now. */
export interface Standing {
  readonly requirements: readonly Requirement[]
  readonly people: People
  /** Identities read live of those behind the ask. */
  readonly behind: readonly Identity[]
  /**
   * Requirement names that each earlier approval's seat is in *now*, by {@link voteKey}: nobody who has left, or is no live
   * member any more, or whose delegation is over, still counts (B16). Of whom nothing is said here, what was read with the
   * decision stands.
   */
  readonly standing: ReadonlyMap<string, readonly string[]>
  /** The delegations that earlier approvals rest on now, by {@link voteKey}. */
  readonly lent?: ReadonlyMap<string, Lent> | undefined
}

/** A vote told from the others of its request: who said it, and in whose seat. */
export const voteKey = ({ approver, delegatedBy }: Pick<Decision, 'approver' | 'delegatedBy'>): string =>
  delegatedBy === null ? approver.userId : `${approver.userId} for ${delegatedBy}`

const speakerOf = ({ approver }: Decision): readonly Identity[] => [
  slackIdentity(approver.userId),
  ...approver.identities,
]

const delegatorOf = ({ delegatedBy, delegatorIdentities }: Decision): readonly Identity[] =>
  delegatedBy === null ? [] : [slackIdentity(delegatedBy), ...delegatorIdentities]

/** Everybody whom the vote is of: who said it, and of whom she holds the seat. The two are one vote together (B32). */
export const personsOf = (decision: Decision): readonly Identity[] => [...speakerOf(decision), ...delegatorOf(decision)]

/** Is the vote hers, said by her or in her seat? @param person every identity of hers, joined. */
export const isOf = (decision: Decision, person: ReadonlySet<Identity>): boolean =>
  samePerson(personsOf(decision), person)

/** Did she say it, whoever's seat it was in? */
export const isSaidBy = (decision: Decision, person: ReadonlySet<Identity>): boolean =>
  samePerson(speakerOf(decision), person)

/**
 * The votes that nobody took back, oldest first. Taken back is what was hers when she took it back, by the identities that
 * were written down then: accounts that are joined later must not make a no disappear.
 */
export function standingVotes({ decisions }: Pick<ApprovalRequest, 'decisions'>): readonly Decision[] {
  return decisions.filter((decision, at) => {
    if (decision.verdict === 'withdraw') return false
    const persons = new Set(personsOf(decision))
    return !decisions.slice(at + 1).some((later) => later.verdict === 'withdraw' && isSaidBy(later, persons))
  })
}

/** How often a word of theirs, or one in a seat of theirs, was taken back, by whomever. */
export const timesTakenBack = (
  { decisions }: Pick<ApprovalRequest, 'decisions'>,
  persons: ReadonlySet<Identity>,
): number =>
  decisions.filter((back, at) => {
    if (back.verdict !== 'withdraw') return false
    const before = standingVotes({ decisions: decisions.slice(0, at) })
    return isSaidBy(back, persons) || before.some((d) => isOf(d, persons) && isSaidBy(back, new Set(personsOf(d))))
  }).length

/** How many said no. A no stands whatever becomes of who said it, until she takes it back herself. */
export const denies = (request: Pick<ApprovalRequest, 'decisions'>): number =>
  standingVotes(request).filter(({ verdict }) => verdict === 'deny').length

/**
 * The policy's links, and the accounts that each recorded vote showed to be one human's. Joined over all of them at once,
 * whatever their order and whether or not the vote still counts: what it told of who she is stays true.
 */
export const accountsKnown = (request: Pick<ApprovalRequest, 'decisions'>, people: People): People => [
  ...people,
  ...request.decisions.flatMap((decision) => [speakerOf(decision), delegatorOf(decision)]),
]

/**
 * The approvals that count *now*: of people who do not stand behind the ask, each person once (INV3). Judged anew each
 * time, with the links and accounts known by now: a vote of somebody who has since turned out to be the requester, or to
 * be another voter, is void (B30), and one who has left the group fills its seats no more (B16). Of each person her last
 * word counts, and never beside a no of hers.
 */
export function counted(request: ApprovalRequest, ground: Standing): readonly Decision[] {
  const links = accountsKnown(request, ground.people)
  const needed = stricter(request.policy.requirements, ground.requirements)
  const taken = new Set(closure([...request.closure, ...ground.behind], links))
  const standing = standingVotes(request)
  return standing.flatMap((decision) => {
    if (decision.verdict !== 'approve') return []
    const who = closure(personsOf(decision), links)
    if (samePerson(who, taken)) return []
    if (request.decisions.findLast((other) => isOf(other, who))?.verdict !== 'approve') return []
    if (standing.some((other) => other.verdict === 'deny' && isOf(other, who))) return []
    const groups = stillIn(decision, needed, ground)
    // A vote that fills nothing any more takes nothing either: her standing vote from another account still counts.
    if (groups.length === 0) return []
    for (const identity of who) taken.add(identity)
    return [{ ...decision, groups }]
  })
}

function stillIn(decision: Decision, needed: readonly Requirement[], { standing }: Standing): readonly string[] {
  const now = standing.get(voteKey(decision)) ?? decision.groups
  const groups = decision.groups.filter((name) => now.includes(name))
  return fillable(needed, groups, decision.delegatedBy ?? decision.approver.userId)
}
