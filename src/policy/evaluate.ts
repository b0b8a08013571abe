import { stricter } from '../approval/requirement.ts'
import { globMatches } from './glob.ts'
import type { EffectName, Evaluation, Policy, Rule, Subject } from './policy.ts'
import { hasOneSpelling } from './text.ts'

/**
 * Which rules apply to this ask, and what they ask for together. Their order never matters (B44): deny wins,
 * requirements add up, the shortest time and the smallest deny count win, and allow is the answer only where nothing
 * that matched asks for more. Where nothing matched, the defaults answer.
 */
export function evaluate(policy: Policy, subject: Subject): Evaluation {
  const matched = policy.rules.filter((rule) => applies(rule, subject))
  if (matched.length === 0) return byDefault(policy)
  const effect = strictest(matched)
  return {
    digest: policy.digest,
    effect,
    rules: matched.map((rule) => rule.id),
    // What can never be approved, or needs no approval, has no seats to show.
    requirements:
      effect === 'require_approval'
        ? matched.map((rule) => rule.approvals).reduce((joined, more) => stricter(joined, more), [])
        : [],
    denyCount: Math.min(...given(matched.map(denyCountOf)), Number.MAX_SAFE_INTEGER),
    ttlMs: shortest(
      matched.map((rule) => rule.ttlMs),
      policy.defaults.ttlMs,
    ),
    grantTtlMs: shortest(
      matched.map((rule) => rule.grantTtlMs),
      policy.defaults.grantTtlMs,
    ),
    channels: [...new Set(given(matched.map((rule) => channelOf(rule, policy))))],
    reasonRequired: (['approve', 'deny'] as const).filter((verdict) =>
      matched.some((rule) => rule.reasonRequired.includes(verdict)),
    ),
  }
}

function byDefault({ digest, defaults, slack }: Policy): Evaluation {
  const asks = defaults.effect === 'require_approval'
  return {
    digest,
    effect: defaults.effect,
    rules: [],
    requirements: asks ? defaults.approvals : [],
    denyCount: 1,
    ttlMs: defaults.ttlMs,
    grantTtlMs: defaults.grantTtlMs,
    channels: asks ? [slack.channel] : [],
    reasonRequired: [],
  }
}

/** A member that the ask leaves out never matches: silence must not reach an allow rule, and the defaults are safe. */
function applies({ match, effect }: Rule, subject: Subject): boolean {
  const fits = (globs: readonly string[] | undefined, value: string | undefined): boolean =>
    globs === undefined || (value !== undefined && globs.some((glob) => globMatches(glob, value)))
  if (
    effect === 'allow' &&
    ![subject.action, subject.resource ?? '', subject.environment ?? ''].every(hasOneSpelling)
  ) {
    return false
  }
  return (
    fits(match.action, subject.action) &&
    fits(match.resource, subject.resource) &&
    fits(match.environment, subject.environment)
  )
}

function strictest(rules: readonly Rule[]): EffectName {
  if (rules.some((rule) => rule.effect === 'deny')) return 'deny'
  return rules.every((rule) => rule.effect === 'allow') ? 'allow' : 'require_approval'
}

/** A rule that asks people and says nothing means one deny; others have no say in it. */
const denyCountOf = (rule: Rule): number | null => rule.denyCount ?? (rule.effect === 'require_approval' ? 1 : null)
const channelOf = (rule: Rule, { slack }: Policy): string | null =>
  rule.channel ?? (rule.effect === 'require_approval' ? slack.channel : null)

const given = <T>(values: readonly (T | null)[]): T[] => values.filter((value) => value !== null)

function shortest(values: readonly (number | null)[], otherwise: number): number {
  const times = given(values)
  return times.length === 0 ? otherwise : Math.min(...times)
}
