import { describe, expect, test } from 'vitest'
import { isOpen, isZone, type Window } from '../../src/policy/window.ts'

const night: Window = {
  days: [],
  hours: { from: 22 * 60, to: 6 * 60 },
  dates: null,
  outside: false,
  zone: 'UTC',
}
const open = (more: Partial<Window>, text: string): boolean => isOpen([{ ...night, ...more }], Date.parse(text))

describe('a window over midnight', () => {
  test('begins with its first minute and ends before its last', () => {
    expect(open({}, '2026-11-20T21:59:59Z')).toBe(false)
    expect(open({}, '2026-11-20T22:00:00Z')).toBe(true)
    expect(open({}, '2026-11-20T22:00:59Z')).toBe(true)
    expect(open({}, '2026-11-21T05:59:59Z')).toBe(true)
    expect(open({}, '2026-11-21T06:00:00Z')).toBe(false)
  })

  test('the night of a Sunday ends on the Monday', () => {
    expect(open({ days: [7] }, '2026-11-22T23:00:00Z')).toBe(true)
    expect(open({ days: [7] }, '2026-11-23T03:00:00Z')).toBe(true)
    expect(open({ days: [7] }, '2026-11-22T03:00:00Z')).toBe(false)
    expect(open({ days: [1] }, '2026-11-23T03:00:00Z')).toBe(false)
  })

  test('the night of a date ends on the date after, and no night before it counts', () => {
    const dates = { from: '2026-12-31', to: '2026-12-31' }
    expect(open({ dates }, '2026-12-31T03:00:00Z')).toBe(false)
    expect(open({ dates }, '2026-12-31T23:00:00Z')).toBe(true)
    expect(open({ dates }, '2027-01-01T03:00:00Z')).toBe(true)
    expect(open({ dates }, '2027-01-01T23:00:00Z')).toBe(false)
  })

  test('that ends when it began is a whole day', () => {
    const day = { days: [5], hours: { from: 9 * 60, to: 9 * 60 } }
    expect(open(day, '2026-11-20T08:59:00Z')).toBe(false)
    expect(open(day, '2026-11-20T09:00:00Z')).toBe(true)
    expect(open(day, '2026-11-21T08:59:00Z')).toBe(true)
    expect(open(day, '2026-11-21T09:00:00Z')).toBe(false)
  })
})

test('what is no zone is said to be none', () => {
  for (const name of ['Mars/Olympus', '', '+01:00']) expect([name, isZone(name)]).toEqual([name, false])
})
