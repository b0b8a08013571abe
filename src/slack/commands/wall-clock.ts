/** The clock on the wall of a person's time zone. Pure: the moment is an argument. */

export interface Day {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
}

const DAY_MS = 86_400_000

/** @param zone IANA name that this Node knows. */
export function today(zone: string, nowMs: number): Day {
  const [year = 0, month = 0, day = 0] = reading(zone, nowMs)
  return { year, month, day }
}

/** The day so many days later, by the calendar. */
export function plusDays({ year, month, day }: Day, days: number): Day {
  const date = new Date(Date.UTC(year, month - 1, day) + days * DAY_MS)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** 0 Sunday … 6 Saturday. */
export const weekday = ({ year, month, day }: Day): number => new Date(Date.UTC(year, month - 1, day)).getUTCDay()

/** Is there such a day at all? */
export const exists = (day: Day): boolean => {
  const same = plusDays(day, 0)
  return same.month === day.month && same.day === day.day
}

/**
 * The moments at which that clock shows this time, UTC milliseconds, earliest first: one; two in the hour that is lived
 * twice when summer time ends; none in the one that is left out when it begins.
 *
 * @param minutes since midnight; 1,440 is the end of the day.
 */
export function momentsAt(zone: string, day: Day, minutes: number): readonly number[] {
  const { year, month, day: ofMonth } = minutes === 1_440 ? plusDays(day, 1) : day
  const ofDay = minutes % 1_440
  const asUtc = Date.UTC(year, month - 1, ofMonth, Math.floor(ofDay / 60), ofDay % 60)
  // Whatever the offset is, it is that of the day before or of the day after.
  const offsets = [asUtc - DAY_MS, asUtc + DAY_MS].map((ms) => offsetAt(zone, ms))
  const candidates = [...new Set(offsets)].map((offset) => asUtc - offset)
  return candidates.filter((ms) => ms + offsetAt(zone, ms) === asUtc).sort((a, b) => a - b)
}

function offsetAt(zone: string, ms: number): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = reading(zone, ms)
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000
}

const FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const

function reading(zone: string, ms: number): number[] {
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...numeric, second: 'numeric' })
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
  return FIELDS.map((field) => parts.get(field) ?? 0)
}
