import { describe, expect, test } from 'vitest'
import { decide, type PresentPolicy, type Verdict } from '../../src/approval/decision.ts'
import { type Delegating, delegate, endDelegation, isActive } from '../../src/approval/delegation.ts'
import type { Identity, People } from '../../src/approval/principal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import type { StandIn } from '../../src/approval/seats.ts'
import { becomes, changeOf, evaluated, HOUR, member, needs, opened, refusedAs, says, T0 } from './given.ts'

const DAY = 24 * HOUR
const WHO = { actor: 'slack:T0HOME:U0BOB', source: 'slack' } as const

describe('a delegation is written', () => {
  const order = (over: Partial<Delegating> = {}): Delegating => ({
    id: 'dlg_1',
    from: member('U0BOB'),
    to: member('U0DAN'),
    startsAtMs: null,
    endsAtMs: T0 + DAY,
    by: member('U0BOB'),
    isAdmin: false,
    open: [],
    ...over,
  })
  const write = (over: Partial<Delegating> = {}, people: People = []) => delegate(order(over), people, WHO, T0)

  test('by oneself, from now on or later, and stands whole in the log', () => {
    const change = changeOf(write())
    const written = {
      id: 'dlg_1',
      from: 'U0BOB',
      to: 'U0DAN',
      startsAtMs: T0,
      endsAtMs: T0 + DAY,
      createdAtMs: T0,
      createdBy: 'U0BOB',
      revokedAtMs: null,
    }
    expect(change.delegation).toEqual({ before: null, after: written })
    expect(change.audit).toEqual([
      { type: 'admin.delegation_created', ...WHO, requestId: null, body: { delegation: written } },
    ])
    expect(changeOf(write({ startsAtMs: T0 + HOUR })).delegation?.after.startsAtMs).toBe(T0 + HOUR)
    expect(changeOf(write({ startsAtMs: T0 - HOUR })).delegation?.after.startsAtMs).toBe(T0)
  })

  test.each<[string, Partial<Delegating>, People]>([
    ['for somebody else by nobody in particular', { by: member('U0EVE') }, []],
    ['to oneself', { to: member('U0BOB') }, []],
    ['to another account of one’s own, by a link', { to: member('U0BOB2') }, [['slack:U0BOB', 'slack:U0BOB2']]],
    [
      'to another account of one’s own, by the address',
      { to: { ...member('U0B2'), identities: ['slack:U0B2', 'email:bob@example.com'] } },
      [],
    ],
    ['to a bot', { to: member('U0BOT', { barred: 'approver_not_human' }) }, []],
    ['to a guest', { to: member('U0GUEST', { barred: 'guest' }) }, []],
    ['from one who has left', { from: member('U0BOB', { barred: 'inactive' }) }, []],
    ['for no time', { endsAtMs: T0 }, []],
    ['to the past', { startsAtMs: T0 - DAY, endsAtMs: T0 - HOUR }, []],
    ['backwards', { startsAtMs: T0 + DAY, endsAtMs: T0 + HOUR }, []],
    ['for more than 90 days', { endsAtMs: T0 + 90 * DAY + 1 }, []],
    ['in more than a year', { startsAtMs: T0 + 366 * DAY, endsAtMs: T0 + 367 * DAY }, []],
    ['until nobody knows when', { endsAtMs: Number.NaN }, []],
    ['from nobody knows when', { startsAtMs: Number.NaN }, []],
  ])('not %s', (_what, over, people) => {
    expect(refusedAs(write(over, people))).toBe('delegation_refused')
  })

  test('B29 not by an admin who would sit in it herself, under whatever account', () => {
    const byAdmin = { by: member('U0ADMIN'), isAdmin: true }
    expect(refusedAs(write({ ...byAdmin, to: member('U0ADMIN') }))).toBe('delegation_refused')
    expect(refusedAs(write({ ...byAdmin, to: member('U0ADMIN2') }, [['slack:U0ADMIN', 'slack:U0ADMIN2']]))).toBe(
      'delegation_refused',
    )
    // Her own seat she gives away like anybody.
    expect(changeOf(write({ isAdmin: true })).delegation?.after.from).toBe('U0BOB')
  })

  test('by an admin for somebody else, and for 90 days at most', () => {
    expect(changeOf(write({ by: member('U0ADMIN'), isAdmin: true })).delegation?.after.createdBy).toBe('U0ADMIN')
    expect(changeOf(write({ endsAtMs: T0 + 90 * DAY })).delegation?.after.endsAtMs).toBe(T0 + 90 * DAY)
  })

  test('it is active from its beginning to before its end, and not once it is ended by one of the two or an admin', () => {
    const made = changeOf(write({ startsAtMs: T0 + 5 })).delegation?.after
    if (!made) throw new Error('none')
    expect([T0, T0 + 5, T0 + DAY - 1, T0 + DAY].map((at) => isActive(made, at))).toEqual([false, true, true, false])
    for (const by of [
      { userId: 'U0BOB', isAdmin: false },
      { userId: 'U0DAN', isAdmin: false },
      { userId: 'U0ADMIN', isAdmin: true },
    ]) {
      const ended = changeOf(endDelegation(made, by, WHO, T0 + 6)).delegation?.after
      expect(ended && isActive(ended, T0 + 6)).toBe(false)
      expect(refusedAs(endDelegation(ended ?? made, by, WHO, T0 + 7))).toBe('delegation_refused')
    }
    expect(refusedAs(endDelegation(made, { userId: 'U0EVE', isAdmin: false }, WHO, T0 + 6))).toBe('delegation_refused')
    expect(refusedAs(endDelegation(made, { userId: 'U0BOB', isAdmin: false }, WHO, T0 + DAY))).toBe(
      'delegation_refused',
    )
  })
})

const TWO = evaluated({ requirements: [needs('owners', 2)], denyCount: 2 })
const judged = (people: People = [], over = {}): PresentPolicy => ({ evaluated: { ...TWO, ...over }, people })
const start = (over = {}) => opened({ evaluated: { ...TWO, ...over } })
/** Somebody who delegated to whoever speaks. */
const away = (userId: string, over: Partial<StandIn> = {}): StandIn => ({
  absent: member(userId),
  groups: ['owners'],
  writtenBy: member(userId).identities,
  delegation: { id: `dlg_${userId}`, endsAtMs: T0 + DAY },
  ...over,
})
const standsIn = (...standIns: StandIn[]): Partial<Verdict> => ({ groups: [], standIns })
const speak = (request: ApprovalRequest, userId: string, over: Partial<Verdict> = {}, policy = judged()) =>
  decide(request, says(request, userId, over), policy, T0 + 1)

describe('B32 a vote in another’s seat', () => {
  test('counts, names both, and takes both', () => {
    const voted = becomes(speak(start(), 'U0DAN', standsIn(away('U0BOB'))))
    expect(voted.decisions).toMatchObject([{ approver: { userId: 'U0DAN' }, delegatedBy: 'U0BOB', groups: ['owners'] }])
    expect(voted.decisions[0]?.delegatorIdentities).toContain('email:bob@example.com')
    expect(refusedAs(speak(voted, 'U0BOB'))).toBe('already_counted')
    expect(refusedAs(speak(voted, 'U0DAN', { groups: ['owners'] }))).toBe('already_counted')
    expect(refusedAs(speak(voted, 'U0DAN', standsIn(away('U0CAROL'))))).toBe('already_counted')
    // Another delegate of Bob's brings no second seat.
    expect(refusedAs(speak(voted, 'U0EVE', standsIn(away('U0BOB'))))).toBe('already_counted')
    expect(becomes(speak(voted, 'U0CAROL')).outcome?.approvers).toEqual(['U0DAN', 'U0CAROL'])
  })

  test('INV3 also where Bob’s other account has the address or the link', () => {
    const voted = becomes(speak(start(), 'U0DAN', standsIn(away('U0BOB'))))
    const second = { ...member('U0BOB2'), identities: ['slack:U0BOB2', 'email:bob@example.com'] as Identity[] }
    expect(refusedAs(speak(voted, 'U0BOB2', { member: second }))).toBe('already_counted')
    expect(refusedAs(speak(voted, 'U0BOB2', {}, judged([['slack:U0BOB2', 'slack:U0BOB']])))).toBe('already_counted')
    expect(refusedAs(speak(voted, 'U0DAN2', {}, judged([['slack:U0DAN2', 'slack:U0DAN']])))).toBe('already_counted')
  })

  test.each<[string, StandIn, People]>([
    ['Bob is behind the ask', away('U0ALICE', { writtenBy: ['slack:U0ROOT'] }), []],
    ['Bob turns out to be', away('U0BOB'), [['slack:U0BOB', 'slack:U0ALICE']]],
    ['Bob is no live member', away('U0BOB', { absent: member('U0BOB', { barred: 'inactive' }) }), []],
    ['Bob is in no group that is needed', away('U0BOB', { groups: ['sre'] }), []],
    ['Bob and she are one', away('U0BOB'), [['slack:U0BOB', 'slack:U0DAN']]],
    ['whoever asks wrote it for Bob (B29)', away('U0BOB', { writtenBy: ['slack:U0ALICE'] }), []],
    ['an admin wrote it who made the client', away('U0BOB', { writtenBy: ['slack:U0ADMIN'] }), []],
    [
      'whoever asks wrote it under another account',
      away('U0BOB', { writtenBy: ['slack:U0X'] }),
      [['slack:U0X', 'slack:U0ALICE']],
    ],
  ])('is none where %s', (_what, standIn, people) => {
    expect(refusedAs(speak(start(), 'U0DAN', standsIn(standIn), judged(people)))).toBe('not_an_approver')
  })

  test('is none of hers who asks, whoever delegated to her', () => {
    expect(refusedAs(speak(start(), 'U0ALICE', standsIn(away('U0BOB'))))).toBe('self_approval')
  })

  test('is none for whom has been counted, has said no, or is spoken for', () => {
    const bob = becomes(speak(start(), 'U0BOB'))
    expect(refusedAs(speak(bob, 'U0DAN', standsIn(away('U0BOB'))))).toBe('already_counted')
    const no = becomes(speak(start(), 'U0BOB', { verdict: 'deny' }))
    expect(refusedAs(speak(no, 'U0DAN', standsIn(away('U0BOB'))))).toBe('already_counted')
  })

  test('INV7 is none where an address stands behind the ask and nobody can read Bob’s', () => {
    const request = opened({
      evaluated: TWO,
      ask: { action: 'data.export', requester: { on_behalf_of: { email: 'eve@example.com' } } },
    })
    const hidden = { ...member('U0BOB'), identities: ['slack:U0BOB'] as Identity[] }
    expect(refusedAs(speak(request, 'U0DAN', standsIn(away('U0BOB', { absent: hidden }))))).toBe('not_an_approver')
  })
})

test('her own membership comes before another’s; another’s where hers adds nothing', () => {
  const both = { requirements: [needs('owners'), needs('sre')] }
  const policy = judged([], both)
  const own = becomes(
    speak(start(both), 'U0DAN', { groups: ['owners'], standIns: [away('U0BOB', { groups: ['sre'] })] }, policy),
  )
  expect(own.decisions[0]).toMatchObject({ delegatedBy: null, groups: ['owners'] })
  const carol = becomes(speak(start(both), 'U0CAROL', { groups: ['owners'] }, policy))
  const other = becomes(
    speak(carol, 'U0DAN', { groups: ['owners'], standIns: [away('U0BOB', { groups: ['sre'] })] }, policy),
  )
  expect(other).toMatchObject({ status: 'approved', decisions: [{}, { delegatedBy: 'U0BOB', groups: ['sre'] }] })
  expect(refusedAs(speak(carol, 'U0DAN', { groups: ['owners'], standIns: [away('U0BOB')] }, policy))).toBe('seat_taken')
})

test('the oldest delegation that adds something is used', () => {
  const voted = becomes(
    speak(start(), 'U0DAN', standsIn(away('U0CAROL', { groups: [] }), away('U0BOB'), away('U0DAVE'))),
  )
  expect(voted.decisions[0]?.delegatedBy).toBe('U0BOB')
})

describe('a delegated vote that stands no more', () => {
  const voted = () => becomes(speak(start(), 'U0DAN', standsIn(away('U0BOB'))))
  const gone = new Map([['U0DAN for U0BOB', []]])

  test('B16 does not count when the quorum completes', () => {
    expect(becomes(speak(voted(), 'U0CAROL', { standing: gone })).status).toBe('pending')
    expect(becomes(speak(voted(), 'U0CAROL', { standing: new Map([['U0DAN', []]]) })).status).toBe('approved')
  })

  test('does not keep Bob, who is back, from voting himself, and together they are one', () => {
    const bob = becomes(speak(voted(), 'U0BOB', { standing: gone }))
    expect(bob.status).toBe('pending')
    // The delegation is active again: still one seat.
    expect(becomes(speak(bob, 'U0BOB', { verdict: 'withdraw' })).decisions).toHaveLength(3)
    const carol = becomes(
      speak(bob, 'U0CAROL', { standing: new Map() }, judged([], { requirements: [needs('owners', 3)] })),
    )
    expect(carol.status).toBe('pending')
  })
})

describe('what was said in her seat', () => {
  test('she takes back as what she said herself', () => {
    const voted = becomes(speak(start(), 'U0DAN', standsIn(away('U0BOB'))))
    const back = becomes(speak(voted, 'U0BOB', { verdict: 'withdraw' }))
    const carol = becomes(speak(back, 'U0CAROL'))
    expect(carol.status).toBe('pending')
    expect(becomes(speak(carol, 'U0BOB')).outcome?.approvers).toEqual(['U0CAROL', 'U0BOB'])
  })

  test('a no in another’s seat is a no, and one of both', () => {
    const no = becomes(speak(start(), 'U0DAN', { verdict: 'deny', ...standsIn(away('U0BOB')) }))
    expect(refusedAs(speak(no, 'U0BOB'))).toBe('already_counted')
    expect(refusedAs(speak(no, 'U0BOB', { verdict: 'deny' }))).toBe('already_counted')
    expect(becomes(speak(no, 'U0CAROL', { verdict: 'deny' })).status).toBe('denied')
  })
})

test('B18 who joined late fills no seat of her own, but that of one who was there before', () => {
  const closed = { requirements: [{ from: 'owners', count: 1, group: { usergroup: 'S0OWN' }, onlyThese: ['U0BOB'] }] }
  const policy = judged([], { requirements: [{ from: 'owners', count: 1, group: { usergroup: 'S0OWN' } }] })
  expect(refusedAs(speak(start(closed), 'U0DAN', { groups: ['owners'] }, policy))).toBe('not_an_approver')
  expect(refusedAs(speak(start(closed), 'U0EVE', standsIn(away('U0DAN')), policy))).toBe('not_an_approver')
  expect(
    becomes(speak(start(closed), 'U0DAN', { groups: ['owners'], standIns: [away('U0BOB')] }, policy)),
  ).toMatchObject({
    status: 'approved',
    decisions: [{ delegatedBy: 'U0BOB' }],
  })
  expect(becomes(speak(start(closed), 'U0BOB', {}, policy)).status).toBe('approved')
})
