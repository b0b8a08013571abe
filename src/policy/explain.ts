import { withheld } from '../approval/must-show.ts'
import { oneLine } from '../approval/one-line.ts'
import { pointerPath } from '../approval/pointer.ts'
import type { Ask } from '../approval/request.ts'
import { fieldsRead, partsOf } from './condition.ts'
import { evaluate } from './evaluate.ts'
import type { Expression } from './expression.ts'
import { factsOf } from './facts.ts'
import { globMatches } from './glob.ts'
import type { Circumstances, Evaluation, Policy, Rule, Subject, Traced } from './policy.ts'
import { durationWords, momentWords, seatWords, windowWords, withheldWords } from './say.ts'

/** One rule and one ask, in words. */
interface RuleExplained {
  readonly rule: string
  readonly answer: Traced['answer']
  /** What the rule says where it applies; null where it does not. */
  readonly says: string | null
  /** Why it applies, or why it does not. */
  readonly why: readonly string[]
}

export interface Explanation {
  readonly evaluation: Evaluation
  /** In the order of the file. */
  readonly rules: readonly RuleExplained[]
  /** The whole answer in one sentence. */
  readonly summary: string
}

/** The evaluation that decides, and its trace in plain words. */
export function explain(policy: Policy, subject: Subject, at: Circumstances): Explanation {
  const evaluation = evaluate(policy, subject, at)
  const byId = new Map(policy.rules.map((rule) => [rule.id, rule]))
  const rules = evaluation.trace.map((traced): RuleExplained => {
    const rule = byId.get(traced.rule)
    if (!rule) throw new Error(`the trace names the rule ${traced.rule}, which the policy has not`)
    return {
      rule: rule.id,
      answer: traced.answer,
      says: saidBy(rule, traced, at),
      why: whyOf(rule, traced, subject, at),
    }
  })
  const hidden = evaluation.effect === 'deny' ? null : withheld(evaluation.mustShow, subject.ask)
  const summary = hidden ? `Refused: ${withheldWords(hidden)}.` : summaryOf(evaluation, policy)
  return { evaluation, rules, summary }
}

function summaryOf(evaluation: Evaluation, policy: Policy): string {
  const { effect, rules, failed, requirements, onlyNow } = evaluation
  const by = rules.length === 0 ? 'no rule applies, so the default does' : `by ${rules.join(', ')}`
  if (effect === 'allow') return `Allowed without people, ${by}.`
  if (effect === 'require_approval') return `Needs ${seatWords(requirements)}, ${by}.`
  if (rules.length === 0 && policy.defaults.effect === 'deny')
    return 'Denied: no rule applies, and the default is deny.'
  const broken = failed.length > 0 ? ` The condition of ${failed.join(', ')} could not be evaluated.` : ''
  return `Denied, by ${denying(evaluation, policy).join(', ')}.${broken}${onlyNow ? ' Only now: at another hour it could pass.' : ''}`
}

/** The rules that say no: what the others ask for decides nothing. */
function denying({ trace }: Evaluation, { rules }: Policy): readonly string[] {
  const denies = new Set(rules.filter(({ effect }) => effect === 'deny').map(({ id }) => id))
  return trace
    .filter(({ rule, answer }) => answer === 'when_failed' || (answer === 'applies' && denies.has(rule)))
    .map(({ rule }) => rule)
}

function saidBy(rule: Rule, { answer }: Traced, at: Circumstances): string | null {
  if (answer === 'when_failed') return 'deny, for it cannot be judged'
  if (answer !== 'applies') return null
  if (rule.effect === 'deny') return 'deny'
  const isUsedUp = rule.limit !== null && at.usedUp?.has(rule.id) === true
  const terms = [
    rule.ttlMs === null ? '' : `within ${durationWords(rule.ttlMs)}`,
    rule.grantTtlMs === null ? '' : `to be used within ${durationWords(rule.grantTtlMs)}`,
    rule.reasonRequired.length === 0 ? '' : `with a reason to ${rule.reasonRequired.join(' or ')}`,
    rule.mustShow.length === 0 ? '' : `with ${rule.mustShow.join(', ')} unmasked`,
  ].filter((term) => term !== '')
  const tail = terms.length === 0 ? '' : `, ${terms.join(', ')}`
  if (rule.effect === 'require_approval') return `ask for ${seatWords(rule.approvals)}${tail}`
  if (rule.limit === null) return `allow${tail}`
  const limit = `${rule.limit.most} in ${durationWords(rule.limit.perMs)}`
  return isUsedUp
    ? `ask for ${seatWords(rule.approvals)}, for the limit of ${limit} is used up${tail}`
    : `allow, at most ${limit}${tail}`
}

function whyOf(rule: Rule, { answer, detail }: Traced, subject: Subject, at: Circumstances): readonly string[] {
  const when = rule.when
  switch (answer) {
    case 'no_match':
      return [detail ?? 'it does not match']
    case 'not_at_this_time':
      return [`it applies ${windowWords(rule.during)}, and it is ${momentWords(rule.during, at.nowMs)}`]
    case 'when_false':
      return when ? whichPart(when, subject, false) : []
    case 'when_failed':
      return when
        ? [`${detail ?? 'the condition cannot be evaluated'}: ${whichPart(when, subject, null).join('; ')}`]
        : []
    default:
      return [
        ...matches(rule, subject.ask),
        ...(rule.during.length > 0 ? [`its time is now: ${windowWords(rule.during)}`] : []),
        ...(when ? whichPart(when, subject, true) : []),
      ]
  }
}

function matches({ match }: Rule, ask: Ask): readonly string[] {
  return (['action', 'resource', 'environment'] as const).flatMap((member) => {
    const value = ask[member]
    const glob = value === undefined ? undefined : match[member]?.find((each) => globMatches(each, value))
    if (value === undefined || glob === undefined) return []
    return [glob === value ? `${member} is ${shown(value)}` : `${member} ${shown(value)} matches ${shown(glob)}`]
  })
}

/** The parts of the condition with this answer (null: that could not be evaluated), and what they looked at. */
function whichPart(when: Expression, subject: Subject, wanted: boolean | null): readonly string[] {
  const parts = partsOf(when).filter((part) => answerOf(part, subject) === wanted)
  const word = wanted === null ? 'cannot be evaluated' : `is ${wanted}`
  const told = parts.map((part) => `${part.source} ${word}${lookedAt(part, subject)}`)
  return told.length > 0 ? told : [`${when.source} ${word}`]
}

function answerOf(part: Expression, subject: Subject): boolean | null {
  try {
    return part.evaluate(factsOf(subject))
  } catch {
    return null
  }
}

function lookedAt(part: Expression, subject: Subject): string {
  const seen = [
    ...fieldsRead(part).flatMap((field) => fieldWords(subject, field)),
    ...part.reads
      .filter((pointer) => pointer !== '')
      .map((pointer) => `params${pointer.replaceAll('/', '.')} ${valueWords(subject.ask, pointer)}`),
  ]
  return seen.length === 0 ? '' : ` (${seen.join(', ')})`
}

/** As the condition saw it. Nothing of what is a list, or a name of the condition's own. */
function fieldWords(subject: Subject, field: string): readonly string[] {
  try {
    const value = field
      .split('.')
      .reduce<unknown>((at, step) => (at instanceof Map ? at.get(step) : undefined), factsOf(subject).variables)
    return value === undefined || typeof value === 'object' ? [] : [`${field} is ${shown(value)}`]
  } catch {
    return [`${field} is masked`]
  }
}

function valueWords(ask: Ask, pointer: string): string {
  const masked = (ask.masked ?? []).find((mask) => touches(mask.pointer, pointer))
  if (masked) return 'is masked'
  let value: unknown = ask.params ?? {}
  for (const key of pointerPath(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return 'is not given'
    value = (value as Record<string, unknown>)[key]
  }
  return `is ${shown(value)}`
}

const touches = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)

/** One line, not too long, and nothing hidden: an asker wrote it. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? ''
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text
  return oneLine(short)
}
