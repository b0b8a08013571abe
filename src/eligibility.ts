import type { Verdict } from './approval/decision.ts'
import { closure, emailIdentity, type Identity, type Member, type People, slackIdentity } from './approval/principal.ts'
import { type Refusal, refuse } from './approval/refusal.ts'
import type { ApprovalRequest, Decision } from './approval/request.ts'
import { stricter } from './approval/requirement.ts'
import { withLinkedAccounts } from './eligibility/accounts.ts'
import { type Directory, DirectoryError } from './eligibility/directory.ts'
import { type Delegations, Memberships, type Named } from './eligibility/memberships.ts'
import type { Evaluation, Policy } from './policy/policy.ts'

export { type Directory, DirectoryError } from './eligibility/directory.ts'

/** A person as a door has verified her, and where she spoke. */
export interface Speaker {
  readonly surface: Decision['surface']
  readonly teamId: string
  /** Her Slack user id. */
  readonly userId: string
  /** The channel that she clicked or typed in; null where there is none (App Home, a modal, the API). */
  readonly channel: string | null
  /** More identities that the door has proof of, as a token's subject: they only ever take rights away. */
  readonly also?: readonly Identity[]
}

/** What a person said of a request, as a door read it. */
export interface Said extends Speaker {
  readonly requestId: string
  readonly digestShown: string
  readonly verdict: Verdict['verdict']
  readonly reason: string | null
}

type Read = Pick<Verdict, 'member' | 'membershipReadAtMs'>
type Eligible = Read &
  Pick<Verdict, 'groups' | 'standIns' | 'behind' | 'standing' | 'lent'> & {
    /** What the accounts of earlier voters are joined to by now, one list for each: links to hold the votes against. */
    readonly voters: People
  }
const NOBODY: Omit<Eligible, keyof Read> = { groups: [], standIns: [], behind: [], standing: new Map(), voters: [] }

/** Reads what Slack says at this moment, for one decision. What it reads is judged in approval/, not here. */
export class Eligibility {
  readonly #directory: Directory
  readonly #memberships: Memberships
  readonly #now: () => number

  constructor(directory: Directory, delegations: Delegations, now: () => number) {
    this.#directory = directory
    this.#memberships = new Memberships(directory, delegations, now)
    this.#now = now
  }

  /** Who she is, which of the needed groups she is in, who stands behind the ask, who of the earlier voters still stands. */
  async read(
    request: ApprovalRequest,
    said: Said,
    policy: Policy,
    present: Pick<Evaluation, 'requirements'>,
  ): Promise<Eligible | Refusal> {
    return reading(async () => {
      const member = await this.#speaking(said, policy.people)
      if ('refused' in member) return member
      const nobody = { ...NOBODY, membershipReadAtMs: this.#now() }
      // What she takes back is her own word, whatever she is in by now.
      if (said.verdict === 'withdraw') return { ...nobody, member }
      const needed = stricter(request.policy.requirements, present.requirements)
      const own = await this.#memberships.of(said.userId, needed, policy)
      const others = await this.#memberships.standIns(said.userId, needed, policy)
      const membershipReadAtMs = Math.min(own.readAtMs, others.readAtMs)
      const hers = { member, groups: own.groups, standIns: others.standIns, membershipReadAtMs }
      // Her no is safe whoever asked and whoever else said yes; only a yes needs to know.
      if (said.verdict === 'deny') return { ...nobody, ...hers }
      const behind = await this.#identitiesBehind(request, policy)
      if ('refused' in behind) return behind
      const voters = await this.#votersAccounts(request, policy.people)
      return {
        ...hers,
        behind,
        voters,
        ...(await this.#memberships.standing(request, needed, policy, behind)),
      }
    })
  }

  /** The same for one who acts alone: which of these groups she is in, and who stands behind the ask. */
  async readAlone(
    request: ApprovalRequest,
    speaker: Speaker,
    policy: Policy,
    groups: readonly Named[],
  ): Promise<(Read & Pick<Verdict, 'groups' | 'behind'>) | Refusal> {
    return reading(async () => {
      const member = await this.#speaking(speaker, policy.people)
      if ('refused' in member) return member
      const own = await this.#memberships.of(speaker.userId, groups, policy)
      const behind = await this.#identitiesBehind(request, policy)
      if ('refused' in behind) return behind
      return { member, groups: own.groups, membershipReadAtMs: own.readAtMs, behind }
    })
  }

  /** Who she is; refused unless she is a live full member of ours, in a place that nobody else reads. */
  readSpeaker(speaker: Speaker, people: People = []): Promise<Member | Refusal> {
    return reading(() => this.#speaking(speaker, people))
  }

  /** Somebody who is spoken of, with all that she is joined to; null where Slack knows no such user. */
  readMember(userId: string, people: People): Promise<Member | null | Refusal> {
    return reading(async () => {
      const member = await this.#directory.member(userId)
      if (!member) return null
      const account = slackIdentity(userId)
      const known = [account, ...member.identities]
      return { ...member, identities: await withLinkedAccounts(this.#directory, known, people, [account]) }
    })
  }

  /**
   * Whose address it is now, in the first of the spellings that Slack knows. A guest or a deactivated account is nobody
   * here: whoever gave her address away could give it to one, and be rid of it.
   *
   * @throws DirectoryError
   */
  async holder(spellings: Iterable<string>): Promise<Member | null> {
    for (const address of new Set(spellings)) {
      const holder = await this.#directory.memberByEmail(address)
      if (holder) return holder.barred === null ? holder : null
    }
    return null
  }

  async #speaking({ channel, userId, also = [] }: Speaker, people: People): Promise<Member | Refusal> {
    if (channel && (await this.#directory.isExternal(channel))) return refuse('channel_external')
    const member = await this.#directory.member(userId)
    if (!member) return refuse('outsider')
    if (member.barred) return refuse(member.barred)
    const account = slackIdentity(userId)
    const known = [account, ...member.identities, ...also]
    return { ...member, identities: await withLinkedAccounts(this.#directory, known, people, [account]) }
  }

  /**
   * A link that was written since an earlier vote joins its speaker to accounts that nobody has looked at yet; and her own
   * account may show another address by now (B30, B31).
   */
  async #votersAccounts(request: ApprovalRequest, people: People): Promise<People> {
    const accounts = request.decisions.flatMap(({ approver, delegatedBy, delegatorIdentities }) => [
      [slackIdentity(approver.userId), ...approver.identities],
      ...(delegatedBy === null ? [] : [[slackIdentity(delegatedBy), ...delegatorIdentities]]),
    ])
    return Promise.all(accounts.map((known) => withLinkedAccounts(this.#directory, known, people)))
  }

  /**
   * What Slack knows of those behind the ask: a second account with the same address is the same human (B5).
   *
   * A human who asks through the client and whom Slack does not know cannot be held against anybody: an address that is
   * nobody's (she may have changed hers since) and that no link of the policy joins to an account, an id that is nobody's,
   * or a client none of whose owners is known. Then nobody is counted, unless the policy says otherwise (B12, B31), that of
   * then and that of now. One that nobody could name at the opening stays one.
   */
  async #identitiesBehind(request: ApprovalRequest, policy: Policy): Promise<Identity[] | Refusal> {
    const read: Member[] = []
    const { unresolved } = request.policy
    let isUnresolved = unresolved === 'taken'
    const actsFor = request.ask.requester?.on_behalf_of
    const human = actsFor && 'slack_user_id' in actsFor ? slackIdentity(actsFor.slack_user_id) : null
    const written = actsFor && 'email' in actsFor ? actsFor.email : null
    // Joined over today's links: an account that a later link brings in stands behind the ask as well.
    for (const identity of closure(request.closure, policy.people)) {
      const isAccount = identity.startsWith('slack:')
      const isAddress = identity.startsWith('email:')
      if (!isAccount && !isAddress) continue
      const id = identity.slice(identity.indexOf(':') + 1)
      const found = isAccount
        ? await this.#directory.member(id)
        : await this.holder(written !== null && emailIdentity(written) === identity ? [written, id] : [id])
      if (found) read.push(found)
      else if (identity === human || (isAddress && !isLinked(identity, policy.people))) isUnresolved = true
    }
    isUnresolved ||= read.length === 0
    const isTaken = unresolved !== undefined && policy.unresolvedRequester === 'allow'
    if (isUnresolved && !isTaken) return refuse('requester_unresolved', 'nobody can tell who is behind this ask')
    const seen = read.map(({ userId }) => slackIdentity(userId))
    const known = [...read.flatMap((member) => member.identities), ...ownersToday(request, policy)]
    return withLinkedAccounts(this.#directory, known, policy.people, seen)
  }
}

async function reading<T>(work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DirectoryError) return refuse('directory_unavailable')
    throw error
  }
}

/** Who answers for the workloads of an issuer may have been written down since: she stands behind their asks as well. */
const ownersToday = ({ client }: ApprovalRequest, { issuers }: Policy): readonly Identity[] =>
  client.verifiedBy === 'oidc'
    ? issuers.filter(({ id }) => client.id.startsWith(`oidc:${id}:`)).flatMap(({ owners }) => owners.map(slackIdentity))
    : []

/** Does a link of the policy join the identity to a Slack account? Then that account stands for it. */
export const isLinked = (identity: Identity, people: People): boolean =>
  [...closure([identity], people)].some((each) => each.startsWith('slack:'))
