import type { Identity } from '../approval/principal.ts'
import { error, type Flaw, fieldsOf, get, itemsOf, type Path, warning } from './content.ts'
import { issuerFlaws, subjectFlaws } from './issuer.ts'
import { approvalFlaws, type Roster } from './quorum.ts'
import { ruleFlaws } from './sense-rule.ts'
import { quoted } from './text.ts'
import { GROUP_NAME } from './words.ts'

/** Each entry of `people` as read, null where its shape is wrong. */
export type KnownPeople = readonly (readonly Identity[] | null)[]

/**
 * What the fields say together: names that point nowhere, quorums nobody can fill, rules that allow everything.
 * It reads the raw content, well shaped or not, so that these problems are reported beside all others in one run.
 */
export function flawsOf(content: unknown, people: KnownPeople, options: { readonly allowAll: boolean }): Flaw[] {
  const groups = fieldsOf(get(content, 'groups'))
  const roster: Roster = { groups, people: people.filter((person) => person !== null) }
  const defaults = get(content, 'defaults')
  const defaultEffect = get(defaults, 'effect')
  const rules = itemsOf(get(content, 'rules'))
  const issuers = itemsOf(get(content, 'issuers'))
  return [
    ...Object.entries(groups).flatMap(([name, group]) => groupFlaws(name, group)),
    ...twice(get(content, 'admins'), ['admins']),
    ...joinedPeople(people),
    ...approvalFlaws(defaults, defaultEffect === undefined ? 'deny' : defaultEffect, ['defaults'], roster),
    ...ruleFlaws(rules, { ...options, roster, hasZone: get(defaults, 'zone') !== undefined }),
    ...issuerFlaws(issuers),
    ...subjectFlaws(itemsOf(get(content, 'people')), issuers),
  ]
}

function groupFlaws(name: string, group: unknown): Flaw[] {
  const path = ['groups', name]
  const users = get(group, 'users')
  const flaws = twice(users, [...path, 'users'])
  if (!GROUP_NAME.test(name)) {
    const message = 'Group names are 1 to 64 of A-Z, a-z, 0-9, dot, _ and -, beginning with a letter or digit.'
    flaws.push(error(path, message, 'key'))
  }
  const ways = [get(group, 'usergroup'), users].filter((way) => way !== undefined)
  if (group === fieldsOf(group) && ways.length !== 1) {
    const message = 'A group is either { usergroup: S… } or { users: [U…] }: write exactly one of them.'
    flaws.push(error(path, message, 'key'))
  }
  if (Array.isArray(users) && users.length === 0) {
    flaws.push(error([...path, 'users'], 'The list is empty: nobody could ever approve.'))
  }
  return flaws
}

function twice(list: unknown, path: Path): Flaw[] {
  const items = itemsOf(list)
  const first = new Map<unknown, number>()
  items.forEach((item, i) => {
    if (!first.has(item)) first.set(item, i)
  })
  return items.flatMap((item, i) =>
    first.get(item) === i ? [] : [error([...path, i], 'This id is listed twice: it is one person.')],
  )
}

function joinedPeople(people: KnownPeople): Flaw[] {
  const owner = new Map<Identity, number>()
  return people.flatMap((person, i) => {
    if (person === null) return []
    const path = ['people', i]
    if (person.length === 0)
      return [error(path, 'A person needs at least one id under slack, emails, github, gitlab, oidc or os.')]
    const shared = person.find((identity) => owner.has(identity))
    const other = shared && owner.get(shared)
    for (const identity of person) if (!owner.has(identity)) owner.set(identity, i)
    if (shared === undefined) return []
    return [warning(path, `${quoted(shared)} also belongs to people[${other}]: the two are joined into one person.`)]
  })
}
