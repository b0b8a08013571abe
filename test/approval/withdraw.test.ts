import { describe, expect, test } from 'vitest'
import { decide, type PresentPolicy, type Verdict } from '../../src/approval/decision.ts'
import { approve } from '../../src/approval/outcome.ts'
import type { People } from '../../src/approval/principal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import { counted, denies, standingVotes } from '../../src/approval/votes.ts'
import { becomes, changeOf, evaluated, HOUR, member, needs, opened, refusedAs, says, T0 } from './given.ts'

const TWO = evaluated({ requirements: [needs('owners', 2)], denyCount: 2 })
const judged = (people: People = [], over = {}): PresentPolicy => ({ evaluated: { ...TWO, ...over }, people })
const start = () => opened({ evaluated: TWO })
let tick = T0
const speak = (request: ApprovalRequest, userId: string, over: Partial<Verdict> = {}, policy = judged()) =>
  decide(request, says(request, userId, { membershipReadAtMs: ++tick, ...over }), policy, tick)
const following = (request: ApprovalRequest, userId: string, verdict: Verdict['verdict'], policy = judged()) =>
  becomes(speak(request, userId, { verdict }, policy))

test('a yes that was taken back does not count, and she may give it again', () => {
  const bob = following(start(), 'U0BOB', 'approve')
  const change = changeOf(speak(bob, 'U0BOB', { verdict: 'withdraw', groups: [] }))
  const back = becomes(change)
  expect(back).toMatchObject({
    status: 'pending',
    version: 3,
    decisions: [{ verdict: 'approve' }, { verdict: 'withdraw' }],
  })
  expect(change.audit.map((e) => [e.type, e.body.verdict])).toEqual([['decision.recorded', 'withdraw']])
  expect(change.unlessPaused).toBeUndefined()
  const carol = following(back, 'U0CAROL', 'approve')
  expect(carol.status).toBe('pending')
  expect(following(carol, 'U0BOB', 'approve').outcome?.approvers).toEqual(['U0CAROL', 'U0BOB'])
})

test('a no that was taken back does not end it with another’s no, and she may say yes', () => {
  const back = following(following(start(), 'U0BOB', 'deny'), 'U0BOB', 'withdraw')
  expect(denies(back)).toBe(0)
  const carol = following(back, 'U0CAROL', 'deny')
  expect(carol.status).toBe('pending')
  expect(following(carol, 'U0DAVE', 'deny').status).toBe('denied')
  expect(following(back, 'U0BOB', 'approve').decisions.at(-1)?.verdict).toBe('approve')
})

test('taking something back approves nothing by itself, though every seat is filled then', () => {
  const three = judged([], { requirements: [needs('owners', 3)] })
  const yes = following(following(start(), 'U0BOB', 'approve', three), 'U0CAROL', 'approve', three)
  const no = following(yes, 'U0DAVE', 'deny', three)
  const back = following(no, 'U0DAVE', 'withdraw')
  expect(back.status).toBe('pending')
  // One who counts says it again, and it stands.
  const again = changeOf(speak(back, 'U0BOB'))
  expect(becomes(again).status).toBe('approved')
  expect(again).toMatchObject({ unlessPaused: true, notAfterMs: T0 + HOUR })
})

describe('what cannot be taken back', () => {
  test('what nobody said', () => {
    expect(refusedAs(speak(start(), 'U0BOB', { verdict: 'withdraw' }))).toBe('nothing_to_withdraw')
    const bob = following(start(), 'U0BOB', 'approve')
    expect(refusedAs(speak(bob, 'U0CAROL', { verdict: 'withdraw' }))).toBe('nothing_to_withdraw')
    const back = following(bob, 'U0BOB', 'withdraw')
    expect(refusedAs(speak(back, 'U0BOB', { verdict: 'withdraw' }))).toBe('nothing_to_withdraw')
  })

  test('what was decided, is over, is shown on another card, or by an account that is none of ours', () => {
    const bob = following(start(), 'U0BOB', 'approve')
    const back = (over: Partial<Verdict>, at = tick, on = bob) =>
      refusedAs(decide(on, says(on, 'U0BOB', { verdict: 'withdraw', membershipReadAtMs: at, ...over }), judged(), at))
    expect(back({}, tick, following(bob, 'U0CAROL', 'approve'))).toBe('already_decided')
    expect(back({}, T0 + HOUR)).toBe('expired')
    expect(back({ digestShown: 'f'.repeat(16) })).toBe('stale_card')
    expect(back({ member: { ...member('U0BOB'), barred: 'inactive' } })).toBe('inactive')
  })
})

test('B22 her other account takes back what she said, by an address or by a link', () => {
  const bob = following(start(), 'U0BOB', 'approve')
  const sameAddress = { ...member('U0BOB2'), identities: ['slack:U0BOB2' as const, 'email:bob@example.com' as const] }
  expect(standingVotes(becomes(speak(bob, 'U0BOB2', { verdict: 'withdraw', member: sameAddress })))).toEqual([])
  const linked = judged([['slack:U0BOB', 'slack:U0BOB2']])
  expect(standingVotes(following(bob, 'U0BOB2', 'withdraw', linked))).toEqual([])
})

test('B30 a no does not disappear because somebody who took hers back is joined to its speaker later', () => {
  const bothNo = following(following(start(), 'U0BOB', 'deny'), 'U0CAROL', 'approve')
  const back = following(bothNo, 'U0CAROL', 'withdraw')
  expect(denies(back)).toBe(1)
  const links: People = [['slack:U0BOB', 'slack:U0CAROL']]
  expect(refusedAs(speak(back, 'U0BOB', {}, judged(links)))).toBe('already_counted')
  expect(denies(back)).toBe(1)
})

test('of one human’s accounts the last word counts, whichever of them it came from', () => {
  const two = following(
    following(start(), 'U0BOB', 'approve'),
    'U0CAROL',
    'approve',
    judged([], { requirements: [needs('owners', 3)] }),
  )
  const back = following(two, 'U0CAROL', 'withdraw')
  const links: People = [['slack:U0BOB', 'slack:U0CAROL']]
  const ground = { ...TWO, people: links, behind: [], standing: new Map() }
  expect(counted(back, ground)).toEqual([])
  expect(counted(back, { ...ground, people: [] }).map((d) => d.approver.userId)).toEqual(['U0BOB'])
  expect(() => approve(back, ground, tick)).toThrow('not every seat')
})

test('a yes that does not count completes nothing that others said', () => {
  const three = judged([], { requirements: [needs('owners', 3)] })
  const two = following(following(start(), 'U0BOB', 'approve', three), 'U0CAROL', 'approve', three)
  expect(two.status).toBe('pending')
  expect(refusedAs(speak(two, 'U0DAVE', { standing: new Map([['U0DAVE', []]]) }))).toBe('seat_taken')
  expect(becomes(speak(two, 'U0DAVE')).status).toBe('approved')
})

test('nobody’s yes counts beside a no of hers from another account', () => {
  const said = following(following(start(), 'U0BOB', 'deny'), 'U0CAROL', 'approve')
  const links: People = [['slack:U0BOB', 'slack:U0CAROL']]
  expect(counted(said, { ...TWO, people: links, behind: [], standing: new Map() })).toEqual([])
})

test('whoever cannot make up her mind is told so: five times back, then no other yes, but always a last no', () => {
  let request = start()
  for (let i = 0; i < 5; i++) request = following(following(request, 'U0BOB', 'approve'), 'U0BOB', 'withdraw')
  expect(refusedAs(speak(request, 'U0BOB'))).toBe('already_counted')
  const no = following(request, 'U0BOB', 'deny')
  expect(denies(no)).toBe(1)
  expect(refusedAs(speak(no, 'U0BOB', { verdict: 'withdraw' }))).toBe('nothing_to_withdraw')
  // Another is not held to it.
  expect(following(request, 'U0CAROL', 'approve').decisions.at(-1)?.approver.userId).toBe('U0CAROL')
})

test('nothing is taken back on a request that the present policy gives no time for any more', () => {
  const bob = following(start(), 'U0BOB', 'approve')
  expect(following(bob, 'U0BOB', 'withdraw', judged([], { ttlMs: 1 }))).toMatchObject({
    status: 'expired',
    outcome: { code: 'policy_changed' },
  })
})
