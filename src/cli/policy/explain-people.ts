import { type Identity, slackIdentity } from '../../approval/principal.ts'
import { type Requirement, stricter } from '../../approval/requirement.ts'
import type { openDirectory, policyAsCode } from '../../serve.ts'
import type { Question, Reads } from './explain-ask.ts'
import { house } from './read.ts'
import { notTold, type Wanted } from './slack.ts'

type Directory = Awaited<ReturnType<typeof openDirectory>>
type Somebody = policyAsCode.Somebody

/** Looking somebody up is rated; nobody reads longer lists by eye. */
const MOST = 100

export interface WhoCould {
  /** What is needed to say yes now: for a request, the stricter of what was pinned and what the file says. */
  readonly requirements: readonly Requirement[]
  readonly behind: readonly policyAsCode.Behind[]
  readonly candidates: readonly policyAsCode.Candidate[]
  /** User groups that were not looked into, by name. */
  readonly notRead: readonly string[]
  /** Null where that is not known. */
  readonly couldBeFilled: boolean | null
}

/** Who could say yes at this moment, by name where Slack is asked. */
export async function whoCould(
  question: Question,
  policy: policyAsCode.Policy,
  evaluation: policyAsCode.Evaluation,
  from: { readonly reads: Reads | null; readonly slack: Wanted | null; readonly nowMs: number },
): Promise<WhoCould> {
  const { policyAsCode } = await house()
  const { request } = question
  const isOpen = request?.status === 'pending'
  const requirements = isOpen ? stricter(request.policy.requirements, evaluation.requirements) : evaluation.requirements
  const directory = requirements.length > 0 && from.slack ? await connect(from.slack) : null
  const look = new Look(directory, policy)
  const named = directory ? await look.known(question.behind) : question.behind
  const behind = policyAsCode.behind(named, policy.people)
  const delegations = requirements.length > 0 && from.reads ? await from.reads.delegations(from.nowMs) : []
  const { members, notRead } = await look.groups(requirements)
  const own: Somebody[] = []
  for (const [userId, groups] of members) own.push(await look.somebody(userId, groups, null))
  const present = policyAsCode.candidates(own, behind, policy.people)
  const standIns: Somebody[] = []
  for (const { from: away, to, startsAtMs } of delegations) {
    // Only who could say yes herself can let another one speak for her.
    const seat = present.find(({ userId, excluded }) => userId === away && excluded === null)
    if (seat && startsAtMs <= from.nowMs) standIns.push(await look.somebody(to, seat.groups, away))
  }
  const all = [...present, ...policyAsCode.candidates(standIns, behind, policy.people)]
  const couldBeFilled = notRead.length > 0 ? null : policyAsCode.couldFill(requirements, all, policy.people)
  return {
    requirements,
    behind,
    candidates: all.map((each) => spoken(each, question)),
    notRead,
    couldBeFilled: requirements.length === 0 ? null : couldBeFilled,
  }
}

/** Whoever has spoken need not be asked again. Her last word counts; what she took back is not said. */
function spoken(candidate: policyAsCode.Candidate, { request }: Question): policyAsCode.Candidate {
  const hers = slackIdentity(candidate.userId)
  const last = request?.decisions.findLast(({ approver }) => approver.identities.includes(hers))
  if (candidate.excluded !== null || !last || last.verdict === 'withdraw') return candidate
  return { ...candidate, excluded: last.verdict === 'approve' ? 'has approved already' : 'has denied' }
}

async function connect(slack: Wanted): Promise<Directory | null> {
  try {
    return await (await house()).openDirectory(slack.config, slack.secrets)
  } catch (error) {
    notTold(error instanceof Error ? error.message : 'no answer', slack.insisted)
    return null
  }
}

/** Reads people and groups, each once. */
class Look {
  readonly #directory: Directory | null
  readonly #policy: policyAsCode.Policy
  #left = MOST

  constructor(directory: Directory | null, policy: policyAsCode.Policy) {
    this.#directory = directory
    this.#policy = policy
  }

  /** Those behind the ask with what Slack knows of them: another account with the same address is the same human (B5). */
  async known(named: readonly policyAsCode.Behind[]): Promise<readonly policyAsCode.Behind[]> {
    const more: policyAsCode.Behind[] = [...named]
    for (const { identity } of named) {
      const id = identity.slice(identity.indexOf(':') + 1)
      const member = identity.startsWith('slack:')
        ? await this.#directory?.member(id)
        : identity.startsWith('email:')
          ? await this.#directory?.memberByEmail(id)
          : null
      for (const known of member?.identities ?? []) {
        more.push({ identity: known, because: `is ${identity}, as Slack says` })
      }
    }
    return more
  }

  /** Everybody who is in a needed group, with the groups she is in now (and may fill, where late joiners may not). */
  async groups(requirements: readonly Requirement[]) {
    const members = new Map<string, string[]>()
    const notRead: string[] = []
    for (const { from, group, onlyThese } of requirements) {
      const present = Object.hasOwn(this.#policy.groups, from) ? this.#policy.groups[from] : group
      const lists = [await this.#usersOf(group), await this.#usersOf(present ?? group), onlyThese ?? null]
      if (lists[0] === null) notRead.push(from)
      const users = (lists[0] ?? []).filter((user) => lists.every((list) => list === null || list?.includes(user)))
      for (const user of users) members.set(user, [...(members.get(user) ?? []), from])
    }
    return { members, notRead }
  }

  async #usersOf(group: Requirement['group']): Promise<readonly string[] | null> {
    if ('users' in group) return group.users
    return this.#directory === null ? null : (await this.#directory.groupMembers(group.usergroup)).users
  }

  async somebody(userId: string, groups: readonly string[], onBehalfOf: string | null): Promise<Somebody> {
    const told = { userId, groups, onBehalfOf }
    if (this.#directory === null || this.#left-- <= 0) return { ...told, name: null, identities: NONE, barred: null }
    const member = await this.#directory.member(userId)
    if (member === null) return { ...told, name: null, identities: NONE, barred: 'Slack knows nobody with this id' }
    const barred = member.barred === null ? null : BARRED[member.barred]
    return { ...told, name: member.name, identities: member.identities, barred }
  }
}

const NONE: readonly Identity[] = []
const BARRED = {
  approver_not_human: 'is a bot or an app',
  inactive: 'is deactivated',
  guest: 'is a guest',
  outsider: 'is of another organisation',
} as const
