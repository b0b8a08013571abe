import { ExpressionError } from './expression-error.ts'
import { type Facts, factsOf } from './facts.ts'
import { asked, matchingOf } from './matching.ts'
import type { Circumstances, EffectName, Policy, Rule, Subject, Traced } from './policy.ts'
import { isOpen } from './window.ts'

/** A rule that applies, and what it says of this ask: a failed condition denies, a used-up allow asks people. */
export interface Applied {
  readonly rule: Rule
  readonly effect: EffectName
  readonly failed: boolean
}

export interface Applicable {
  readonly applied: readonly Applied[]
  readonly trace: readonly Traced[]
  /** True where a rule that would not deny applies but for the hour. Worked out only when asked. */
  readonly couldApply: () => boolean
}

/** Each rule by itself: its globs, then its windows, then its condition. */
export function applicable(rules: Policy['rules'], subject: Subject, at: Circumstances): Applicable {
  const matching = matchingOf(rules)
  const trace = [...matching.otherActions]
  const applied: Applied[] = []
  const closed: Rule[] = []
  const toMatch = asked(subject.ask)
  let facts: Facts | null = null
  const answerOf = (rule: Rule): Answer => {
    if (rule.when === null) return APPLIES
    facts ??= factsOf(subject)
    return ask(rule.when, facts)
  }
  for (const { rule, at: place, mismatch } of matching.candidates(subject.ask.action)) {
    const detail = mismatch(toMatch)
    if (detail !== null) {
      trace[place] = { rule: rule.id, answer: 'no_match', detail }
      continue
    }
    if (!isOpen(rule.during, at.nowMs)) {
      closed.push(rule)
      trace[place] = { rule: rule.id, answer: 'not_at_this_time', detail: null }
      continue
    }
    const { answer, detail: fault } = answerOf(rule)
    const usedUp = answer === 'applies' && rule.limit !== null && at.usedUp?.has(rule.id) === true
    trace[place] = { rule: rule.id, answer, detail: usedUp ? USED_UP : fault }
    if (answer === 'when_failed') applied.push({ rule, effect: 'deny', failed: true })
    if (answer === 'applies') {
      applied.push({ rule, effect: usedUp ? 'require_approval' : rule.effect, failed: false })
    }
  }
  return {
    applied,
    trace,
    couldApply: () => closed.some((rule) => rule.effect !== 'deny' && answerOf(rule).answer === 'applies'),
  }
}

const USED_UP = 'its limit is used up: people are asked'

interface Answer {
  readonly answer: 'applies' | 'when_false' | 'when_failed'
  readonly detail: string | null
}

const APPLIES: Answer = { answer: 'applies', detail: null }
const WHEN_FALSE: Answer = { answer: 'when_false', detail: null }

function ask(when: NonNullable<Rule['when']>, facts: Facts): Answer {
  try {
    return when.evaluate(facts) ? APPLIES : WHEN_FALSE
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return { answer: 'when_failed', detail: error.message }
  }
}
