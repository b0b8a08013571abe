import { withheld } from '../approval/must-show.ts'
import { closure, emailIdentity, type Identity, slackIdentity } from '../approval/principal.ts'
import type { Ask } from '../approval/request.ts'
import { asStored } from './ask.ts'
import type { Expectation, PolicyCase } from './cases-file.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation, Policy, PolicyProblem } from './policy.ts'
import { durationWords, withheldWords } from './say.ts'
import { nearest, quoted } from './text.ts'

/** What became of one case. */
export interface CaseResult {
  readonly name: string
  /** Of the cases file, from 1. */
  readonly line: number
  readonly passed: boolean
  /** Each thing that is otherwise than expected. */
  readonly differences: readonly Difference[]
  /** Why the case cannot be judged at all; null where it was. */
  readonly problem: string | null
  /** Ids of the rules that apply. */
  readonly rules: readonly string[]
}

interface Difference {
  readonly field: string
  readonly expected: string
  readonly got: string
}

/** Ids of `used_up` that no limit of the policy has: such a case would show nothing, and pass. */
export function unknownLimits(policy: Policy, cases: readonly PolicyCase[]): readonly PolicyProblem[] {
  const limited = policy.rules.filter(({ limit }) => limit !== null).map(({ id }) => id)
  return cases.flatMap(({ used_up, usedUpAt }) =>
    used_up.flatMap((rule, k): readonly PolicyProblem[] => {
      if (limited.includes(rule)) return []
      const { line, column } = usedUpAt[k] ?? { line: 1, column: 1 }
      const isRule = policy.rules.some(({ id }) => id === rule)
      const near = nearest(rule, limited)
      const hint = near === null ? '' : ` Did you mean ${quoted(near)}?`
      const message = `used_up names ${quoted(rule)}, ${isRule ? 'a rule without a limit' : 'but there is no such rule'}.${hint}`
      return [{ line, column, message, level: 'error' }]
    }),
  )
}

export const runCases = (policy: Policy, cases: readonly PolicyCase[]): readonly CaseResult[] =>
  cases.map((each) => runCase(policy, each))

/** A Wednesday at noon. Where the answer depends on the time, the case must say it: no test passes on some days only. */
const SOME_TIME = Date.parse('2026-01-07T12:00:00Z')

function runCase(policy: Policy, written: PolicyCase): CaseResult {
  const { name, line, at, expect } = written
  const told = { name, line }
  const ask = asStored(askOf(written), policy)
  if ('refused' in ask) return { ...told, ...unjudged(`the ask would be refused: ${ask.refused}`) }
  const usedUp = new Set<string>(written.used_up)
  const evaluation = evaluate(policy, { ask, requester: requesterOf(written) }, { nowMs: at ?? SOME_TIME, usedUp })
  const timed = at === undefined ? dependsOnTime(policy, evaluation) : null
  if (timed !== null) {
    return { ...told, ...unjudged(`the answer depends on the time, by rule "${timed}": give the case an "at"`) }
  }
  const hidden = evaluation.effect === 'deny' ? null : withheld(evaluation.mustShow, ask)
  if (hidden) return { ...told, ...unjudged(`the ask would be refused: ${withheldWords(hidden)}`) }
  const differences = differencesOf(expect, evaluation, ask, excludedBy(policy, written))
  return { ...told, passed: differences.length === 0, differences, problem: null, rules: evaluation.rules }
}

const unjudged = (problem: string) => ({ passed: false, differences: [], problem, rules: [] })

function askOf({ ask, requester }: PolicyCase): Ask {
  if (requester?.on_behalf_of === undefined) return ask
  return { ...ask, requester: { ...ask.requester, on_behalf_of: requester.on_behalf_of } }
}

const requesterOf = ({ requester }: PolicyCase) => ({
  client: { id: requester?.client ?? 'a-client', name: requester?.client ?? 'a-client' },
  verifiedBy: requester?.verified_by ?? 'client_key',
})

function dependsOnTime(policy: Policy, { trace }: Evaluation): string | null {
  const timed = new Set(policy.rules.filter(({ during }) => during.length > 0).map(({ id }) => id))
  const found = trace.find(({ rule, answer }) => timed.has(rule) && answer !== 'no_match' && answer !== 'when_false')
  return found?.rule ?? null
}

/** Everybody behind the ask, as far as the case names them: who could approve is Slack's to say, who never can is not. */
function excludedBy(policy: Policy, written: PolicyCase): ReadonlySet<Identity> {
  const human = askOf(written).requester?.on_behalf_of
  const named: (Identity | null)[] = (written.requester?.owners ?? []).map(slackIdentity)
  if (human) named.push('email' in human ? emailIdentity(human.email) : slackIdentity(human.slack_user_id))
  return closure(
    named.filter((identity) => identity !== null),
    policy.people,
  )
}

function differencesOf(
  expect: Expectation,
  got: Evaluation,
  ask: Ask,
  excluded: ReadonlySet<Identity>,
): readonly Difference[] {
  const found: Difference[] = []
  const compare = (field: string, expected: string | undefined, is: string): void => {
    if (expected !== undefined && expected !== is) found.push({ field, expected, got: is })
  }
  const capped = (ms: number, seconds = Number.POSITIVE_INFINITY) => durationWords(Math.min(ms, seconds * 1000))
  compare('effect', expect.effect, got.effect)
  compare('rules', said(expect.rules, list), list(got.rules))
  compare('requirements', said(expect.requirements, seats), seats(got.requirements))
  compare('deny_count', said(expect.deny_count, String), String(got.denyCount))
  compare('ttl', said(expect.ttl, durationWords), capped(got.ttlMs, ask.ttl_seconds))
  compare('grant_ttl', said(expect.grant_ttl, durationWords), capped(got.grantTtlMs, ask.grant_ttl_seconds))
  compare('channels', said(expect.channels, list), list(got.channels))
  compare('reason_required', said(expect.reason_required, list), list(got.reasonRequired))
  compare('must_show', said(expect.must_show, list), list(got.mustShow))
  compare('break_glass', said(expect.break_glass, String), String(got.breakGlass?.from ?? false))
  const free = (expect.excluded ?? []).filter((user) => !excluded.has(slackIdentity(user)))
  if (free.length > 0) {
    found.push({ field: 'excluded', expected: list(expect.excluded ?? []), got: `${list(free)} could approve` })
  }
  return found
}

/** What a case leaves out, it does not expect. */
const said = <T>(expected: T | undefined, words: (expected: T) => string): string | undefined =>
  expected === undefined ? undefined : words(expected)

const list = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.toSorted().join(', '))

const seats = (requirements: readonly { readonly from: string; readonly count: number }[]): string =>
  list(requirements.map(({ from, count }) => `${count} from ${from}`))
