/**
 * A stretch of time in which a rule applies: days of the week and hours of the day in a time zone, dates from and to, or
 * both together. Pure: the moment is an argument.
 */
export interface Window {
  /** 1 Monday … 7 Sunday (ISO 8601); empty is every day. */
  readonly days: readonly number[]
  /**
   * Minutes since midnight, `from` included and `to` not. Where `to` is not after `from` the window runs over midnight, and
   * belongs to the day that it began on. Null is all day.
   */
  readonly hours: { readonly from: number; readonly to: number } | null
  /** Calendar dates `YYYY-MM-DD` in `zone`, both included; null is open. */
  readonly dates: { readonly from: string | null; readonly to: string | null } | null
  /** True: the rule applies outside of this window. */
  readonly outside: boolean
  /** IANA name. */
  readonly zone: string
}

/** True where the rule of these windows applies: in any of them, or where there are none. */
export const isOpen = (windows: readonly Window[], nowMs: number): boolean =>
  windows.length === 0 || windows.some((window) => holds(window, nowMs) !== window.outside)

function holds({ days, hours, dates, zone }: Window, nowMs: number): boolean {
  const here = localTime(zone, nowMs)
  if (hours === null || hours.from < hours.to) {
    return isIn(here, days, dates) && (hours === null || (hours.from <= here.minute && here.minute < hours.to))
  }
  // Over midnight: the evening of a day of the window, or the small hours after one.
  if (here.minute >= hours.from) return isIn(here, days, dates)
  return here.minute < hours.to && isIn(dayBefore(here), days, dates)
}

interface LocalTime {
  /** `YYYY-MM-DD`. */
  readonly date: string
  /** 1 Monday … 7 Sunday. */
  readonly day: number
  /** Minutes since midnight on the clock of the wall. */
  readonly minute: number
}

const isIn = ({ date, day }: LocalTime, days: Window['days'], dates: Window['dates']): boolean =>
  (days.length === 0 || days.includes(day)) &&
  (dates === null || ((dates.from === null || dates.from <= date) && (dates.to === null || date <= dates.to)))

const DAY_MS = 86_400_000

/** By the calendar: a day that the clocks were changed on is a day as well. */
function dayBefore({ date, day, minute }: LocalTime): LocalTime {
  const before = new Date(Date.parse(`${date}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10)
  return { date: before, day: day === 1 ? 7 : day - 1, minute }
}

const FORMATS = new Map<string, Intl.DateTimeFormat>()
/** What the clock on the wall of a zone said last: a thousand rules ask for one moment. */
const LAST = new Map<string, { readonly nowMs: number; readonly time: LocalTime }>()

/** @throws RangeError where the zone is none; the schema has refused those. */
export function localTime(zone: string, nowMs: number): LocalTime {
  const last = LAST.get(zone)
  if (last?.nowMs === nowMs) return last.time
  const time = readClock(FORMATS.get(zone) ?? newFormat(zone), nowMs)
  LAST.set(zone, { nowMs, time })
  return time
}

function readClock(format: Intl.DateTimeFormat, nowMs: number): LocalTime {
  const part = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]))
  const date = `${part.get('year')}-${part.get('month')}-${part.get('day')}`
  return {
    date,
    day: new Date(`${date}T00:00:00Z`).getUTCDay() || 7,
    minute: Number(part.get('hour')) * 60 + Number(part.get('minute')),
  }
}

function newFormat(zone: string): Intl.DateTimeFormat {
  const numeric = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, calendar: 'iso8601', hourCycle: 'h23', ...numeric })
  FORMATS.set(zone, format)
  return format
}

/** True for a name of the IANA database that this Node knows. */
export function isZone(name: string): boolean {
  try {
    newFormat(name)
    // Offsets such as "+01:00" are taken as well, and know no summer time: an hour wrong for half of the year.
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}
