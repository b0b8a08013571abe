import { closure, type Identity, type People, slackIdentity } from '../approval/principal.ts'
import { error, type Flaw, get, itemsOf, type Path } from './content.ts'
import { nearest, quoted } from './text.ts'

export interface Roster {
  readonly groups: Readonly<Record<string, unknown>>
  readonly people: People
}

/** Approvals stand exactly where people are asked, name known groups, and can be filled (B45). */
export function approvalFlaws(holder: unknown, effect: unknown, path: Path, roster: Roster): Flaw[] {
  const asked = get(holder, 'approvals')
  const at = [...path, 'approvals']
  const isLimited = get(holder, 'limit') !== undefined
  if (asked === undefined || (Array.isArray(asked) && asked.length === 0)) {
    return absentFlaws(asked, effect === 'allow' && isLimited ? 'limit' : effect, path)
  }
  const flaws: Flaw[] = []
  if (effect === 'deny' || (effect === 'allow' && !isLimited)) {
    const message = `approvals belong only to effect: require_approval, or to allow with a limit; here it is ${effect}.`
    flaws.push(error(at, message, 'key'))
  }
  const seen = new Set<unknown>()
  itemsOf(asked).forEach((requirement, i) => {
    const from = get(requirement, 'from')
    if (typeof from !== 'string') return
    if (seen.has(from)) {
      const message = `${quoted(from)} stands in these approvals already: write one entry with the larger count.`
      flaws.push(error([...at, i, 'from'], message))
    }
    seen.add(from)
    flaws.push(...requirementFlaws(from, get(requirement, 'count'), [...at, i], roster))
  })
  return flaws
}

const NEEDS_PEOPLE = 'effect: require_approval needs approvals: who has to approve'

function absentFlaws(asked: unknown, effect: unknown, path: Path): Flaw[] {
  const at = [...path, 'approvals']
  if (effect !== 'require_approval' && effect !== 'limit') {
    return asked === undefined ? [] : [error(at, 'The list is empty: remove it.')]
  }
  const needs = effect === 'limit' ? 'A limit needs approvals: who is asked beyond it' : NEEDS_PEOPLE
  const message = `${needs}, such as [{ from: sre, count: 1 }].`
  return [error(asked === undefined ? path : at, message)]
}

/** The group is there. */
export function groupFlaw(name: string, path: Path, { groups }: Roster): Flaw[] {
  if (Object.hasOwn(groups, name)) return []
  const near = nearest(name, Object.keys(groups))
  const hint = near === null ? 'define it under groups.' : `did you mean ${quoted(near)}?`
  return [error(path, `There is no group ${quoted(name)}: ${hint}`)]
}

function requirementFlaws(from: string, count: unknown, path: Path, roster: Roster): Flaw[] {
  const unknown = groupFlaw(from, [...path, 'from'], roster)
  if (unknown.length > 0) return unknown
  const { groups, people } = roster
  const users = itemsOf(get(groups[from], 'users')).filter((id) => typeof id === 'string')
  const persons = distinctPeople(users, people)
  if (users.length === 0 || typeof count !== 'number' || count <= persons) return []
  const size = persons === 1 ? 'one person' : `${persons} different people`
  return [
    error([...path, 'count'], `count is ${count}, but group ${quoted(from)} has only ${size}: nobody could fill it.`),
  ]
}

/** Two accounts that `people` joins are one seat (B23). */
function distinctPeople(users: readonly string[], people: People): number {
  const counted: ReadonlySet<Identity>[] = []
  for (const user of users) {
    if (!counted.some((person) => person.has(slackIdentity(user)))) counted.push(closure([slackIdentity(user)], people))
  }
  return counted.length
}
