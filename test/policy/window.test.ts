import { describe, expect, it, test } from 'vitest'
import { isOpen, isZone, type Window } from '../../src/policy/window.ts'

const window = (more: Partial<Window>): Window => ({
  days: [],
  hours: null,
  dates: null,
  outside: false,
  zone: 'Europe/Berlin',
  ...more,
})
const at = (text: string): number => Date.parse(text)
const open = (more: Partial<Window>, text: string): boolean => isOpen([window(more)], at(text))

const FRIDAY = { days: [5], hours: { from: 16 * 60, to: 24 * 60 } }

describe('a window of the week', () => {
  it.each([
    ['2026-11-20T14:59:59Z', false],
    ['2026-11-20T15:00:00Z', true],
    ['2026-11-20T22:59:59Z', true],
    ['2026-11-20T23:00:00Z', false],
    ['2026-11-19T15:30:00Z', false],
    ['2026-07-17T13:59:59Z', false],
    ['2026-07-17T14:00:00Z', true],
  ])('Fridays from 16:00 in Berlin, summer and winter: %s is %s', (moment, expected) => {
    expect(open(FRIDAY, moment)).toBe(expected)
  })

  it('outside is exactly the rest of time', () => {
    for (let ms = at('2026-11-16T00:00:00Z'); ms < at('2026-11-24T00:00:00Z'); ms += 17 * 60_000) {
      expect(isOpen([window({ ...FRIDAY, outside: true })], ms)).toBe(!isOpen([window(FRIDAY)], ms))
    }
  })

  it('a night belongs to the day that it began on', () => {
    const night = { days: [5], hours: { from: 22 * 60, to: 6 * 60 }, zone: 'UTC' }
    expect(open(night, '2026-11-20T23:00:00Z')).toBe(true)
    expect(open(night, '2026-11-21T05:59:00Z')).toBe(true)
    expect(open(night, '2026-11-21T06:00:00Z')).toBe(false)
    expect(open(night, '2026-11-20T05:00:00Z')).toBe(false)
    expect(open(night, '2026-11-21T23:00:00Z')).toBe(false)
  })
})

describe('a window of dates', () => {
  const freeze = { dates: { from: '2026-12-20', to: '2027-01-03' } }
  it.each([
    ['2026-12-19T22:59:59Z', false],
    ['2026-12-19T23:00:00Z', true],
    ['2027-01-03T22:59:59Z', true],
    ['2027-01-03T23:00:00Z', false],
  ])('both dates are in it, by the clock of the zone: %s is %s', (moment, expected) => {
    expect(open(freeze, moment)).toBe(expected)
  })

  it('an open end has no end', () => {
    expect(open({ dates: { from: '2026-12-20', to: null } }, '2036-01-01T00:00:00Z')).toBe(true)
    expect(open({ dates: { from: null, to: '2026-12-20' } }, '2016-01-01T00:00:00Z')).toBe(true)
  })
})

test('no window is always, and any of several is enough', () => {
  expect(isOpen([], 0)).toBe(true)
  const both = [window({ days: [1], zone: 'UTC' }), window({ days: [2], zone: 'UTC' })]
  expect(isOpen(both, at('2026-11-17T12:00:00Z'))).toBe(true)
  expect(isOpen(both, at('2026-11-18T12:00:00Z'))).toBe(false)
})

test('the hour that a clock change repeats or skips follows the wall', () => {
  const early = { hours: { from: 2 * 60, to: 3 * 60 } }
  // Berlin, 25 October 2026: 02:30 comes twice. 29 March 2026: it does not come.
  expect(open(early, '2026-10-25T00:30:00Z')).toBe(true)
  expect(open(early, '2026-10-25T01:30:00Z')).toBe(true)
  expect(open(early, '2026-03-29T00:59:00Z')).toBe(false)
  expect(open(early, '2026-03-29T01:00:00Z')).toBe(false)
})

test('a zone is a name of the IANA database, not an offset', () => {
  expect(['Europe/Berlin', 'UTC', 'America/New_York'].every(isZone)).toBe(true)
  expect(['+01:00', 'Mars/Olympus', '', 'Europe/Berlin '].some(isZone)).toBe(false)
})
