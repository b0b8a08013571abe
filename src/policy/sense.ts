import canonicalize from 'canonicalize'
import type { Identity } from '../approval/principal.ts'
import { error, type Flaw, fieldsOf, get, itemsOf, type Path, warning } from './content.ts'
import { isBoundless } from './glob.ts'
import { approvalFlaws, type Roster } from './quorum.ts'
import { quoted } from './text.ts'

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
  return [
    ...Object.entries(groups).flatMap(([name, group]) => groupFlaws(name, group)),
    ...twice(get(content, 'admins'), ['admins']),
    ...joinedPeople(people),
    ...approvalFlaws(defaults, defaultEffect === undefined ? 'deny' : defaultEffect, ['defaults'], roster),
    ...rules.flatMap((rule, i) => approvalFlaws(rule, get(rule, 'effect'), ['rules', i], roster)),
    ...rules.flatMap((rule, i) => matchFlaws(rule, ['rules', i, 'match'], options)),
    ...repeatedRules(rules),
  ]
}

/** ASCII only: a Cyrillic letter must not make a second group that looks like the first (I20). */
const GROUP_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

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
      return [error(path, 'A person needs at least one id under slack, emails, github, gitlab or os.')]
    const shared = person.find((identity) => owner.has(identity))
    const other = shared && owner.get(shared)
    for (const identity of person) if (!owner.has(identity)) owner.set(identity, i)
    if (shared === undefined) return []
    return [warning(path, `${quoted(shared)} also belongs to people[${other}]: the two are joined into one person.`)]
  })
}

function matchFlaws(rule: unknown, path: Path, options: { readonly allowAll: boolean }): Flaw[] {
  const match = get(rule, 'match')
  if (match !== fieldsOf(match)) return []
  const members = Object.values(fieldsOf(match))
  if (members.length === 0) {
    return [error(path, 'An empty match matches everything; write action: "**" if that is meant.')]
  }
  const boundless = members.every((member) =>
    (Array.isArray(member) ? member : [member]).some((glob) => typeof glob === 'string' && isBoundless(glob)),
  )
  if (get(rule, 'effect') !== 'allow' || !boundless) return []
  const message = 'This rule allows everything that no other rule catches, without a human'
  return [options.allowAll ? warning(path, `${message}.`) : error(path, `${message}: name the actions it is for.`)]
}

function repeatedRules(rules: readonly unknown[]): Flaw[] {
  const ids = new Map<unknown, number>()
  const matches = new Map<string, number>()
  return rules.flatMap((rule, i) => {
    const flaws: Flaw[] = []
    const id = get(rule, 'id')
    const match = canonicalText(get(rule, 'match'))
    const sameId = ids.get(id)
    const sameMatch = matches.get(match)
    if (typeof id === 'string' && sameId !== undefined) {
      const message = `rules[${sameId}] has this id already: an id names one rule in the audit log.`
      flaws.push(error(['rules', i, 'id'], message))
    }
    if (match !== '' && sameMatch !== undefined) {
      const message = `This is the match of rules[${sameMatch}] again: both rules always apply together.`
      flaws.push(warning(['rules', i, 'match'], message))
    }
    ids.set(id, sameId ?? i)
    matches.set(match, sameMatch ?? i)
    return flaws
  })
}

function canonicalText(value: unknown): string {
  try {
    return canonicalize(value) ?? ''
  } catch {
    // A lone surrogate or NaN has no canonical text; the schema reports it where it stands.
    return ''
  }
}
