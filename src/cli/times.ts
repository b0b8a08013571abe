import { oneLine } from '../approval/one-line.ts'
import { Failure } from './failure.ts'

/** Times as people type them and read them: one spelling each, so that nobody gets another moment than she meant. */

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const DAY_MS = UNIT_MS.d
const YEARS_10_MS = 3_653 * DAY_MS

/** Milliseconds of `45s`, `30m`, `24h`, `90d` or `2w`; null where it is no such text. */
function durationMs(text: string): number | null {
  const [, count, unit] = /^([1-9]\d{0,6})([smhdw])$/.exec(text) ?? []
  return unit === undefined ? null : Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]
}

/** @param most the longest that may be written, as people write it. @throws Failure `<option>_invalid`. */
export function readDuration(option: string, text: string, most: string): number {
  const ms = durationMs(text)
  if (ms !== null && ms <= (durationMs(most) ?? 0)) return ms
  const hint = `Write a whole number and s, m, h, d or w, such as 24h; at most ${most}.`
  throw new Failure(`${option}_invalid`, `${quoted(text)} is no duration for --${option}`, { hint })
}

/**
 * The moment that a duration from now, a date or a time names, UTC milliseconds. A date is its first moment in UTC.
 * @throws Failure `expires_invalid`.
 */
export function readExpiry(text: string, nowMs: number): number {
  const lasting = durationMs(text)
  const atMs = lasting === null ? momentMs(text) : nowMs + lasting
  if (atMs === null) {
    const hint =
      'Write 90d, a date such as 2027-01-31 (its first moment in UTC) or a time such as 2027-01-31T18:00:00Z.'
    throw new Failure('expires_invalid', `${quoted(text)} is no end for a key`, { hint })
  }
  if (atMs <= nowMs) {
    const hint = `It is ${new Date(nowMs).toISOString()} now. To stop a key at once, use: countersign clients revoke ID`
    throw new Failure('expires_invalid', `${quoted(text)} is in the past`, { hint })
  }
  if (atMs - nowMs > YEARS_10_MS) {
    const hint = 'A key may end within ten years. One that shall not end is written without --expires, or "never".'
    throw new Failure('expires_invalid', `${quoted(text)} is too far away`, { hint })
  }
  return atMs
}

/** A date, or an RFC 3339 time with its zone. Null for everything else, days that no month has included. */
function momentMs(text: string): number | null {
  const shape = /^(\d{4})-(\d{2})-(\d{2})(?:T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(Z|[+-](?:0\d|1[0-4]):[0-5]\d))?$/
  const [, year, month, day, hour, minute, second, zone = 'Z'] = shape.exec(text) ?? []
  if (day === undefined) return null
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  if (date.toISOString().slice(0, 10) !== text.slice(0, 10)) return null
  const ofDay = (Number(hour ?? 0) * 60 + Number(minute ?? 0)) * 60 + Number(second ?? 0)
  return date.getTime() + ofDay * 1000 - offsetMs(zone)
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))
  return (zone.startsWith('-') ? -minutes : minutes) * UNIT_MS.m
}

/** "3 days", "1 hour", "a moment": the largest unit that is full. */
export function span(ms: number): string {
  const sizes = [
    ['day', DAY_MS],
    ['hour', UNIT_MS.h],
    ['minute', UNIT_MS.m],
  ] as const
  for (const [name, size] of sizes) {
    const count = Math.floor(ms / size)
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'}`
  }
  return 'a moment'
}

export const stamp = (ms: number): string => new Date(ms).toISOString()

export const quoted = (text: string): string => oneLine(JSON.stringify(text.slice(0, 80)))
