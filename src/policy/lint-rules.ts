import canonicalize from 'canonicalize'
import type { Requirement } from '../approval/requirement.ts'
import { type Flaw, warning } from './content.ts'
import { beginningOf, covers, shared } from './glob-sets.ts'
import type { Policy, Rule } from './policy.ts'

/** Rules against each other: which never add anything, and which denies a spelling goes around (B44). */
export function ruleWarnings(policy: Policy): readonly Flaw[] {
  return policy.rules.flatMap((rule, i) => {
    const others = neighbours(policy, i)
    const over = others.find(({ other, at }) => isShadowed(rule, other, policy, at < i))
    if (over) return [warning(['rules', i, 'id'], shadowText(rule, over.other))]
    return rule.effect === 'allow' ? others.flatMap(({ other }) => dodged(rule, other, i)) : []
  })
}

interface Neighbour {
  readonly other: Rule
  readonly at: number
}

const BEGINNINGS = new WeakMap<Policy['rules'], readonly Beginnings[]>()

/** The rules that could match an ask that this one matches: of ten thousand rules, most are about something else. */
function neighbours({ rules }: Policy, i: number): readonly Neighbour[] {
  const known = BEGINNINGS.get(rules) ?? rules.map(beginningsOf)
  BEGINNINGS.set(rules, known)
  const mine = known[i] ?? []
  return rules.flatMap((other, at) => (at !== i && mayMeet(mine, known[at] ?? []) ? [{ other, at }] : []))
}

/** For each member how the texts it matches begin; null where it is not looked at. */
type Beginnings = readonly (readonly string[] | null)[]

const MEMBERS = ['action', 'resource', 'environment'] as const
const beginningsOf = ({ match }: Rule): Beginnings => MEMBERS.map((member) => match[member]?.map(beginningOf) ?? null)

const mayMeet = (these: Beginnings, those: Beginnings): boolean =>
  these.every((mine, member) => {
    const its = those[member] ?? null
    if (mine === null || its === null) return true
    return mine.some((a) => its.some((b) => a.startsWith(b) || b.startsWith(a)))
  })

/** @param isEarlier of two rules that say the same, the later one is the one too many. */
function isShadowed(rule: Rule, by: Rule, policy: Policy, isEarlier: boolean): boolean {
  if (!addsNothing(rule, by, policy) || !alwaysWith(rule, by)) return false
  return isEarlier || !(addsNothing(by, rule, policy) && alwaysWith(by, rule))
}

function shadowText(rule: Rule, by: Rule): string {
  if (by.effect === 'deny' && rule.effect !== 'deny') {
    return `This rule never matters: whatever it applies to, "${by.id}" denies.`
  }
  const but =
    rule.when === null || by.when !== null ? '' : ' It only denies what its condition cannot be evaluated for.'
  return `This rule never adds anything: whenever it applies, "${by.id}" applies too and says as much.${but}`
}

/** Does `by` match whatever `rule` matches? */
const matchesAll = (by: Rule, rule: Rule): boolean =>
  MEMBERS.every((member) => {
    const wide = by.match[member]
    // Every ask has an action.
    const narrow = rule.match[member] ?? (member === 'action' ? ['**'] : undefined)
    return wide === undefined || (narrow !== undefined && covers(wide, narrow))
  })

/** Does `by` apply whenever `rule` does? */
function alwaysWith(rule: Rule, by: Rule): boolean {
  if (by.when !== null && by.when.source !== rule.when?.source) return false
  if (by.during.length > 0 && canonicalize(by.during) !== canonicalize(rule.during)) return false
  // An allow is read more narrowly than the same globs elsewhere: texts with one spelling alone.
  if (by.effect === 'allow' && rule.effect !== 'allow') return false
  return matchesAll(by, rule)
}

/** Where both apply: is the joined answer the same without `rule`? */
function addsNothing(rule: Rule, by: Rule, { slack }: Policy): boolean {
  if (by.effect === 'deny') return true
  if (rule.effect === 'deny') return false
  if (by.effect === 'allow' && asksPeople(rule)) return false
  const channelOf = (each: Rule) => each.channel ?? (asksPeople(each) ? slack.channel : null)
  const deniesOf = (each: Rule) => each.denyCount ?? (asksPeople(each) ? 1 : null)
  return (
    (!asksPeople(rule) || (asksNoMore(rule.approvals, by.approvals) && isBreakGlassSame(rule, by))) &&
    isNoSmaller(rule.ttlMs, by.ttlMs) &&
    isNoSmaller(rule.grantTtlMs, by.grantTtlMs) &&
    isNoSmaller(deniesOf(rule), deniesOf(by)) &&
    [null, channelOf(by)].includes(channelOf(rule)) &&
    rule.reasonRequired.every((verdict) => by.reasonRequired.includes(verdict)) &&
    rule.mustShow.every((pointer) => by.mustShow.includes(pointer)) &&
    (rule.lateJoiners !== false || by.lateJoiners === false)
  )
}

/** A limited allow does so too, once its limit is used up. */
const asksPeople = (rule: Rule): boolean => rule.effect === 'require_approval' || rule.limit !== null

const asksNoMore = (these: readonly Requirement[], those: readonly Requirement[]): boolean =>
  these.every(({ from, count }) => those.some((other) => other.from === from && other.count >= count))

/** Where one asking rule lets nobody break the glass, nobody may. */
const isBreakGlassSame = (rule: Rule, by: Rule): boolean =>
  by.breakGlass === null || canonicalize(rule.breakGlass) === canonicalize(by.breakGlass)

/** Of what the smallest given counts: nothing given, or nothing smaller. */
const isNoSmaller = (mine: number | null, its: number | null): boolean => mine === null || (its !== null && mine >= its)

/**
 * An allow that a deny takes a part of: whoever finds a spelling that the deny does not know, or leaves out the member it
 * looks at, is allowed (B43). Where the deny matches all of it, only time or a condition tells the two apart: that is meant.
 */
function dodged(allow: Rule, deny: Rule, i: number): readonly Flaw[] {
  if (deny.effect !== 'deny' || matchesAll(deny, allow)) return []
  const both = MEMBERS.map((member) => example(allow.match[member], deny.match[member], member))
  if (both.includes(null)) return []
  const words = both.filter((text) => text !== '').join(', ')
  const message =
    `"${deny.id}" denies a part of what this allows (${words}): ` +
    'a spelling that it does not know is allowed. Better allow only what is meant.'
  return [warning(['rules', i, 'id'], message)]
}

/** A text of this member that both match, as `action data.read`; empty where neither looks at it; null where there is none. */
function example(a: readonly string[] | undefined, b: readonly string[] | undefined, member: string): string | null {
  const text = a && b ? shared(a, b) : a || b ? shared(a ?? b ?? [], ['**']) : ''
  return text === null || text === '' ? text : `${member} ${JSON.stringify(text)}`
}
