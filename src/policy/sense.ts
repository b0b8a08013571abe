import canonicalize from 'canonicalize'
import { closure, type Identity, type People, slackIdentity } from '../approval/principal.ts'
import { isBoundless } from './glob.ts'
import type { PolicyProblem } from './policy.ts'
import { nearest, quoted } from './text.ts'

/** Something wrong at a path of the file. */
export interface Flaw {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly at: 'key' | 'value'
  readonly level: PolicyProblem['level']
}

/**
 * What the fields say together: names that point nowhere, quorums nobody can fill, rules that allow everything.
 * It reads the raw content, well shaped or not, so that these problems are reported beside all others in one run.
 */
export function flawsOf(
  content: unknown,
  people: KnownPeople,
  options: { readonly allowAll: boolean },
): readonly Flaw[] {
  const known = people.filter((person) => person !== null)
  const file: Content = { groups: fieldsOf(get(content, 'groups')), people: known }
  const defaults = get(content, 'defaults')
  const rules = itemsOf(get(content, 'rules'))
  return [
    ...Object.entries(file.groups).flatMap(([name, group]) => groupFlaws(name, group)),
    ...twice(get(content, 'admins'), ['admins']),
    ...joinedPeople(people),
    ...approvalFlaws(defaults, get(defaults, 'effect') ?? 'deny', ['defaults'], file),
    ...rules.flatMap((rule, i) => approvalFlaws(rule, get(rule, 'effect'), ['rules', i], file)),
    ...rules.flatMap((rule, i) => matchFlaws(rule, ['rules', i, 'match'], options)),
    ...repeatedRules(rules),
  ]
}

/** Each entry of `people` as read, null where its shape is wrong. */
export type KnownPeople = readonly (readonly Identity[] | null)[]

interface Content {
  readonly groups: Readonly<Record<string, unknown>>
  readonly people: People
}
type Path = readonly PropertyKey[]

const error = (path: Path, message: string, at: Flaw['at'] = 'value'): Flaw => ({ path, message, at, level: 'error' })
const warning = (path: Path, message: string): Flaw => ({ path, message, at: 'value', level: 'warning' })

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
const get = (value: unknown, key: string): unknown =>
  Object.hasOwn(fieldsOf(value), key) ? fieldsOf(value)[key] : undefined
const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** ASCII only: a Cyrillic letter must not make a second group that looks like the first (I20). */
const GROUP_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

function groupFlaws(name: string, group: unknown): Flaw[] {
  const path = ['groups', name]
  const flaws = twice(get(group, 'users'), [...path, 'users'])
  if (!GROUP_NAME.test(name)) {
    flaws.push(
      error(path, 'Group names are 1 to 64 of A-Z, a-z, 0-9, dot, _ and -, beginning with a letter or digit.', 'key'),
    )
  }
  const ways = [get(group, 'usergroup'), get(group, 'users')].filter((way) => way !== undefined)
  if (group !== null && typeof group === 'object' && ways.length !== 1) {
    flaws.push(error(path, 'A group is either { usergroup: S… } or { users: [U…] }: write exactly one of them.', 'key'))
  }
  if (Array.isArray(get(group, 'users')) && itemsOf(get(group, 'users')).length === 0) {
    flaws.push(error([...path, 'users'], 'The list is empty: nobody could ever approve (B45).'))
  }
  return flaws
}

function twice(list: unknown, path: Path): Flaw[] {
  const items = itemsOf(list)
  const seen = new Set<unknown>()
  return items.flatMap((item, i) => {
    if (!seen.has(item)) return void seen.add(item) ?? []
    return [error([...path, i], `${quoted(String(item))} is listed twice: it is one person.`)]
  })
}

function joinedPeople(people: KnownPeople): Flaw[] {
  const owner = new Map<Identity, number>()
  return people.flatMap((person, i) => {
    if (person === null) return []
    if (person.length === 0)
      return [error(['people', i], 'A person needs at least one id under slack, emails, github or gitlab.')]
    const shared = person.find((identity) => owner.has(identity))
    for (const identity of person) if (!owner.has(identity)) owner.set(identity, i)
    if (shared === undefined) return []
    return [
      warning(
        ['people', i],
        `${quoted(shared)} also belongs to people[${owner.get(shared)}]: the two are joined into one person.`,
      ),
    ]
  })
}

/** Approvals stand exactly where people are asked, name known groups, and can be filled. */
function approvalFlaws(holder: unknown, effect: unknown, path: Path, file: Content): Flaw[] {
  const asked = get(holder, 'approvals')
  const at = [...path, 'approvals']
  if (asked === undefined || (Array.isArray(asked) && asked.length === 0)) {
    if (effect !== 'require_approval') return asked === undefined ? [] : [error(at, 'The list is empty: remove it.')]
    return [
      error(
        asked === undefined ? path : at,
        'effect: require_approval needs approvals: who has to approve, such as [{ from: sre, count: 1 }].',
      ),
    ]
  }
  const flaws: Flaw[] = []
  if (effect === 'allow' || effect === 'deny') {
    flaws.push(error(at, `approvals are asked for only with effect: require_approval; here it is ${effect}.`, 'key'))
  }
  const seen = new Set<unknown>()
  itemsOf(asked).forEach((requirement, i) => {
    const from = get(requirement, 'from')
    if (typeof from !== 'string') return
    if (seen.has(from))
      flaws.push(
        error(
          [...at, i, 'from'],
          `${quoted(from)} stands in these approvals already: write one entry with the larger count.`,
        ),
      )
    seen.add(from)
    flaws.push(...requirementFlaws(from, get(requirement, 'count'), [...at, i], file))
  })
  return flaws
}

function requirementFlaws(from: string, count: unknown, path: Path, { groups, people }: Content): Flaw[] {
  if (!Object.hasOwn(groups, from)) {
    const near = nearest(from, Object.keys(groups))
    const hint = near === null ? 'define it under groups' : `did you mean ${quoted(near)}?`
    return [error([...path, 'from'], `There is no group ${quoted(from)}: ${hint}`)]
  }
  const users = itemsOf(get(groups[from], 'users')).filter((id) => typeof id === 'string')
  if (users.length === 0 || typeof count !== 'number') return []
  const persons = distinctPeople(users, people)
  if (count <= persons) return []
  return [
    error(
      [...path, 'count'],
      `count is ${count}, but group ${quoted(from)} has only ${persons} ${persons === 1 ? 'person' : 'different people'}: nobody could fill it (B45).`,
    ),
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

function matchFlaws(rule: unknown, path: Path, options: { readonly allowAll: boolean }): Flaw[] {
  const match = get(rule, 'match')
  if (typeof match !== 'object' || match === null || Array.isArray(match)) return []
  const members = Object.values(match)
  if (members.length === 0)
    return [error(path, 'An empty match matches everything; write action: "**" if that is meant.')]
  const boundless = members.every((member) =>
    (Array.isArray(member) ? member : [member]).some((glob) => typeof glob === 'string' && isBoundless(glob)),
  )
  if (get(rule, 'effect') !== 'allow' || !boundless) return []
  if (options.allowAll) return [warning(path, 'This rule allows whatever no other rule catches, without a human.')]
  return [
    error(
      path,
      'This rule would allow everything that no other rule catches, without a human: name the actions it is for.',
    ),
  ]
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
      flaws.push(
        error(
          ['rules', i, 'id'],
          `rules[${sameId}] has this id already: ids name a rule in the audit log and must differ.`,
        ),
      )
    }
    if (match !== '' && sameMatch !== undefined) {
      flaws.push(
        warning(
          ['rules', i, 'match'],
          `This is the match of rules[${sameMatch}] again: both rules always apply together.`,
        ),
      )
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
