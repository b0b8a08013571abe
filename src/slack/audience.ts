import { closure, slackIdentity } from '../approval/principal.ts'
import { type ApprovalRequest, isOverdue } from '../approval/request.ts'
import type { Group, Requirement } from '../approval/requirement.ts'
import type { Room } from './parts.ts'

/**
 * Whom a request concerns, for lists and answers. Nothing is decided by it: that is the rule's business, with its own
 * reading of Slack.
 */
export class Audience {
  readonly #room: Pick<Room, 'directory' | 'policy' | 'now'>
  readonly #userId: string

  constructor(room: Pick<Room, 'directory' | 'policy' | 'now'>, userId: string) {
    this.#room = room
    this.#userId = userId
  }

  get isAdmin(): boolean {
    return this.#room.policy()?.admins.includes(this.#userId) ?? false
  }

  /**
   * Whether it waits for her: pending, not asked by herself, not answered by her yet, and one of its seats is hers by the
   * pinned policy and by today's.
   * @throws DirectoryError where Slack does not tell who is in a group.
   */
  async awaits(request: ApprovalRequest): Promise<boolean> {
    if (request.status !== 'pending' || isOverdue(request, this.#room.now())) return false
    if (this.standsBehind(request)) return false
    const hers = slackIdentity(this.#userId)
    if (request.decisions.some(({ approver }) => approver.identities.includes(hers))) return false
    for (const requirement of request.policy.requirements) {
      if ((await this.#isIn(requirement.group)) && (await this.#isIn(this.#presentGroup(requirement)))) return true
    }
    return false
  }

  /** Admins, those behind it, and whoever was or is asked. @throws DirectoryError as {@link Audience.awaits}. */
  async maySee(request: ApprovalRequest): Promise<boolean> {
    if (this.isAdmin || this.standsBehind(request)) return true
    for (const requirement of request.policy.requirements) {
      if ((await this.#isIn(requirement.group)) || (await this.#isIn(this.#presentGroup(requirement)))) return true
    }
    return false
  }

  standsBehind(request: ApprovalRequest): boolean {
    const hers = closure([slackIdentity(this.#userId)], this.#room.policy()?.people ?? [])
    return request.closure.some((identity) => hers.has(identity))
  }

  #presentGroup({ from }: Requirement): Group | undefined {
    return this.#room.policy()?.groups[from]
  }

  async #isIn(group: Group | undefined): Promise<boolean> {
    if (!group) return false
    if ('users' in group) return group.users.includes(this.#userId)
    return (await this.#room.directory.groupMembers(group.usergroup)).users.includes(this.#userId)
  }
}

/** Open requests that are looked through for one person; newer first. */
const SCANNED = 200

export interface Waiting {
  /** What waits for her. */
  readonly hers: readonly ApprovalRequest[]
  /** Other open requests that she may see. */
  readonly others: readonly ApprovalRequest[]
  /** True where there are more open requests than were looked through. */
  readonly more: boolean
}

/** The open requests that concern her. @throws DirectoryError as {@link Audience.awaits}. */
export async function waitingFor(room: Pick<Room, 'service'>, audience: Audience): Promise<Waiting> {
  const open = await room.service.reads.requests({ status: 'pending', limit: SCANNED })
  const hers: ApprovalRequest[] = []
  const others: ApprovalRequest[] = []
  for (const request of open) {
    if (await audience.awaits(request)) hers.push(request)
    else if (await audience.maySee(request)) others.push(request)
  }
  return { hers, others, more: open.length === SCANNED }
}
