/** Slack's date formats, in the time zone of whoever reads. */

interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

const TOKEN = /\{(date(?:_num|(?:_short|_long)?(?:_pretty)?)|time(?:_secs)?|ago)\}/g
/** The furthest instant that a JavaScript date can hold, in seconds. */
const LAST = 8_640_000_000_000

export const hasDateToken = (format: string): boolean => format.search(TOKEN) !== -1

/**
 * The date as Slack writes it, its first letter a capital; null where it is no date.
 *
 * @param unix seconds since 1970; @param nowMs what "today" is; @param timeZone the browser's own where absent.
 */
export function dateText(unix: number, format: string, nowMs: number, timeZone?: string): string | null {
  if (!Number.isFinite(unix) || Math.abs(unix) > LAST || !hasDateToken(format)) return null
  const written = format.replace(TOKEN, (_all, token: string) => tokenText(token, unix * 1_000, nowMs, timeZone))
  return written.charAt(0).toUpperCase() + written.slice(1)
}

function tokenText(token: string, ms: number, nowMs: number, timeZone: string | undefined): string {
  const parts = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-US', { ...options, ...(timeZone === undefined ? {} : { timeZone }) }).format(ms)
  if (token === 'ago') return ago(ms - nowMs)
  // Intl puts a narrow no-break space before AM; Slack a plain one.
  if (token.startsWith('time'))
    return parts({ timeStyle: token === 'time' ? 'short' : 'medium' }).replace(/[\u202f\u00a0]/g, ' ')
  const at = dayOf(ms, timeZone)
  if (token.endsWith('_pretty')) {
    const near = NEAR.get(daysBetween(dayOf(nowMs, timeZone), at))
    if (near !== undefined) return near
  }
  if (token === 'date_num') return [at.year, two(at.month), two(at.day)].join('-')
  if (token.startsWith('date_short')) return `${parts({ month: 'short' })} ${at.day}, ${at.year}`
  const long = `${parts({ month: 'long' })} ${ordinal(at.day)}, ${at.year}`
  return token.startsWith('date_long') ? `${parts({ weekday: 'long' })}, ${long}` : long
}

const NEAR: ReadonlyMap<number, string> = new Map([
  [-1, 'yesterday'],
  [0, 'today'],
  [1, 'tomorrow'],
])

function dayOf(ms: number, timeZone: string | undefined): Day {
  const zone = timeZone === undefined ? {} : { timeZone }
  const parts = new Intl.DateTimeFormat('en-US', { year: 'numeric', month: 'numeric', day: 'numeric', ...zone })
  const found = new Map(parts.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
  return { year: found.get('year') ?? 0, month: found.get('month') ?? 0, day: found.get('day') ?? 0 }
}

const daysBetween = (from: Day, to: Day): number =>
  (Date.UTC(to.year, to.month - 1, to.day) - Date.UTC(from.year, from.month - 1, from.day)) / 86_400_000

const two = (value: number): string => String(value).padStart(2, '0')

function ordinal(day: number): string {
  const isTeen = day > 10 && day < 14
  return `${day}${isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')}`
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

function ago(ms: number): string {
  const seconds = Math.trunc(ms / 1_000)
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1]
  return new Intl.RelativeTimeFormat('en').format(Math.trunc(seconds / size), unit)
}
