import { describe, expect, test } from 'vitest'
import { decide, type PresentPolicy, type Verdict } from '../../src/approval/decision.ts'
import type { People } from '../../src/approval/principal.ts'
import type { Refusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import type { StandIn } from '../../src/approval/seats.ts'
import { becomes, changeOf, evaluated, HOUR, member, needs, opened, says, T0 } from './given.ts'

const POLICY = evaluated({ requirements: [needs('owners', 2)], denyCount: 2 })
const judged = (people: People = []): PresentPolicy => ({ evaluated: POLICY, people })
const start = () => opened({ evaluated: POLICY })
const speak = (request: ApprovalRequest, userId: string, over: Partial<Verdict> = {}, people: People = []) =>
  decide(request, says(request, userId, over), judged(people), T0)
const forBob = (endsAtMs = T0 + 24 * HOUR): Partial<Verdict> => {
  const standIn: StandIn = {
    absent: member('U0BOB'),
    groups: ['owners'],
    writtenBy: ['slack:U0BOB'],
    delegation: { id: 'dlg_1', endsAtMs },
  }
  return { groups: [], standIns: [standIn] }
}

describe('B32 INV10 a word in another’s seat', () => {
  test.each(['approve', 'deny'] as const)('is not written once the seat is lent no more: %s', (verdict) => {
    const change = changeOf(speak(start(), 'U0DAN', { verdict, ...forBob(T0 + 5) }))
    expect(change).toMatchObject({ notAfterMs: T0 + 5, whileDelegated: ['dlg_1'] })
  })

  test.each(['approve', 'deny'] as const)('is not written after the request is over, however long: %s', (verdict) => {
    const change = changeOf(speak(start(), 'U0DAN', { verdict, ...forBob(T0 + 2 * HOUR) }))
    expect(change).toMatchObject({ notAfterMs: T0 + HOUR, whileDelegated: ['dlg_1'] })
  })

  test('in one’s own it rests on nobody’s lending', () => {
    for (const verdict of ['approve', 'deny'] as const) {
      expect(changeOf(speak(start(), 'U0BOB', { verdict })).whileDelegated).toBeUndefined()
    }
  })
})

test('what enough people refuse says so, and keeps the words of the last of them', () => {
  const one = becomes(speak(start(), 'U0BOB', { verdict: 'deny', reason: 'not this week' }))
  const two = becomes(speak(one, 'U0CAROL', { verdict: 'deny', reason: 'wrong bucket' }))
  expect(two.outcome).toEqual({ by: 'people', code: 'denied', reason: 'wrong bucket', approvers: [], atMs: T0 })
})

describe('however often somebody took back her word', () => {
  const OFTEN = 5
  const TWO_ACCOUNTS: People = [['slack:U0BOB', 'slack:U0DAVE']]
  const again = (request: ApprovalRequest, times: number, userId: string, over: Partial<Verdict>): ApprovalRequest =>
    times === 0
      ? request
      : again(
          becomes(speak(becomes(speak(request, userId, over)), userId, { verdict: 'withdraw' })),
          times - 1,
          userId,
          over,
        )
  const detail = (answer: object): unknown => ('refused' in answer ? (answer as Refusal).detail : 'no refusal')

  test('a yes of hers, by an account that is joined to hers since, can be taken back', () => {
    const often = again(start(), OFTEN, 'U0BOB', { verdict: 'deny' })
    const yes = becomes(speak(often, 'U0DAVE'))
    const back = becomes(speak(yes, 'U0DAVE', { verdict: 'withdraw' }, TWO_ACCOUNTS))
    expect(back.decisions.at(-1)?.verdict).toBe('withdraw')
    // Nobody but Carol stands there by now: her yes alone is none.
    expect(becomes(speak(back, 'U0CAROL', {}, TWO_ACCOUNTS)).status).toBe('pending')
  })

  test('and it can where a no of hers stands beside it', () => {
    const no = becomes(speak(again(start(), OFTEN, 'U0BOB', { verdict: 'deny' }), 'U0BOB', { verdict: 'deny' }))
    const yes = becomes(speak(no, 'U0DAVE'))
    const back = becomes(speak(yes, 'U0DAVE', { verdict: 'withdraw' }, TWO_ACCOUNTS))
    expect(back.decisions.at(-1)?.verdict).toBe('withdraw')
  })

  test('what her delegate took back in her seat is counted as hers, whoever else said yes', () => {
    const carol = becomes(speak(start(), 'U0CAROL'))
    const once = { evaluated: { ...POLICY, requirements: [needs('owners', 3)] }, people: [] }
    const three = (request: ApprovalRequest, userId: string, over: Partial<Verdict> = {}) =>
      decide(request, says(request, userId, over), once, T0)
    let request = carol
    for (let i = 0; i < OFTEN; i++) {
      expect('audit' in three(request, 'U0BOB')).toBe(true)
      request = becomes(three(becomes(three(request, 'U0DAN', forBob())), 'U0DAN', { verdict: 'withdraw' }))
    }
    expect(detail(three(request, 'U0BOB'))).toBe('a yes to this request was taken back too often')
    expect(becomes(three(request, 'U0DAVE')).decisions.at(-1)?.approver.userId).toBe('U0DAVE')
  })
})
