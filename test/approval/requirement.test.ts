import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fulfilled, type Requirement, received, seat, stricter } from '../../src/approval/requirement.ts'
import { needs } from './given.ts'

const NAMES = ['a', 'b', 'c', '__proto__', 'constructor'] as const
const requirements: fc.Arbitrary<Requirement[]> = fc.uniqueArray(
  fc
    .record({ from: fc.constantFrom(...NAMES), count: fc.integer({ min: 1, max: 3 }) })
    .map((r) => needs(r.from, r.count)),
  { maxLength: 4, selector: (r) => r.from },
)
const approvers = fc.array(fc.record({ groups: fc.subarray([...NAMES]) }), { maxLength: 6 })

/** The most seats that can be filled, by trying every way to seat everybody. */
function mostSeats(
  free: ReadonlyMap<string, number>,
  waiting: readonly { readonly groups: readonly string[] }[],
): number {
  const [first, ...rest] = waiting
  if (!first) return 0
  const ways = first.groups
    .filter((name) => (free.get(name) ?? 0) > 0)
    .map((name) => 1 + mostSeats(new Map(free).set(name, (free.get(name) ?? 0) - 1), rest))
  return Math.max(mostSeats(free, rest), ...ways)
}
const seatsOf = (asked: readonly Requirement[]) => new Map(asked.map((r) => [r.from, r.count]))

test('B23 as many seats are filled as any seating could fill, one seat a person, each in a group of hers', () => {
  fc.assert(
    fc.property(requirements, approvers, (asked, people) => {
      const seated = seat(asked, people)
      expect(seated).toHaveLength(people.length)
      expect(seated.filter((name) => name !== null)).toHaveLength(mostSeats(seatsOf(asked), people))
      seated.forEach((name, i) => {
        if (name !== null) expect(people[i]?.groups).toContain(name)
      })
      received(asked, people).forEach((n, i) => {
        expect(n).toBeLessThanOrEqual(asked[i]?.count ?? 0)
      })
    }),
    { numRuns: 1500 },
  )
})

test('B45 B46 everything is filled exactly where a seating that fills every seat exists, and never by nothing', () => {
  fc.assert(
    fc.property(requirements, approvers, (asked, people) => {
      const total = asked.reduce((sum, r) => sum + r.count, 0)
      expect(fulfilled(asked, people)).toBe(asked.length > 0 && mostSeats(seatsOf(asked), people) === total)
    }),
    { numRuns: 1500 },
  )
  expect(fulfilled([], [{ groups: ['a'] }])).toBe(false)
})

test('whoever was seated stays seated when somebody comes after her', () => {
  fc.assert(
    fc.property(requirements, approvers, fc.subarray([...NAMES]), (asked, people, groups) => {
      const before = seat(asked, people)
      const later = seat(asked, [...people, { groups }])
      before.forEach((name, i) => {
        if (name !== null) expect(later[i]).not.toBeNull()
      })
    }),
    { numRuns: 1000 },
  )
})

test('a requirement whose count is not a number of people is never filled', () => {
  for (const count of [0, -1, 1.5, Number.NaN]) {
    expect(fulfilled([needs('a', count)], [{ groups: ['a'] }, { groups: ['a'] }])).toBe(false)
  }
})

test('B24 B25 the stricter of two lists asks at least for what each of them asks, and for nothing else', () => {
  fc.assert(
    fc.property(requirements, requirements, (pinned, now) => {
      const joined = seatsOf(stricter(pinned, now))
      for (const r of [...pinned, ...now]) expect(joined.get(r.from)).toBeGreaterThanOrEqual(r.count)
      for (const [from, count] of joined) {
        expect(count).toBe(Math.max(seatsOf(pinned).get(from) ?? 0, seatsOf(now).get(from) ?? 0))
      }
      expect(seatsOf(stricter(now, pinned))).toEqual(joined)
      expect(seatsOf(stricter(pinned, pinned))).toEqual(seatsOf(pinned))
    }),
    { numRuns: 1000 },
  )
})

test('whatever fills the stricter list fills each of the two', () => {
  fc.assert(
    fc.property(requirements, requirements, approvers, (pinned, now, people) => {
      fc.pre(fulfilled(stricter(pinned, now), people))
      for (const list of [pinned, now]) if (list.length > 0) expect(fulfilled(list, people)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})
