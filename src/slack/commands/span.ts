import { type Day, exists, momentsAt, plusDays, today, weekday } from './wall-clock.ts'

/** From when until when, as people type it: `until friday`, `for 3d`, `from 2026-12-01 09:00 until 2026-12-10 18:00`. */
export interface Span {
  /** UTC milliseconds; null is from now on. */
  readonly startsAtMs: number | null
  readonly endsAtMs: number
}

export interface Clock {
  readonly nowMs: number
  /** IANA name: what she types is by the clock on her wall. */
  readonly zone: string
}

/** What is wrong with it, as a sentence in plain text that may repeat a word of hers. */
export interface Unclear {
  readonly unclear: string
}

/** Every word has to be understood: half of a date that was meant otherwise would open the house on the wrong day. */
export function readSpan(words: readonly string[], clock: Clock): Span | Unclear {
  const [first, ...rest] = words.map((word) => word.toLowerCase())
  if (first === undefined) return { unclear: 'Until when?' }
  if (first !== 'from') return readEnd([first, ...rest], null, clock)
  if (rest[0] === 'now') return readEnd(rest.slice(1), null, clock)
  const start = readMoment(rest, 'from', clock)
  return 'unclear' in start ? start : readEnd(rest.slice(start.words), start.atMs, clock)
}

function readEnd([how, ...words]: readonly string[], startsAtMs: number | null, clock: Clock): Span | Unclear {
  if (how === undefined) return { unclear: 'Until when?' }
  if (how === 'for') {
    const ms = durationMs(words)
    if (ms === null) return { unclear: `${quoted(words.join(' '))} is no duration. Write 90m, 8h, 3d or 2w.` }
    return { startsAtMs, endsAtMs: (startsAtMs ?? clock.nowMs) + ms }
  }
  if (how !== 'until') return { unclear: `${quoted(how)} is not understood here. Write until, for or from.` }
  const end = readMoment(words, 'until', clock)
  if ('unclear' in end) return end
  const [extra] = words.slice(end.words)
  if (extra !== undefined) return { unclear: `${quoted(extra)} is not understood behind the time.` }
  if (startsAtMs !== null && end.atMs <= startsAtMs) return { unclear: 'It ends before it begins.' }
  return { startsAtMs, endsAtMs: end.atMs }
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:m|min|mins|minutes?)$/, 60_000],
  [/^(?:h|hours?)$/, 3_600_000],
  [/^(?:d|days?)$/, 86_400_000],
  [/^(?:w|weeks?)$/, 604_800_000],
]

function durationMs(words: readonly string[]): number | null {
  if (words.length > 2) return null
  const [, count, name = ''] = /^([1-9]\d{0,3})([a-z]+)$/.exec(words.join('')) ?? []
  const unit = UNITS.find(([pattern]) => pattern.test(name))
  return unit && count !== undefined ? Number(count) * unit[1] : null
}

type Edge = 'from' | 'until'
interface Moment {
  readonly atMs: number
  /** So many words said it. */
  readonly words: number
}

/** A day, a time of today, or both. A day without a time is its beginning for `from`, its end for `until`. */
function readMoment([first, second]: readonly string[], edge: Edge, clock: Clock): Moment | Unclear {
  if (first === undefined) return { unclear: `${edge === 'from' ? 'From' : 'Until'} when?` }
  const [date, joined] = first.split('t').length === 2 && /^\d{4}-/.test(first) ? first.split('t') : [first]
  const time = joined ?? (second !== undefined && looksLikeTime(second) ? second : undefined)
  const alone = minutesOf(first)
  if (typeof alone === 'number') return at(today(clock.zone, clock.nowMs), alone, first, { edge, clock, words: 1 })
  const day = readDay(date ?? '', clock)
  if ('unclear' in day) return alone && looksLikeTime(first) ? alone : day
  if (time === undefined) return at(day, edge === 'from' ? 0 : 1_440, first, { edge, clock, words: 1 })
  const minutes = minutesOf(time)
  if (typeof minutes !== 'number') return minutes
  const words = joined === undefined ? 2 : 1
  return at(day, minutes, words === 2 ? `${first} ${time}` : first, { edge, clock, words })
}

function at(
  day: Day,
  minutes: number,
  typed: string,
  { edge, clock, words }: { readonly edge: Edge; readonly clock: Clock; readonly words: number },
): Moment | Unclear {
  const moments = momentsAt(clock.zone, day, minutes)
  // In the hour that is lived twice the shorter of both is meant: it is the one that lets nobody in unasked.
  const atMs = edge === 'from' ? moments.at(-1) : moments[0]
  if (atMs === undefined)
    return { unclear: `${quoted(typed)} is left out in ${clock.zone}: the clocks are put forward then.` }
  return atMs > clock.nowMs ? { atMs, words } : { unclear: `${quoted(typed)} has passed (${clock.zone}).` }
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

function readDay(word: string, { zone, nowMs }: Clock): Day | Unclear {
  const now = today(zone, nowMs)
  if (word === 'today') return now
  if (word === 'tomorrow') return plusDays(now, 1)
  const named = DAYS.map((name) => name.toLowerCase()).findIndex((name) => word === name || word === name.slice(0, 3))
  if (named >= 0) {
    const ahead = (named - weekday(now) + 7) % 7
    // Today, or a week from today? Whoever has to guess guesses wrong half of the time.
    return ahead === 0 ? { unclear: `Today is ${DAYS[named]}: write today, or the date.` } : plusDays(now, ahead)
  }
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(word) ?? []
  if (day === undefined) return { unclear: `${quoted(word)} is no day. Write 2026-12-31, friday, today or tomorrow.` }
  const read = { year: Number(year), month: Number(month), day: Number(day) }
  return exists(read) ? read : { unclear: `There is no ${word}.` }
}

const looksLikeTime = (word: string): boolean => /^\d{1,2}(?::\d*|[ap]m|h)/.test(word)

/** Minutes since midnight of `09:00` … `24:00`. */
function minutesOf(word: string): number | Unclear {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(word) ?? []
  const minutes = Number(hour) * 60 + Number(minute)
  if (minute !== undefined && Number(minute) < 60 && minutes <= 1_440) return minutes
  return { unclear: `${quoted(word)} is no time. Write 09:00 or 18:30.` }
}

const quoted = (word: string): string => `“${word.length > 60 ? `${word.slice(0, 60)}…` : word}”`
