import type { Verdict } from './approval/decision.ts'
import { closure, emailIdentity, type Identity, type Member, type People, slackIdentity } from './approval/principal.ts'
import { type Refusal, refuse } from './approval/refusal.ts'
import type { ApprovalRequest } from './approval/request.ts'
import { type Group, stricter } from './approval/requirement.ts'
import { evaluate } from './policy/evaluate.ts'
import type { Policy } from './policy/policy.ts'

/**
 * Who somebody is in Slack at this moment. Answers are at most a minute old; what cannot be read throws
 * {@link DirectoryError}, and then nobody is counted (INV7).
 */
export interface Directory {
  /** Null where Slack knows no such user. */
  member(userId: string): Promise<Member | null>
  /** Whose address this is in Slack now; null where it is nobody's. */
  memberByEmail(address: string): Promise<Member | null>
  /** Slack user ids of a user group; a disabled or unknown group is empty. */
  groupMembers(usergroupId: string): Promise<{ readonly users: readonly string[]; readonly readAtMs: number }>
  /** True where people of other organisations can read the channel. */
  isExternal(channelId: string): Promise<boolean>
}

/** Slack did not tell who somebody is. The message is for the log. */
export class DirectoryError extends Error {
  override name = 'DirectoryError'
}

/** What a person said, as a door read it. */
export interface Said {
  readonly requestId: string
  readonly digestShown: string
  readonly verdict: Verdict['verdict']
  readonly reason: string | null
  readonly surface: Verdict['surface']
  readonly teamId: string
  readonly userId: string
  /** The channel that the card was clicked in; null where there is none (App Home, a modal). */
  readonly channel: string | null
}

type Eligible = Pick<Verdict, 'member' | 'groups' | 'membershipReadAtMs' | 'behind' | 'standing'>

/** Reads what Slack says at this moment, for one decision. What it reads is judged in approval/decision.ts, not here. */
export class Eligibility {
  readonly #directory: Directory
  readonly #now: () => number

  constructor(directory: Directory, now: () => number) {
    this.#directory = directory
    this.#now = now
  }

  /** Who she is, which of the needed groups she is in, who stands behind the ask, who of the earlier voters still stands. */
  async read(request: ApprovalRequest, said: Said, policy: Policy): Promise<Eligible | Refusal> {
    try {
      if (said.channel && (await this.#directory.isExternal(said.channel))) return refuse('channel_external')
      const member = await this.#directory.member(said.userId)
      if (!member) return refuse('outsider')
      if (member.barred) return refuse(member.barred)
      const groups = await this.#groupsOf(said.userId, request, policy)
      // Her no is safe whoever asked and whoever else said yes; only a yes needs to know.
      if (said.verdict === 'deny') return { member, ...groups, behind: [], standing: new Map() }
      const behind = await this.#identitiesBehind(request, policy.people)
      if ('refused' in behind) return behind
      return { member, ...groups, behind, standing: await this.#standing(request, policy) }
    } catch (error) {
      if (error instanceof DirectoryError) return refuse('directory_unavailable')
      throw error
    }
  }

  /**
   * The needed groups she is in: by the definition pinned in the request and by the one of today, so that an edit of the
   * policy can take somebody out of a pending request but never let somebody in (B15, B18).
   */
  async #groupsOf(
    userId: string,
    request: ApprovalRequest,
    policy: Policy,
  ): Promise<{ groups: string[]; membershipReadAtMs: number }> {
    const needed = stricter(request.policy.requirements, evaluate(policy, request.ask).requirements)
    let membershipReadAtMs = this.#now()
    const isIn = async (group: Group | undefined): Promise<boolean> => {
      if (!group) return false
      if ('users' in group) return group.users.includes(userId)
      const read = await this.#directory.groupMembers(group.usergroup)
      membershipReadAtMs = Math.min(membershipReadAtMs, read.readAtMs)
      return read.users.includes(userId)
    }
    const groups: string[] = []
    for (const { from, group } of needed) {
      if ((await isIn(group)) && (await isIn(Object.hasOwn(policy.groups, from) ? policy.groups[from] : undefined)))
        groups.push(from)
    }
    return { groups, membershipReadAtMs }
  }

  /** What the memberships of those who said yes before are now: none for whom Slack no longer knows as a live member. */
  async #standing(request: ApprovalRequest, policy: Policy): Promise<Map<string, readonly string[]>> {
    const standing = new Map<string, readonly string[]>()
    for (const { verdict, approver } of request.decisions) {
      if (verdict !== 'approve') continue
      const member = await this.#directory.member(approver.userId)
      const isLive = member !== null && member.barred === null
      standing.set(approver.userId, isLive ? (await this.#groupsOf(approver.userId, request, policy)).groups : [])
    }
    return standing
  }

  /**
   * What Slack knows of those behind the ask: a second account with the same address is the same human (B5).
   *
   * A human who asks through the client and whom Slack does not know cannot be held against anybody: an address that is
   * nobody's (she may have changed hers since) and that no link of the policy joins to an account, an id that is nobody's,
   * or a client none of whose owners is known. Then nobody is counted (B12, B31).
   */
  async #identitiesBehind(request: ApprovalRequest, people: People): Promise<Identity[] | Refusal> {
    const read: Member[] = []
    const actsFor = request.ask.requester?.on_behalf_of
    const human = actsFor && 'slack_user_id' in actsFor ? slackIdentity(actsFor.slack_user_id) : null
    const written = actsFor && 'email' in actsFor ? actsFor.email : null
    // Joined over today's links: an account that a later link brings in stands behind the ask as well.
    for (const identity of closure(request.closure, people)) {
      const isAccount = identity.startsWith('slack:')
      const isAddress = identity.startsWith('email:')
      if (!isAccount && !isAddress) continue
      const id = identity.slice(identity.indexOf(':') + 1)
      const found = isAccount
        ? await this.#directory.member(id)
        : await this.#holder(written !== null && emailIdentity(written) === identity ? [written, id] : [id])
      if (found) read.push(found)
      else if (identity === human || (isAddress && !isLinked(identity, people))) return refuse('requester_unresolved')
    }
    return read.length === 0 ? refuse('requester_unresolved') : read.flatMap((member) => member.identities)
  }

  /**
   * Whose address it is now, in the first of the spellings that Slack knows. A guest or a deactivated account is nobody
   * here: whoever gave her address away could give it to one, and be rid of it.
   */
  async #holder(spellings: readonly string[]): Promise<Member | null> {
    for (const address of new Set(spellings)) {
      const holder = await this.#directory.memberByEmail(address)
      if (holder) return holder.barred === null ? holder : null
    }
    return null
  }
}

/** Does a link of the policy join the address to a Slack account? Then that account stands for it. */
const isLinked = (address: Identity, people: People): boolean =>
  [...closure([address], people)].some((identity) => identity.startsWith('slack:'))
