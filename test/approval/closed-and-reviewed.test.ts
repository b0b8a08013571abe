import { describe, expect, test } from 'vitest'
import { breakGlass, signReview } from '../../src/approval/break-glass.ts'
import { clientActor } from '../../src/approval/change.ts'
import { parseClientKey } from '../../src/approval/client-key.ts'
import { decide } from '../../src/approval/decision.ts'
import { emergencyWay, mayBreak } from '../../src/approval/emergency.ts'
import { cancel } from '../../src/approval/grant.ts'
import { isThere } from '../../src/approval/pointer.ts'
import type { Member } from '../../src/approval/principal.ts'
import type { Ask, BreakGlassRule } from '../../src/approval/request.ts'
import { ASK, aClient, becomes, changeOf, evaluated, member, opened, present, refusedAs, says, T0 } from './given.ts'

const RULE: BreakGlassRule = { from: 'on-call', group: { usergroup: 'S0CALL' }, grantTtlMs: 120_000, self: false }

test('whoever decides what was withdrawn is told that it was withdrawn', () => {
  const cancelled = becomes(cancel(opened(), null, clientActor(aClient()), T0))
  for (const verdict of ['approve', 'deny', 'withdraw'] as const) {
    expect(refusedAs(decide(cancelled, says(cancelled, 'U0BOB', { verdict }), present(), T0))).toBe('cancelled')
  }
})

describe('B27 the review of a broken glass', () => {
  const broken = (ask: Ask = ASK) => {
    const policy = evaluated({ breakGlass: RULE })
    const request = opened({ ask, evaluated: policy })
    const word = { ...says(request, 'U0ONA'), groups: ['on-call'], reason: 'the database is down, nobody answers' }
    return becomes(breakGlass(request, word, { evaluated: policy, people: [] }, null, T0))
  }
  const signs = (request: ReturnType<typeof broken>, who: Member) =>
    signReview(
      request,
      {
        surface: 'api',
        member: who,
        membershipReadAtMs: T0,
        behind: [],
        groups: ['owners'],
        isAdmin: false,
        note: 'looked at it',
      },
      [],
      T0,
    )

  test('is signed in the name of who signed it, through her door', () => {
    const change = changeOf(signs(broken(), member('U0BOB')))
    expect(change.audit[0]).toMatchObject({
      type: 'admin.break_glass_reviewed',
      actor: 'slack:T0HOME:U0BOB',
      source: 'api',
    })
    expect(becomes(change).brokenGlass?.review).toMatchObject({ userId: 'U0BOB', note: 'looked at it' })
  })

  test('INV7 is signed by nobody whose address is hidden, where an address stands behind the ask', () => {
    const request = broken({ ...ASK, requester: { on_behalf_of: { email: 'eve@example.com' } } })
    expect(refusedAs(signs(request, { ...member('U0BOB'), identities: ['slack:U0BOB'] }))).toBe('requester_unresolved')
    expect(refusedAs(signs(request, member('U0BOB')))).toBeNull()
  })
})

test('B18 where nobody wrote down who was on call, nobody at all breaks the glass', () => {
  const way = emergencyWay(RULE, RULE, ['on-call'])
  expect(way?.onlyThese).toEqual([])
  expect(way && mayBreak(way, 'U0ONA', ['on-call'])).toBe(false)
  const open = emergencyWay(RULE, RULE, [])
  expect(open && mayBreak(open, 'U0ONA', ['on-call'])).toBe(true)
})

test.each<[readonly string[], boolean]>([
  [['0'], true],
  [['5'], true],
  [['10'], true],
  [['11'], false],
  [['01'], false],
  [['-1'], false],
  [['1x'], false],
  [['x1'], false],
  [['-'], false],
  [['length'], false],
])('a pointer into a list names an item of it by its number alone: %j', (path, there) => {
  expect(
    isThere(
      Array.from({ length: 11 }, () => 1),
      path,
    ),
  ).toBe(there)
})

test('a key is read whole or not at all', () => {
  const secret = 's'.repeat(43)
  expect(parseClientKey(`cs_abcd_${secret}`)).toEqual({ id: 'abcd', secret })
  for (const text of [`cs_${secret}`, 'cs_abcd', `cs_abc_${secret}`]) expect(parseClientKey(text)).toBeNull()
})
