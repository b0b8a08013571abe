import type { BreakGlassRule } from '../approval/request.ts'
import { stricter } from '../approval/requirement.ts'
import { type Applied, applicable } from './applies.ts'
import type { Circumstances, EffectName, Evaluation, Policy, Rule, Subject } from './policy.ts'

/**
 * Which rules apply to this ask at this moment, and what they ask for together. Their order never matters (B44): deny wins,
 * requirements add up, the shortest time and the smallest deny count win, and allow is the answer only where nothing that
 * applies asks for more. A rule whose condition cannot be evaluated is a deny. Where nothing applies, the defaults answer.
 */
export function evaluate(policy: Policy, subject: Subject, at: Circumstances): Evaluation {
  const { applied, trace, couldApply } = applicable(policy.rules, subject, at)
  const effect = strictest(applied) ?? policy.defaults.effect
  const joined = applied.length === 0 ? byDefault(policy) : together(policy, applied, effect)
  return {
    ...joined,
    digest: policy.digest,
    effect,
    rules: applied.map(({ rule }) => rule.id),
    failed: applied.filter(({ failed }) => failed).map(({ rule }) => rule.id),
    onlyNow: effect === 'deny' && couldPass(policy, applied, couldApply),
    trace,
  }
}

type Joined = Omit<Evaluation, 'digest' | 'effect' | 'rules' | 'failed' | 'onlyNow' | 'trace'>

function together(policy: Policy, applied: readonly Applied[], effect: EffectName): Joined {
  const rules = applied.map(({ rule }) => rule)
  // What can never be approved, or needs no approval, has no seats to show.
  const asking = effect === 'require_approval' ? applied.filter((a) => a.effect === 'require_approval') : []
  const grantTtlMs = shortest(
    rules.map((rule) => rule.grantTtlMs),
    policy.defaults.grantTtlMs,
  )
  return {
    requirements: asking.map(({ rule }) => rule.approvals).reduce((joined, more) => stricter(joined, more), []),
    noLateJoiners: closedGroups(asking),
    denyCount: Math.min(...given(applied.map(denyCountOf)), Number.MAX_SAFE_INTEGER),
    ttlMs: shortest(
      rules.map((rule) => rule.ttlMs),
      policy.defaults.ttlMs,
    ),
    grantTtlMs,
    channels: [...new Set(given(applied.map((each) => channelOf(each, policy))))],
    reasonRequired: (['approve', 'deny'] as const).filter((verdict) =>
      rules.some((rule) => rule.reasonRequired.includes(verdict)),
    ),
    mustShow: [...new Set(rules.flatMap((rule) => rule.mustShow))],
    limits: effect === 'allow' ? rules.flatMap((rule) => (rule.limit ? [{ rule: rule.id, ...rule.limit }] : [])) : [],
    breakGlass: emergency(asking, grantTtlMs),
  }
}

function byDefault({ defaults, slack }: Policy): Joined {
  const asks = defaults.effect === 'require_approval'
  return {
    requirements: asks ? defaults.approvals : [],
    noLateJoiners: [],
    denyCount: 1,
    ttlMs: defaults.ttlMs,
    grantTtlMs: defaults.grantTtlMs,
    channels: asks ? [slack.channel] : [],
    reasonRequired: [],
    mustShow: [],
    limits: [],
    breakGlass: null,
  }
}

function strictest(applied: readonly Applied[]): EffectName | null {
  if (applied.length === 0) return null
  if (applied.some(({ effect }) => effect === 'deny')) return 'deny'
  return applied.every(({ effect }) => effect === 'allow') ? 'allow' : 'require_approval'
}

/**
 * Would the same ask pass at another hour? Every deny comes from a rule with windows, and without those something says
 * other than deny: a rule that applies now, one whose window is closed, or the default.
 */
function couldPass(policy: Policy, applied: readonly Applied[], couldApply: () => boolean): boolean {
  const denies = applied.filter(({ effect }) => effect === 'deny')
  if (denies.some(({ rule }) => rule.during.length === 0)) return false
  return denies.length < applied.length || policy.defaults.effect !== 'deny' || couldApply()
}

/**
 * One rule that says no late joiners is enough, for those who break the glass as well. A fixed list needs none of this: it
 * is pinned as it stands.
 */
function closedGroups(asking: readonly Applied[]): readonly string[] {
  const closed = asking.filter(({ rule }) => rule.lateJoiners === false)
  const groups = closed.flatMap(({ rule }) => [...rule.approvals, ...(rule.breakGlass ? [rule.breakGlass] : [])])
  return [...new Set(groups.filter(({ group }) => 'usergroup' in group).map(({ from }) => from))]
}

/** How long an emergency's yes may be used where no rule says it. */
const EMERGENCY_MS = 120_000

/** Only where every rule that asks people lets the same group break the glass; alone where one of them says nothing. */
function emergency(asking: readonly Applied[], grantTtlMs: number): BreakGlassRule | null {
  const ways = asking.map(({ rule }) => rule.breakGlass)
  const [first] = ways
  if (!first || ways.some((way) => way?.from !== first.from)) return null
  return {
    from: first.from,
    group: first.group,
    grantTtlMs: Math.min(grantTtlMs, ...ways.map((way) => way?.grantTtlMs ?? EMERGENCY_MS)),
    self: ways.every((way) => way?.self === true),
  }
}

/** A rule that asks people and says nothing means one deny; others have no say in it. */
const denyCountOf = ({ rule, effect }: Applied): number | null =>
  rule.denyCount ?? (effect === 'require_approval' ? 1 : null)
const channelOf = ({ rule, effect }: Applied, { slack }: Policy): string | null =>
  rule.channel ?? (effect === 'require_approval' ? slack.channel : null)

const given = <T>(values: readonly (T | null)[]): T[] => values.filter((value) => value !== null)

function shortest(values: readonly Rule['ttlMs'][], otherwise: number): number {
  const times = given(values)
  return times.length === 0 ? otherwise : Math.min(...times)
}
