import { isActive } from '../approval/delegation.ts'
import { closure, type Identity, slackIdentity } from '../approval/principal.ts'
import { type ApprovalRequest, isOverdue } from '../approval/request.ts'
import { fillable, type Group, type Requirement } from '../approval/requirement.ts'
import { isOf, isSaidBy, standingVotes } from '../approval/votes.ts'
import type { Room } from './parts.ts'

type Parts = Pick<Room, 'directory' | 'policy' | 'now' | 'service'>

/**
 * Whom a request concerns, for lists and answers. Nothing is decided by it: that is the rule's business, with its own
 * reading of Slack.
 */
export class Audience {
  readonly #parts: Parts
  readonly #userId: string
  #absent: Promise<readonly string[]> | null = null

  constructor(parts: Parts, userId: string) {
    this.#parts = parts
    this.#userId = userId
  }

  get isAdmin(): boolean {
    return this.#parts.policy()?.admins.includes(this.#userId) ?? false
  }

  /**
   * Whether it waits for her: pending, not asked by herself, not answered by her yet, and one of its seats is hers, or that
   * of somebody she stands in for, by the pinned policy and by today's.
   * @throws DirectoryError where Slack does not tell who is in a group.
   */
  async awaits(request: ApprovalRequest): Promise<boolean> {
    if (request.status !== 'pending' || isOverdue(request, this.#parts.now())) return false
    if (this.standsBehind(request) || this.hasAnswered(request)) return false
    for (const seat of [this.#userId, ...(await this.#standsInFor())]) {
      if (this.#isBehind(request, seat) || this.#isAnswered(request, seat)) continue
      for (const requirement of request.policy.requirements) if (await this.#mayFill(requirement, seat)) return true
    }
    return false
  }

  /**
   * Admins, those behind it, those who said something to it, and whoever was or is asked, in an emergency too.
   * @throws DirectoryError as {@link Audience.awaits}.
   */
  async maySee(request: ApprovalRequest): Promise<boolean> {
    if (this.isAdmin || this.standsBehind(request)) return true
    if (request.decisions.some((decision) => isOf(decision, new Set([this.#me])))) return true
    if (await this.mayBreakGlass(request)) return true
    for (const seat of [this.#userId, ...(await this.#standsInFor())]) {
      for (const { group, from } of request.policy.requirements) {
        if ((await this.#isIn(group, seat)) || (await this.#isIn(this.#presentGroup(from), seat))) return true
      }
    }
    return false
  }

  /** Whether the emergency way of this request is hers. @throws DirectoryError as {@link Audience.awaits}. */
  async mayBreakGlass({ policy }: ApprovalRequest): Promise<boolean> {
    const way = policy.breakGlass
    if (!way) return false
    return (await this.#isIn(way.group, this.#userId)) && (await this.#isIn(this.#presentGroup(way.from), this.#userId))
  }

  /** Whether she could sign the review of its broken glass. @throws DirectoryError as {@link Audience.awaits}. */
  async mayReview(request: ApprovalRequest): Promise<boolean> {
    const { brokenGlass } = request
    if (!brokenGlass || brokenGlass.review || this.standsBehind(request)) return false
    if (brokenGlass.userId === this.#userId || brokenGlass.identities.includes(this.#me)) return false
    if (this.isAdmin) return true
    for (const { group, from } of request.policy.requirements) {
      if ((await this.#isIn(group, this.#userId)) && (await this.#isIn(this.#presentGroup(from), this.#userId)))
        return true
    }
    return false
  }

  /** Whether there is a yes, still to be used, that she could take back. */
  mayRevoke(request: ApprovalRequest): boolean {
    const { status, consumed, grantExpiresAtMs, brokenGlass } = request
    if (status !== 'approved' || consumed || grantExpiresAtMs === null) return false
    if (!(this.#parts.now() < grantExpiresAtMs)) return false
    const isHers = standingVotes(request).some((vote) => vote.verdict === 'approve' && isOf(vote, new Set([this.#me])))
    return this.isAdmin || isHers || brokenGlass?.userId === this.#userId
  }

  /** Whether she has said something to it that stands. */
  hasAnswered(request: ApprovalRequest): boolean {
    return standingVotes(request).some((decision) => isSaidBy(decision, new Set([this.#me])))
  }

  standsBehind(request: ApprovalRequest): boolean {
    return this.#isBehind(request, this.#userId)
  }

  get #me(): Identity {
    return slackIdentity(this.#userId)
  }

  #isBehind(request: ApprovalRequest, userId: string): boolean {
    const person = closure([slackIdentity(userId)], this.#parts.policy()?.people ?? [])
    return request.closure.some((identity) => person.has(identity))
  }

  #isAnswered(request: ApprovalRequest, userId: string): boolean {
    return standingVotes(request).some((decision) => isOf(decision, new Set([slackIdentity(userId)])))
  }

  /** Those whose seats are hers for now. Read once: an answer is about one moment. */
  #standsInFor(): Promise<readonly string[]> {
    this.#absent ??= this.#readAbsent()
    return this.#absent
  }

  async #readAbsent(): Promise<readonly string[]> {
    const now = this.#parts.now()
    const all = await this.#parts.service.reads.delegations(now)
    return all.filter((each) => each.to === this.#userId && isActive(each, now)).map(({ from }) => from)
  }

  async #mayFill(requirement: Requirement, seat: string): Promise<boolean> {
    if (fillable([requirement], [requirement.from], seat).length === 0) return false
    return (await this.#isIn(requirement.group, seat)) && (await this.#isIn(this.#presentGroup(requirement.from), seat))
  }

  #presentGroup(name: string): Group | undefined {
    const groups = this.#parts.policy()?.groups ?? {}
    return Object.hasOwn(groups, name) ? groups[name] : undefined
  }

  async #isIn(group: Group | undefined, userId: string): Promise<boolean> {
    if (!group) return false
    if ('users' in group) return group.users.includes(userId)
    return (await this.#parts.directory.groupMembers(group.usergroup)).users.includes(userId)
  }
}
