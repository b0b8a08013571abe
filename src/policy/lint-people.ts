import { closure, type Identity, type People, slackIdentity } from '../approval/principal.ts'
import { fulfilled, type Group, type Requirement } from '../approval/requirement.ts'
import { type Flaw, warning } from './content.ts'
import type { Policy } from './policy.ts'

/** From this many on, whoever writes the rule should know how many people it wakes. */
const MANY = 20
/** A card names at most so many people of a fixed list; a user group is told as a whole. */
const NAMED_ON_A_CARD = 10

type Members = ReadonlyMap<string, readonly string[]>

export function peopleWarnings(policy: Policy, members: Members): readonly Flaw[] {
  const { groups, people, defaults, rules } = policy
  const asking = [
    ...rules.map((rule, i) => ({ ...rule, path: ['rules', i] })),
    { ...defaults, path: ['defaults'], denyCount: null },
  ].filter(({ approvals }) => approvals.length > 0)
  return [
    ...Object.entries(groups).flatMap(([name, group]) => {
      const isEmpty = 'usergroup' in group && members.get(group.usergroup)?.length === 0
      const message = 'This user group is empty in Slack: what needs it cannot be approved by anybody.'
      return isEmpty ? [warning(['groups', name, 'usergroup'], message)] : []
    }),
    ...asking.flatMap(({ approvals, denyCount, path }) => [
      ...seatWarnings(approvals, people, members, [...path, 'approvals']),
      ...denyWarnings(approvals, denyCount, people, members, [...path, 'deny_count']),
      ...noiseWarnings(approvals, members, [...path, 'approvals']),
    ]),
  ]
}

/** How many people an announcement wakes; null where a group was not read. */
export function wakes(approvals: readonly Requirement[], members: Members): number | null {
  const told = new Set<string>()
  const named = new Set<string>()
  for (const { group } of approvals) {
    const users = usersOf(group, members)
    if (users === null) return null
    for (const user of users) ('users' in group ? named : told).add(user)
  }
  return told.size + Math.min(NAMED_ON_A_CARD, [...named].filter((user) => !told.has(user)).length)
}

function noiseWarnings(approvals: readonly Requirement[], members: Members, path: Flaw['path']): readonly Flaw[] {
  const count = wakes(approvals, members)
  if (count === null || count < MANY) return []
  return [warning(path, `This will notify ${count} people each time: a smaller group answers sooner.`)]
}

function seatWarnings(
  approvals: readonly Requirement[],
  people: People,
  members: Members,
  path: Flaw['path'],
): readonly Flaw[] {
  const known = approvals.filter(({ group }) => (usersOf(group, members)?.length ?? 0) > 0)
  const small = known.flatMap(({ from, count, group }) => {
    const persons = distinct([{ from, group }], people, members).length
    if (persons >= count || 'users' in group) return []
    const i = approvals.findIndex((requirement) => requirement.from === from)
    const message = `count is ${count}, but ${from} has only ${persons} in Slack: nobody could fill it.`
    return [warning([...path, i, 'count'], message)]
  })
  if (small.length > 0 || known.length === 0) return small
  const persons = distinct(known, people, members)
  if (fulfilled(known, persons)) return []
  const seats = known.reduce((sum, { count }) => sum + count, 0)
  const message =
    `These seats can never all be filled: ${seats} different people are needed, ` +
    `and ${known.map(({ from }) => from).join(', ')} have ${persons.length} between them.`
  return [warning(path, persons.length < seats ? message : `${NEVER_SEATED} (${known.map((k) => k.from).join(', ')})`)]
}

const NEVER_SEATED = 'These seats can never all be filled: the same people are needed in several of them'

function denyWarnings(
  approvals: readonly Requirement[],
  denyCount: number | null,
  people: People,
  members: Members,
  path: Flaw['path'],
): readonly Flaw[] {
  if (denyCount === null || approvals.some(({ group }) => usersOf(group, members) === null)) return []
  const persons = distinct(approvals, people, members).length
  if (denyCount <= persons) return []
  return [warning(path, `Only ${persons} different people may deny this, so ${denyCount} denies can never come.`)]
}

/** The members, or null where they were not read. */
const usersOf = (group: Group, members: Members): readonly string[] | null =>
  'users' in group ? group.users : (members.get(group.usergroup) ?? null)

/** Everybody in these groups, accounts that `people` joins counted once (B23), with the groups she is in. */
function distinct(
  approvals: readonly Pick<Requirement, 'from' | 'group'>[],
  people: People,
  members: Members,
): readonly { readonly groups: readonly string[] }[] {
  const persons: { readonly all: ReadonlySet<Identity>; readonly groups: string[] }[] = []
  for (const { from, group } of approvals) {
    for (const user of usersOf(group, members) ?? []) {
      const known = persons.find(({ all }) => all.has(slackIdentity(user)))
      if (known) known.groups.push(from)
      else persons.push({ all: closure([slackIdentity(user)], people), groups: [from] })
    }
  }
  return persons
}
