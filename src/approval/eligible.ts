import { closure, type Identity, type People, slackIdentity } from './principal.ts'
import { type Refusal, refuse } from './refusal.ts'
import { fulfilled, type Requirement } from './requirement.ts'

/** Slack user ids of a user group as far as it is known without asking Slack; null where it is not. */
export type Members = (usergroupId: string) => readonly string[] | null

/**
 * Who is in the groups that take no late joiners now: nobody who comes later fills a seat of theirs (B18).
 *
 * @param closed names of those groups.
 */
export function withoutLateJoiners<Of extends Closable>(
  groups: readonly Of[],
  closed: readonly string[],
  members: Members,
): readonly Of[] | Refusal {
  const pinned: Of[] = []
  for (const each of groups) {
    const { from, group } = each
    if (!('usergroup' in group) || !closed.includes(from)) {
      pinned.push(each)
      continue
    }
    const now = members(group.usergroup)
    if (!now) return refuse('policy_unavailable', `who is in ${from} is not known yet: try again in a moment`)
    pinned.push({ ...each, onlyThese: [...new Set(now)].sort() })
  }
  return pinned
}

/** Where a group stands by name: among those who are asked, and where the glass may be broken. */
type Closable = Pick<Requirement, 'from' | 'group' | 'onlyThese'>

/**
 * The first of the groups needed now that takes no late joiners since the ask was opened, when nobody wrote down who was in
 * it: who of its members came later cannot be told any more, so none of them may say yes (B18, INV7). Null where there is
 * none. A fixed list was pinned as it stood.
 */
export function closedUnseen(
  pinned: readonly Closable[],
  needed: readonly Closable[],
  closed: readonly string[],
): string | null {
  const isSeen = (name: string): boolean =>
    pinned.some(({ from, group, onlyThese }) => from === name && ('users' in group || onlyThese !== undefined))
  return needed.find(({ from }) => closed.includes(from) && !isSeen(from))?.from ?? null
}

/** What is said to whoever would have filled a seat of such a group. */
export const refuseUnseen = (group: string): Refusal =>
  refuse(
    'policy_changed',
    `the policy takes no late joiners of ${group} now, and who was in it when this was asked is not known: it has to be asked again`,
  )

/**
 * Could the seats be filled by people who do not stand behind the ask (B45)? As far as fixed lists and what is known of
 * user groups tell: one that is not known is left out, for whoever is in it is read at the click.
 */
export function canBeFilled(
  requirements: readonly Requirement[],
  behind: ReadonlySet<Identity>,
  people: People,
  members: Members,
): boolean {
  if (requirements.length === 0) return false
  const known = requirements.flatMap((requirement) => {
    const users = usersOf(requirement, members)
    return users === null ? [] : [{ requirement, users: new Set(users) }]
  })
  if (known.length === 0) return true
  return fulfilled(
    known.map(({ requirement }) => requirement),
    candidatesAmong(known, behind, people),
  )
}

interface Known {
  readonly requirement: Requirement
  readonly users: ReadonlySet<string>
}

/** Different people, with the groups that they are in; of a large group no more than there are seats at all. */
function candidatesAmong(
  known: readonly Known[],
  behind: ReadonlySet<Identity>,
  people: People,
): readonly { readonly groups: readonly string[] }[] {
  const seats = known.reduce((sum, { requirement }) => sum + requirement.count, 0)
  const linked = new Set(people.flat())
  const candidates: { readonly groups: Set<string> }[] = []
  const seenAs = new Map<Identity, number>()
  const sizes = new Map<string, number>()
  for (const userId of new Set(known.flatMap(({ users }) => [...users]))) {
    const groups = known.filter(({ users }) => users.has(userId)).map(({ requirement }) => requirement.from)
    // A group that has somebody for each seat of all groups is filled last, whoever the others take.
    if (groups.every((name) => (sizes.get(name) ?? 0) >= seats)) continue
    const account = slackIdentity(userId)
    const who = linked.has(account) ? [...closure([account], people)] : [account]
    if (who.some((identity) => behind.has(identity))) continue
    const twin = who.map((identity) => seenAs.get(identity)).find((at) => at !== undefined)
    const at = twin ?? candidates.push({ groups: new Set() }) - 1
    for (const identity of who) seenAs.set(identity, at)
    for (const name of groups) {
      if (candidates[at]?.groups.has(name)) continue
      candidates[at]?.groups.add(name)
      sizes.set(name, (sizes.get(name) ?? 0) + 1)
    }
  }
  return candidates.map(({ groups }) => ({ groups: [...groups] }))
}

function usersOf({ group, onlyThese }: Requirement, members: Members): readonly string[] | null {
  const users = 'users' in group ? group.users : members(group.usergroup)
  return onlyThese === undefined ? users : (users ?? onlyThese).filter((id) => onlyThese.includes(id))
}
