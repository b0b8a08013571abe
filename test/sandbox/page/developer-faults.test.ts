import { describe, expect, it } from 'vitest'
import { fault as faultBody, groupPatch, userPatch } from '../../../src/sandbox/control/bodies.ts'
import {
  API_BREAKAGES,
  type Breakage,
  type Choice,
  DELIVERY_BREAKAGES,
  faultInWords,
  leftInWords,
} from '../../../src/sandbox/page/developer/faults.ts'
import { aheadInWords, timeOfDay } from '../../../src/sandbox/page/developer/moments.ts'
import { membersAfter, patchFor, STANDINGS, standingOf } from '../../../src/sandbox/page/developer/people.ts'
import { fullSeed } from '../../../src/sandbox/seed.ts'

const all: readonly Breakage[] = [...API_BREAKAGES, ...DELIVERY_BREAKAGES]
const choiceOf = (breakage: Breakage, more: Partial<Choice> = {}): Choice => ({
  method: breakage.methods?.[0] ?? '*',
  amount: breakage.amount?.initial ?? 0,
  error: breakage.errors?.[0] ?? '',
  times: breakage.times,
  ...more,
})
const body = (id: string, more: Partial<Choice> = {}) => {
  const breakage = all.find((each) => each.id === id)
  if (!breakage) throw new Error(`no breakage ${id}`)
  return breakage.body(choiceOf(breakage, more))
}

describe('a way to break Slack', () => {
  it.each(all.map((each) => [each.id, each] as const))('%s is a fault the control API takes', (_, breakage) => {
    for (const times of [1, 5, null]) {
      const sent = JSON.parse(JSON.stringify(breakage.body(choiceOf(breakage, { times }))))
      expect(faultBody.safeParse(sent)).toMatchObject({ success: true })
    }
    for (const amount of [breakage.amount?.min, breakage.amount?.max])
      if (amount !== undefined)
        expect(faultBody.safeParse(breakage.body(choiceOf(breakage, { amount }))).success).toBe(true)
  })

  it('strikes until it is mended where no number is sent', () => {
    expect(body('down')).toEqual({ api: { method: '*', kind: 'status', status: 503 } })
    expect(body('lost-answer')).toEqual({
      api: { method: 'chat.postMessage', kind: 'status_after_commit', status: 500, times: 1 },
    })
  })

  it('asks for seconds and sends what the sandbox counts in', () => {
    expect(body('slow', { amount: 3 })).toMatchObject({ api: { ms: 3000 } })
    expect(body('ratelimited', { amount: 10 })).toMatchObject({ api: { retryAfter: 10 } })
    expect(body('late', { amount: 5 })).toMatchObject({ delivery: { ms: 5000 } })
  })
})

describe('an active fault', () => {
  it.each([
    [{ api: { method: '*', kind: 'status', status: 503 } }, 'Every method: HTTP 503'],
    [
      { api: { method: 'chat.update', channel: 'C1', kind: 'slow', ms: 300 } },
      'chat.update in C1: answered 300 ms later',
    ],
    [{ api: { method: 'a.b', kind: 'ratelimited', retryAfter: null } }, 'a.b: 429 without Retry-After'],
    [{ api: { method: 'a.b', kind: 'ratelimited' } }, 'a.b: 429, Retry-After 1 s'],
    [{ delivery: { kind: 'duplicate', copies: 2 } }, 'Deliveries: 2 copies each'],
    [
      { delivery: { kind: 'late', ms: 5000, kinds: ['interactive', 'events_api'] } },
      'clicks and forms and events: 5 s late',
    ],
    [{ delivery: { kind: 'lost' } }, 'Deliveries: lost'],
  ] as const)('%j is said in words', (fault, words) => {
    expect(faultInWords({ id: 'f1', fault, left: null })).toBe(words)
  })

  it('says how often it will still strike', () => {
    expect([null, 1, 4].map(leftInWords)).toEqual(['until mended', 'once more', '4 more times'])
  })
})

describe('people and groups', () => {
  const alice = fullSeed().users.find((user) => user.id === 'U0ALICE')

  it.each(STANDINGS)('somebody made %s is %s from then on, whatever she was', (standing) => {
    expect(userPatch.safeParse(patchFor(standing)).success).toBe(true)
    for (const before of STANDINGS) {
      if (!alice) throw new Error('no Alice')
      const { profile: _, ...patch } = patchFor(before)
      expect(standingOf({ ...alice, ...patch, ...flags(standing) })).toBe(standing)
    }
  })

  it('somebody joins a group once and leaves it whole', () => {
    expect(membersAfter(['A'], 'B', true)).toEqual(['A', 'B'])
    expect(membersAfter(['A', 'B'], 'A', true)).toEqual(['A', 'B'])
    expect(membersAfter(['A', 'B'], 'A', false)).toEqual(['B'])
    expect(groupPatch.safeParse({ users: membersAfter(['A'], 'A', false) }).success).toBe(true)
  })
})

describe('moments', () => {
  it('are read as a time of day to the millisecond', () => {
    expect(timeOfDay(new Date(2026, 10, 20, 9, 5, 7, 42).getTime())).toBe('09:05:07.042')
  })

  it('say how far a clock is ahead, and nothing where it agrees', () => {
    expect(aheadInWords(300)).toBeUndefined()
    expect(aheadInWords(-5_000)).toBeUndefined()
    expect(aheadInWords(4_010)).toBe('4 s ahead')
    expect(aheadInWords(3_900_000)).toBe('1 h 5 min ahead')
  })
})

function flags(standing: (typeof STANDINGS)[number]) {
  const { profile: _, ...rest } = patchFor(standing)
  return rest
}
