import type { Withheld } from '../approval/must-show.ts'
import type { Requirement } from '../approval/requirement.ts'
import { localTime, type Window } from './window.ts'

/** Policies in plain words, for whoever asks why. */

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** As a policy file says it: `1h`, `90m`, `45s`. */
export function durationWords(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms >= each && ms % each === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/** `2 from data-owners and 1 from sre`. */
export const seatWords = (requirements: readonly Pick<Requirement, 'from' | 'count'>[]): string =>
  requirements.length === 0 ? 'nobody' : requirements.map(({ from, count }) => `${count} from ${from}`).join(' and ')

/** Why an ask is refused that does not show what it must. */
export const withheldWords = ({ pointer, by }: Withheld): string =>
  by === 'asker' ? `it masks ${pointer} (must_show)` : `it holds what looks like a secret at ${pointer} (must_show)`

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** `Fri 16:00 to 24:00 Europe/Berlin, or Sat, Sun UTC`. */
export const windowWords = (windows: readonly Window[]): string => windows.map(oneWindow).join(', or ')

function oneWindow({ days, hours, dates, outside, zone }: Window): string {
  const parts = [
    days.map((day) => DAYS[day - 1]).join(', '),
    hours ? `${clock(hours.from)} to ${clock(hours.to)}` : '',
    dates?.from ? `from ${dates.from}` : '',
    dates?.to ? `until ${dates.to}` : '',
  ].filter((part) => part !== '')
  return `${outside ? 'outside of ' : ''}${parts.length === 0 ? 'all day' : parts.join(' ')} ${zone}`
}

/** The moment as the clocks of these windows show it: `Fri 15:59 in Europe/Berlin`, with the date where a window has dates. */
export function momentWords(windows: readonly Window[], nowMs: number): string {
  const dated = windows.some(({ dates }) => dates !== null)
  const words = windows.map(({ zone }) => {
    const { date, day, minute } = localTime(zone, nowMs)
    return `${DAYS[day - 1]} ${dated ? `${date} ` : ''}${clock(minute)} in ${zone}`
  })
  return [...new Set(words)].join(', ')
}

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
