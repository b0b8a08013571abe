import { type Delegation, isActive, type Lent } from '../approval/delegation.ts'
import { closure, type Identity, type People, slackIdentity } from '../approval/principal.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import type { Group, Requirement } from '../approval/requirement.ts'
import { mayLend, type StandIn } from '../approval/seats.ts'
import { accountsKnown, type Standing, standingVotes, voteKey } from '../approval/votes.ts'
import type { Policy } from '../policy/policy.ts'
import { withLinkedAccounts } from './accounts.ts'
import type { Directory } from './directory.ts'

/** Delegations to somebody that may matter at a moment; what a store keeps. */
export type Delegations = (to: string, nowMs: number) => Promise<readonly Delegation[]> | readonly Delegation[]

/** A group by its name in the policy, as it was defined when that was written down. */
export type Named = Pick<Requirement, 'from' | 'group'>

/** More than anybody stands in for at once; each of them costs a question to Slack. */
const MOST_STOOD_IN_FOR = 20

/** Who is in which of the policy's groups now, for herself and in the seats of others. Every reading throws DirectoryError. */
export class Memberships {
  readonly #directory: Directory
  readonly #delegations: Delegations
  readonly #now: () => number

  constructor(directory: Directory, delegations: Delegations, now: () => number) {
    this.#directory = directory
    this.#delegations = delegations
    this.#now = now
  }

  /**
   * The names of the groups that she is in: by each definition that is given (pinned in the request, say) and by the one of
   * today, so that an edit of the policy can take somebody out of a pending request but never let somebody in (B15, B18).
   */
  async of(
    userId: string,
    needed: readonly Named[],
    policy: Policy,
  ): Promise<{ readonly groups: readonly string[]; readonly readAtMs: number }> {
    let readAtMs = this.#now()
    const isIn = async (group: Group): Promise<boolean> => {
      if ('users' in group) return group.users.includes(userId)
      const read = await this.#directory.groupMembers(group.usergroup)
      readAtMs = Math.min(readAtMs, read.readAtMs)
      return read.users.includes(userId)
    }
    const isInAll = async (definitions: readonly Group[]): Promise<boolean> => {
      for (const group of definitions) if (!(await isIn(group))) return false
      return true
    }
    const groups: string[] = []
    for (const [name, definitions] of Map.groupBy(needed, ({ from }) => from)) {
      const today = Object.hasOwn(policy.groups, name) ? policy.groups[name] : undefined
      if (today && (await isInAll([...definitions.map(({ group }) => group), today]))) groups.push(name)
    }
    return { groups, readAtMs }
  }

  /** Those who are away and have delegated to her for now, with what they themselves are in. */
  async standIns(
    userId: string,
    needed: readonly Named[],
    policy: Policy,
  ): Promise<{ readonly standIns: readonly StandIn[]; readonly readAtMs: number }> {
    let readAtMs = this.#now()
    const nowMs = readAtMs
    const standIns: StandIn[] = []
    for (const { id, from, createdBy, endsAtMs } of await this.#active(userId, nowMs)) {
      if (standIns.length >= MOST_STOOD_IN_FOR) break
      // Asked first, for it costs no question more: of those who are in no group that matters, none takes another's place.
      const { groups, readAtMs: at } = await this.of(from, needed, policy)
      if (groups.length === 0) continue
      const absent = await this.#directory.member(from)
      if (!absent || absent.barred) continue
      readAtMs = Math.min(readAtMs, at)
      const identities = await this.#identitiesOf(from, policy.people)
      const writtenBy = createdBy === from ? identities : await this.#identitiesOf(createdBy, policy.people)
      standIns.push({ absent: { ...absent, identities }, groups, writtenBy, delegation: { id, endsAtMs } })
    }
    return { standIns, readAtMs }
  }

  /**
   * What the seats of those who said yes before are in now: nothing where the one who said it, or the one whose seat it is,
   * is no live member any more, or where the delegation is over (B16); and what those in another's seat rest on.
   */
  async standing(
    request: ApprovalRequest,
    needed: readonly Named[],
    policy: Policy,
    behind: readonly Identity[],
  ): Promise<Required<Pick<Standing, 'standing' | 'lent'>>> {
    const standing = new Map<string, readonly string[]>()
    const lent = new Map<string, Lent>()
    const links = accountsKnown(request, policy.people)
    const asking = closure([...request.closure, ...behind], links)
    for (const vote of standingVotes(request)) {
      if (vote.verdict !== 'approve') continue
      const { approver, delegatedBy: from } = vote
      const isThere = (await this.#isLive(approver.userId)) && (from === null || (await this.#isLive(from)))
      const rest = from !== null && isThere ? await this.#lent(from, approver.userId, asking, links) : null
      const isWhole = isThere && (from === null || rest !== null)
      const groups = isWhole ? (await this.of(from ?? approver.userId, needed, policy)).groups : []
      standing.set(voteKey(vote), groups)
      if (rest) lent.set(voteKey(vote), rest)
    }
    return { standing, lent }
  }

  /** By a delegation whose writer may lend it in this matter: not by one that was ended, and written anew by the asker. */
  async #lent(from: string, to: string, behind: ReadonlySet<Identity>, links: People): Promise<Lent | null> {
    const personOf = async (userId: string) => closure(await this.#identitiesOf(userId, links), links)
    for (const { id, from: absent, createdBy, endsAtMs } of await this.#active(to, this.#now())) {
      if (absent !== from) continue
      const of = { absent: await personOf(from), delegate: await personOf(to), behind }
      if (mayLend(await personOf(createdBy), of)) return { id, endsAtMs }
    }
    return null
  }

  async #active(to: string, nowMs: number): Promise<readonly Delegation[]> {
    return (await this.#delegations(to, nowMs)).filter((d) => isActive(d, nowMs))
  }

  async #isLive(userId: string): Promise<boolean> {
    const member = await this.#directory.member(userId)
    return member !== null && member.barred === null
  }

  #identitiesOf(userId: string, people: People): Promise<readonly Identity[]> {
    return withLinkedAccounts(this.#directory, [slackIdentity(userId)], people)
  }
}
