import canonicalize from 'canonicalize'
import { error, type Flaw, fieldsOf, get, itemsOf, type Path, warning } from './content.ts'
import { isBoundless } from './glob.ts'
import { approvalFlaws, groupFlaw, type Roster } from './quorum.ts'

/** What the fields of the rules say together. */

export interface RuleOptions {
  readonly allowAll: boolean
  readonly roster: Roster
  /** Does `defaults` name a time zone? */
  readonly hasZone: boolean
}

export function ruleFlaws(rules: readonly unknown[], options: RuleOptions): Flaw[] {
  return [
    ...rules.flatMap((rule, i) => [
      ...approvalFlaws(rule, get(rule, 'effect'), ['rules', i], options.roster),
      ...matchFlaws(rule, ['rules', i, 'match'], options),
      ...limitFlaws(rule, ['rules', i]),
      ...windowFlaws(get(rule, 'during'), ['rules', i, 'during'], options.hasZone),
      ...emergencyFlaws(rule, ['rules', i, 'break_glass'], options.roster),
      ...lateFlaws(rule, ['rules', i, 'late_joiners'], options.roster),
    ]),
    ...repeatedRules(rules),
  ]
}

function matchFlaws(rule: unknown, path: Path, { allowAll }: RuleOptions): Flaw[] {
  const match = get(rule, 'match')
  if (match !== fieldsOf(match)) return []
  const members = Object.values(fieldsOf(match))
  if (members.length === 0) {
    return [error(path, 'An empty match matches everything; write action: "**" if that is meant.')]
  }
  const boundless = members.every((member) =>
    (Array.isArray(member) ? member : [member]).some((glob) => typeof glob === 'string' && isBoundless(glob)),
  )
  if (get(rule, 'effect') !== 'allow' || !boundless || get(rule, 'when') !== undefined) return []
  const message = 'This rule allows everything that no other rule catches, without a human'
  return [allowAll ? warning(path, `${message}.`) : error(path, `${message}: name the actions it is for.`)]
}

function limitFlaws(rule: unknown, path: Path): Flaw[] {
  const effect = get(rule, 'effect')
  if (get(rule, 'limit') === undefined || (effect !== 'deny' && effect !== 'require_approval')) return []
  return [error([...path, 'limit'], `limit belongs only to effect: allow; here it is ${effect}.`, 'key')]
}

function windowFlaws(during: unknown, path: Path, hasZone: boolean): Flaw[] {
  const windows = Array.isArray(during) ? during : [during]
  return windows.flatMap((window: unknown, i) => {
    if (window !== fieldsOf(window)) return []
    const at = Array.isArray(during) ? [...path, i] : path
    const flaws: Flaw[] = []
    const [from, to, dates] = [get(window, 'from'), get(window, 'to'), get(window, 'dates')]
    if ([get(window, 'days'), from, to, dates].every((part) => part === undefined)) {
      flaws.push(error(at, 'This window is always: name days, from and to, or dates.'))
    }
    if (!hasZone && get(window, 'zone') === undefined) {
      flaws.push(error(at, 'zone is missing here and in defaults: whose clock is it, such as Europe/Berlin?'))
    }
    if (typeof from === 'string' && from === (to ?? '24:00')) {
      flaws.push(error([...at, 'from'], 'from and to are the same: leave both out for the whole day.'))
    }
    return [...flaws, ...dateFlaws(dates, [...at, 'dates'])]
  })
}

function dateFlaws(dates: unknown, path: Path): Flaw[] {
  if (dates !== fieldsOf(dates)) return []
  const [from, to] = [get(dates, 'from'), get(dates, 'to')]
  if (from === undefined && to === undefined) return [error(path, 'dates needs from, to or both.')]
  if (typeof from !== 'string' || typeof to !== 'string' || from <= to) return []
  return [error([...path, 'to'], 'to is before from: no day is in between.')]
}

function emergencyFlaws(rule: unknown, path: Path, roster: Roster): Flaw[] {
  const glass = get(rule, 'break_glass')
  const effect = get(rule, 'effect')
  if (glass !== fieldsOf(glass)) return []
  const from = get(glass, 'from')
  const flaws = typeof from === 'string' ? groupFlaw(from, [...path, 'from'], roster) : []
  const asks = effect === 'require_approval' || get(rule, 'limit') !== undefined
  if (typeof effect !== 'string' || asks) return flaws
  return [
    ...flaws,
    error(path, `break_glass belongs to a rule that asks people; the effect of this one is ${effect}.`, 'key'),
  ]
}

function lateFlaws(rule: unknown, path: Path, { groups }: Roster): Flaw[] {
  if (get(rule, 'late_joiners') !== true) return []
  const lists = itemsOf(get(rule, 'approvals'))
    .map((requirement) => get(requirement, 'from'))
    .filter((from) => typeof from === 'string' && get(groups[from], 'users') !== undefined)
  const message = `${lists.join(', ')} is a fixed list: whoever is added to it later can only decide what is asked later.`
  return lists.length === 0 ? [] : [warning(path, message)]
}

function repeatedRules(rules: readonly unknown[]): Flaw[] {
  const ids = new Map<unknown, number>()
  const matches = new Map<string, number>()
  return rules.flatMap((rule, i) => {
    const flaws: Flaw[] = []
    const id = get(rule, 'id')
    const when = canonicalText([get(rule, 'match'), get(rule, 'when') ?? null, get(rule, 'during') ?? null])
    const sameId = ids.get(id)
    const sameMatch = matches.get(when)
    if (typeof id === 'string' && sameId !== undefined) {
      const message = `rules[${sameId}] has this id already: an id names one rule in the audit log.`
      flaws.push(error(['rules', i, 'id'], message))
    }
    if (when !== '' && sameMatch !== undefined && get(rule, 'match') !== undefined) {
      const message = `This is the match of rules[${sameMatch}] again: both rules always apply together.`
      flaws.push(warning(['rules', i, 'match'], message))
    }
    ids.set(id, sameId ?? i)
    matches.set(when, sameMatch ?? i)
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
