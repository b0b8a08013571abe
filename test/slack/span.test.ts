import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSpan } from '../../src/slack/commands/span.ts'
import { momentsAt, today } from '../../src/slack/commands/wall-clock.ts'

/** Friday, 20 November 2026, 10:00 in London. */
const NOW = Date.UTC(2026, 10, 20, 10)

const span = (typed: string, zone = 'Europe/London', nowMs = NOW) =>
  readSpan(typed.split(' ').filter(Boolean), { nowMs, zone })

const read = (typed: string, zone?: string, nowMs?: number) => {
  const found = span(typed, zone, nowMs)
  if ('unclear' in found) return found.unclear
  const at = (ms: number | null) => (ms === null ? 'now' : new Date(ms).toISOString().slice(0, 16))
  return `${at(found.startsAtMs)} ${at(found.endsAtMs)}`
}

describe('a stretch of time, as it is typed', () => {
  it.each([
    ['until 2026-12-01 18:00', 'now 2026-12-01T18:00'],
    ['until 2026-12-01T18:00', 'now 2026-12-01T18:00'],
    ['until 2026-12-01', 'now 2026-12-02T00:00'],
    ['until 2026-12-01 24:00', 'now 2026-12-02T00:00'],
    ['until 18:00', 'now 2026-11-20T18:00'],
    ['until today', 'now 2026-11-21T00:00'],
    ['until tomorrow 9:30', 'now 2026-11-21T09:30'],
    ['until monday', 'now 2026-11-24T00:00'],
    ['until Thu 12:00', 'now 2026-11-26T12:00'],
    ['for 3d', 'now 2026-11-23T10:00'],
    ['for 2 weeks', 'now 2026-12-04T10:00'],
    ['for 90m', 'now 2026-11-20T11:30'],
    ['for 8 hours', 'now 2026-11-20T18:00'],
    ['from now for 1h', 'now 2026-11-20T11:00'],
    ['from monday until wednesday', '2026-11-23T00:00 2026-11-26T00:00'],
    ['from 2026-12-01 09:00 until 2026-12-10 18:00', '2026-12-01T09:00 2026-12-10T18:00'],
    ['from tomorrow for 2d', '2026-11-21T00:00 2026-11-23T00:00'],
    ['FROM 18:00 UNTIL TOMORROW', '2026-11-20T18:00 2026-11-22T00:00'],
  ])('%j is what it says', (typed, expected) => {
    expect(read(typed)).toBe(expected)
  })

  it.each([
    ['', 'Until when?'],
    ['until', 'Until when?'],
    ['for', 'is no duration'],
    ['from', 'From when?'],
    ['from monday', 'Until when?'],
    ['from yesterday until monday', '“yesterday” is no day'],
    ['till monday', '“till” is not understood here'],
    ['until friday', 'Today is Friday: write today, or the date.'],
    ['until next monday', '“next” is no day'],
    ['until monday please', '“please” is not understood behind the time'],
    ['until monday 18:00 please', '“please” is not understood behind the time'],
    ['until 1/12/2026', '“1/12/2026” is no'],
    ['until 01.12.2026', '“01.12.2026” is no day'],
    ['until 2026-02-30', 'There is no 2026-02-30.'],
    ['until 2026-13-01', 'There is no 2026-13-01.'],
    ['until 2026-12-01 25:00', '“25:00” is no time'],
    ['until 2026-12-01 18:60', '“18:60” is no time'],
    ['until monday 6pm', '“6pm” is no time'],
    ['until 6pm', '“6pm” is no time'],
    ['until 2026-12-01T18:00Z', '“18:00z” is no time'],
    ['until 09:00', '“09:00” has passed (Europe/London).'],
    ['until 2020-01-01', '“2020-01-01” has passed'],
    ['from 2026-12-10 until 2026-12-01', 'It ends before it begins.'],
    ['for 0d', 'is no duration'],
    ['for -3d', 'is no duration'],
    ['for 3x', 'is no duration'],
    ['for 3d or so', 'is no duration'],
    ['for ever', 'is no duration'],
    ['forever', '“forever” is not understood here'],
    [`until ${'x'.repeat(4_000)}`, 'is no day'],
  ])('%j gets a sentence about the word that is wrong', (typed, expected) => {
    expect(read(typed)).toContain(expected)
    expect(read(typed).length).toBeLessThan(200)
  })

  it('is by the clock on her own wall', () => {
    expect(read('until 2026-12-01 18:00', 'America/New_York')).toBe('now 2026-12-01T23:00')
    expect(read('until 2026-12-01 18:00', 'Asia/Kolkata')).toBe('now 2026-12-01T12:30')
    // It is Saturday there already.
    expect(read('until today', 'Pacific/Auckland', Date.UTC(2026, 10, 20, 12))).toBe('now 2026-11-21T11:00')
    expect(read('until friday', 'Pacific/Auckland', Date.UTC(2026, 10, 20, 12))).toBe('now 2026-11-27T11:00')
  })

  it('knows the hour that is left out and the one that is lived twice', () => {
    const before = Date.UTC(2026, 2, 28, 12)
    expect(read('until 2026-03-29 02:30', 'Europe/Berlin', before)).toContain('is left out in Europe/Berlin')
    const autumn = Date.UTC(2026, 9, 24, 12)
    expect(read('until 2026-10-25 02:30', 'Europe/Berlin', autumn)).toBe('now 2026-10-25T00:30')
    expect(read('from 2026-10-25 02:30 for 1h', 'Europe/Berlin', autumn)).toBe('2026-10-25T01:30 2026-10-25T02:30')
  })

  it('never ends before now, and every moment reads as the day and time that were typed', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia')
    const minute = fc.integer({ min: Date.UTC(2025, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 })
    fc.assert(
      fc.property(zones, minute, (zone, at) => {
        const ms = at * 60_000
        const clock = new Intl.DateTimeFormat('en-US', {
          timeZone: zone,
          hourCycle: 'h23',
          hour: '2-digit',
          minute: '2-digit',
        })
        const [hour = 0, ofHour = 0] = clock.format(ms).split(':').map(Number)
        const moments = momentsAt(zone, today(zone, ms), hour * 60 + ofHour)
        expect(moments).toContain(ms)
        for (const moment of moments) expect(clock.format(moment)).toBe(clock.format(ms))
      }),
      { numRuns: 300 },
    )
  })
})
