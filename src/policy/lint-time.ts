import { constantAnswer, partsOf } from './condition.ts'
import { type Flaw, warning } from './content.ts'
import type { Policy } from './policy.ts'
import type { Window } from './window.ts'

/** Rules that no moment and no ask can make apply. */
export function timeWarnings({ rules }: Policy, nowMs: number): readonly Flaw[] {
  return rules.flatMap((rule, i) => [
    ...whenWarnings(rule.when, ['rules', i, 'when']),
    ...duringWarnings(rule.during, ['rules', i, 'during'], nowMs),
  ])
}

function whenWarnings(when: Policy['rules'][number]['when'], path: Flaw['path']): readonly Flaw[] {
  if (when === null) return []
  const answers = partsOf(when).map(constantAnswer)
  if (answers.includes(false)) return [warning(path, 'This condition is never true: the rule never applies.')]
  if (answers.includes('failed')) {
    return [warning(path, 'This condition can never be evaluated: whatever the rule matches is denied.')]
  }
  return answers.every((answer) => answer === true)
    ? [warning(path, 'This condition is always true: leave it out.')]
    : []
}

function duringWarnings(windows: readonly Window[], path: Flaw['path'], nowMs: number): readonly Flaw[] {
  if (windows.length === 0) return []
  if (windows.every(isNever)) return [warning(path, 'This window is never open: the rule never applies.')]
  if (windows.every((window) => isNever(window) || isOver(window, nowMs))) {
    return [warning(path, 'The last day of this window is over: the rule does not apply any more.')]
  }
  return windows.some(isAlways) ? [warning(path, 'This window is always open: leave it out.')] : []
}

const isNever = (window: Window): boolean => (window.outside ? isWhole(window) : isEmpty(window))
const isAlways = (window: Window): boolean => (window.outside ? isEmpty(window) : isWhole(window))

const isWhole = ({ days, hours, dates }: Window): boolean =>
  (days.length === 0 || new Set(days).size === 7) && isWholeDay(hours) && !dates?.from && !dates?.to

/** Where `to` is not after `from`, it runs into the next day: from a time to the same time is round the clock. */
const isWholeDay = (hours: Window['hours']): boolean =>
  hours === null || hours.from === hours.to || (hours.from === 0 && hours.to === DAY_MINUTES)

const isEmpty = ({ days, hours, dates }: Window): boolean =>
  (hours !== null && hours.from === DAY_MINUTES && hours.to === 0) || !hasDay(days, dates)

const DAY_MINUTES = 24 * 60
const DAY_MS = 86_400_000

/** Is any of the dates one of the days of the week? */
function hasDay(days: Window['days'], dates: Window['dates']): boolean {
  if (!dates?.from || !dates.to) return true
  const first = Date.parse(dates.from)
  const last = Date.parse(dates.to)
  for (let day = first; day <= last && day < first + 7 * DAY_MS; day += DAY_MS) {
    if (days.length === 0 || days.includes(new Date(day).getUTCDay() || 7)) return true
  }
  return false
}

/** Two days of grace: time zones, and windows over midnight. */
const isOver = ({ dates, outside }: Window, nowMs: number): boolean =>
  !outside && !!dates?.to && Date.parse(dates.to) + 2 * DAY_MS < nowMs
