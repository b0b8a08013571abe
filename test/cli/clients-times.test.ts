import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/cli/failure.ts'
import { readDuration, readExpiry, span } from '../../src/cli/times.ts'

const NOW = Date.UTC(2026, 10, 20, 10, 30)
const DAY = 86_400_000

/** The moment as people write it, or the code of the failure. */
function expiry(text: string, nowMs = NOW): string {
  try {
    return new Date(readExpiry(text, nowMs)).toISOString()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    expect(error.hint).not.toBe('')
    return error.code
  }
}

describe('the end of a key', () => {
  it.each([
    ['90d', '2027-02-18T10:30:00.000Z'],
    ['2w', '2026-12-04T10:30:00.000Z'],
    ['24h', '2026-11-21T10:30:00.000Z'],
    ['45m', '2026-11-20T11:15:00.000Z'],
    ['1s', '2026-11-20T10:30:01.000Z'],
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2027-01-31T18:00:00Z', '2027-01-31T18:00:00.000Z'],
    ['2027-01-31T18:00:00+01:00', '2027-01-31T17:00:00.000Z'],
    ['2027-01-31T18:00:00-05:30', '2027-01-31T23:30:00.000Z'],
    ['2026-11-20T10:30:01Z', '2026-11-20T10:30:01.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(expiry(text)).toBe(moment)
  })

  it.each([
    ...[
      '',
      '90',
      'd',
      '90 d',
      ' 90d',
      '90d ',
      '0d',
      '090d',
      '-1d',
      '+1d',
      '1.5d',
      '1e3d',
      '90D',
      '90days',
      '1d12h',
      'P90D',
    ],
    ...[
      'tomorrow',
      'never ever',
      '2027',
      '2027-1-31',
      '2027-01-31 ',
      '31.01.2027',
      '01/31/2027',
      '2027-02-29',
      '2026-02-30',
    ],
    ...['2027-13-01', '2027-00-10', '2027-01-00', '2027-01-31T18:00', '2027-01-31T18:00:00', '2027-01-31 18:00:00Z'],
    ...['2027-01-31T24:00:00Z', '2027-01-31T18:60:00Z', '2027-01-31T18:00:60Z', '2027-01-31T18:00:00+15:00'],
    ...['2027-01-31T18:00:00z', '2027-01-31T18:00:00.5Z', '+002027-01-31', '٢٠٢٧-01-31', '99999999d'],
    ...['2026-11-20', '2026-11-20T10:30:00Z', '1970-01-01', '0000-01-01', '4000d', '523w', '2037-11-20', '9999-12-31'],
  ])('%j is refused, in words that say what to write', (text) => {
    expect(expiry(text)).toBe('expires_invalid')
  })

  it('is never in the past nor more than ten years away, whatever is written', () => {
    const digits = fc.integer({ min: 0, max: 99_999 })
    const text = fc.oneof(
      fc.tuple(digits, fc.constantFrom('s', 'm', 'h', 'd', 'w')).map((parts) => parts.join('')),
      fc
        .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
      fc
        .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
        .map((date) => `${date.toISOString().slice(0, 19)}Z`),
      fc.string(),
    )
    fc.assert(
      fc.property(text, (written) => {
        const read = expiry(written)
        if (read === 'expires_invalid') return
        expect(Date.parse(read)).toBeGreaterThan(NOW)
        expect(Date.parse(read)).toBeLessThanOrEqual(NOW + 3_653 * DAY)
        if (written.includes('-')) expect(read.startsWith(written.slice(0, 10))).toBe(true)
      }),
    )
  })
})

describe('an overlap', () => {
  it.each([
    ['24h', 24 * 3_600_000],
    ['7d', 7 * DAY],
    ['1w', 7 * DAY],
    ['90s', 90_000],
  ])('%s is %i ms', (text, ms) => {
    expect(readDuration('overlap', text, '7d')).toBe(ms)
  })

  it.each(['', '0h', '24', '24 h', '8d', '2w', '1h30m', '-1h', '2027-01-31', 'never'])('%j is refused', (text) => {
    expect(() => readDuration('overlap', text, '7d')).toThrow(expect.objectContaining({ code: 'overlap_invalid' }))
  })
})

it.each([
  [0, 'a moment'],
  [59_999, 'a moment'],
  [60_000, '1 minute'],
  [3_599_999, '59 minutes'],
  [3_600_000, '1 hour'],
  [86_399_999, '23 hours'],
  [DAY, '1 day'],
  [13.9 * DAY, '13 days'],
  [-5, 'a moment'],
])('%i ms are told as %s', (ms, text) => {
  expect(span(ms)).toBe(text)
})
