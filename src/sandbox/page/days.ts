const DAY_MS = 86_400_000
const TIME = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit' })
const FULL = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'medium' })
const WEEKDAY = new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long' })

/** Slack's ts (`1700000000.000100`) in milliseconds since 1970. */
export function msOf(ts: string): number {
  return Number(ts) * 1_000
}

/** `9:41 AM` */
export function timeOf(ts: string): string {
  return TIME.format(msOf(ts))
}

/** `Tuesday, November 18, 2025 at 9:41:07 AM` */
export function fullTimeOf(ts: string): string {
  return FULL.format(msOf(ts))
}

/** The same for every message of one day where the browser is. */
export function dayKey(ms: number): string {
  return new Date(ms).toDateString()
}

/** `Today`, `Yesterday`, `Tuesday, November 18th`. */
export function dayLabel(ms: number, now: number): string {
  if (dayKey(ms) === dayKey(now)) return 'Today'
  if (dayKey(ms) === dayKey(now - DAY_MS)) return 'Yesterday'
  const date = new Date(ms)
  const parts = Object.fromEntries(WEEKDAY.formatToParts(date).map(({ type, value }) => [type, value]))
  const year = date.getFullYear() === new Date(now).getFullYear() ? '' : `, ${date.getFullYear()}`
  return `${parts['weekday']}, ${parts['month']} ${ordinal(date.getDate())}${year}`
}

/** `3 minutes ago`, `2 hours ago`, `5 days ago`. */
export function ago(ts: string, now: number): string {
  const minutes = Math.max(0, Math.round((now - msOf(ts)) / 60_000))
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} minute${minutes === 1 ? '' : 's'} ago`
  const hours = Math.round(minutes / 60)
  if (hours < 24) return `${hours} hour${hours === 1 ? '' : 's'} ago`
  const days = Math.round(hours / 24)
  return `${days} day${days === 1 ? '' : 's'} ago`
}

function ordinal(day: number): string {
  const teen = day > 10 && day < 14
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')
  return `${day}${ending}`
}
