import { describe, expect, test } from 'vitest'
import { decide, type PresentPolicy, type Verdict } from '../../src/approval/decision.ts'
import type { Member } from '../../src/approval/principal.ts'
import { refusedDecision } from '../../src/approval/recording.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import {
  ASK,
  aCaller,
  becomes,
  changeOf,
  evaluated,
  HOUR,
  member,
  needs,
  opened,
  present,
  refusedAs,
  says,
  T0,
  TEAM,
} from './given.ts'

const TWO = evaluated({ requirements: [needs('owners', 2)] })
const two = () => opened({ evaluated: TWO })
const withTwo = (people: PresentPolicy['people'] = []): PresentPolicy => ({ evaluated: TWO, people })
const as = (request: ApprovalRequest, userId: string, over: Partial<Verdict> = {}, policy = present()) =>
  decide(request, says(request, userId, over), policy, T0 + 1)

test('the last yes that is needed approves, in the same change, with the decision and the outcome as evidence', () => {
  const change = changeOf(as(opened(), 'U0BOB'))
  expect(becomes(change)).toMatchObject({ status: 'approved', version: 2, grantExpiresAtMs: T0 + 1 + 5 * 60_000 })
  expect(change.audit.map((e) => [e.type, e.actor, e.source])).toEqual([
    ['decision.recorded', `slack:${TEAM}:U0BOB`, 'slack'],
    ['request.approved', `slack:${TEAM}:U0BOB`, 'slack'],
  ])
  expect(change.notAfterMs).toBe(T0 + HOUR)
})

test('one yes of two leaves it pending', () => {
  const first = becomes(as(two(), 'U0BOB', {}, withTwo()))
  expect(first).toMatchObject({ status: 'pending', version: 2, outcome: null, grantExpiresAtMs: null })
  expect(becomes(as(first, 'U0CAROL', {}, withTwo())).status).toBe('approved')
})

describe('the checks stand in the order of the questions', () => {
  const request = opened({ ask: { ...ASK, requester: { on_behalf_of: { email: 'eve@example.com' } } } })
  const closed: ApprovalRequest = { ...request, status: 'denied' }
  const nobody: Member = { ...member('U0ALICE'), barred: 'guest' }
  const counted = becomes(decide(request, says(request, 'U0BOB'), present({ requirements: [needs('owners', 2)] }), T0))
  const policy = present({ requirements: [needs('owners', 2)], effect: 'deny', reasonRequired: ['approve'] })
  const wrong = { digestShown: 'f'.repeat(16) }
  const unread = { ...member('U0BOB'), identities: ['slack:U0BOB' as const] }

  test.each<[string, ApprovalRequest, Partial<Verdict>, PresentPolicy, number]>([
    ['already_decided', closed, { ...wrong, member: nobody, groups: [] }, policy, T0 + HOUR],
    ['expired', request, { ...wrong, member: nobody, groups: [] }, policy, T0 + HOUR],
    ['stale_card', request, { ...wrong, member: nobody, groups: [] }, policy, T0],
    ['guest', request, { member: nobody, groups: [] }, policy, T0],
    ['self_approval', request, { member: { ...nobody, barred: null }, groups: [] }, policy, T0],
    ['requester_unresolved', request, { member: unread, groups: [] }, policy, T0],
    ['not_an_approver', counted, { groups: [] }, policy, T0],
    ['already_counted', counted, {}, { ...policy, evaluated: { ...policy.evaluated, effect: 'require_approval' } }, T0],
    ['reason_required', request, {}, present({ reasonRequired: ['approve'] }), T0],
  ])('%s comes before all that would be asked after it', (code, on, over, judgedBy, now) => {
    expect(refusedAs(decide(on, says(on, 'U0BOB', over), judgedBy, now))).toBe(code)
  })
})

describe('INV3 no approve is counted from anyone in the requester’s closure', () => {
  test.each([
    ['the owner of the client', 'U0ALICE', []],
    ['whoever made the client', 'U0ADMIN', []],
    ['an account that a link of today joins to the owner', 'U0BOB', [['slack:U0BOB', 'slack:U0ALICE']]],
    [
      'an account at the end of a chain of links',
      'U0BOB',
      [
        ['email:bob@example.com', 'github:b'],
        ['github:b', 'gitlab:b'],
        ['gitlab:b', 'slack:U0ALICE'],
      ],
    ],
  ] as const)('B1 B7 B8 B17 B30: %s', (_who, userId, people) => {
    expect(refusedAs(as(opened(), userId, {}, present({}, people)))).toBe('self_approval')
  })

  test('B30 a link that was taken out after the ask still counts', () => {
    const request = opened({ people: [['slack:U0BOB', 'slack:U0ALICE']], evaluated: TWO, ask: ASK })
    expect(refusedAs(as(request, 'U0BOB', {}, withTwo()))).toBe('self_approval')
  })

  test('B5 a second account with the address that Slack confirmed for the owner', () => {
    const second = { ...member('U0BOB'), identities: ['slack:U0BOB' as const, 'email:alice@example.com' as const] }
    expect(refusedAs(as(opened(), 'U0BOB', { member: second, behind: ['email:alice@example.com'] }))).toBe(
      'self_approval',
    )
  })

  test('the human it acts for, by her address', () => {
    const request = opened({ ask: { ...ASK, requester: { on_behalf_of: { email: 'Bob+agent@example.com' } } } })
    expect(refusedAs(as(request, 'U0BOB'))).toBe('self_approval')
  })

  test('INV7 nobody whose own address is hidden, where an address stands behind the ask', () => {
    const request = opened({ ask: { ...ASK, requester: { on_behalf_of: { email: 'eve@example.com' } } } })
    const hidden = { ...member('U0BOB'), identities: ['slack:U0BOB' as const] }
    expect(refusedAs(as(request, 'U0BOB', { member: hidden }))).toBe('requester_unresolved')
  })

  test('but anyone of the group may stop it, also whoever asked', () => {
    expect(becomes(as(opened(), 'U0ALICE', { verdict: 'deny' })).status).toBe('denied')
  })
})

describe('INV3 no one is counted twice', () => {
  const first = () => becomes(as(two(), 'U0BOB', {}, withTwo()))

  test('B20 the same account', () => {
    expect(refusedAs(as(first(), 'U0BOB', {}, withTwo()))).toBe('already_counted')
  })

  test('B21 another door', () => {
    expect(refusedAs(as(first(), 'U0BOB', { surface: 'web' }, withTwo()))).toBe('already_counted')
  })

  test('B22 another account of hers, joined by an address or by a link', () => {
    const sameAddress = { ...member('U0BOB2'), identities: ['slack:U0BOB2' as const, 'email:bob@example.com' as const] }
    expect(refusedAs(as(first(), 'U0BOB2', { member: sameAddress }, withTwo()))).toBe('already_counted')
    const links = [['slack:U0BOB2', 'slack:U0BOB']] as const
    expect(refusedAs(as(first(), 'U0BOB2', {}, withTwo(links)))).toBe('already_counted')
  })

  test('whoever said no cannot say yes afterwards', () => {
    const twice = evaluated({ denyCount: 2, requirements: [needs('owners', 1)] })
    const policy = { evaluated: twice, people: [] }
    const no = becomes(as(opened({ evaluated: twice }), 'U0BOB', { verdict: 'deny' }, policy))
    expect(no.status).toBe('pending')
    expect(refusedAs(as(no, 'U0BOB', {}, policy))).toBe('already_counted')
  })

  test('B23 one person fills one seat, though she is in both groups', () => {
    const both = evaluated({ requirements: [needs('owners'), needs('sre')] })
    const policy = { evaluated: both, people: [] }
    const one = becomes(as(opened({ evaluated: both }), 'U0BOB', { groups: ['owners', 'sre'] }, policy))
    expect(one.status).toBe('pending')
    expect(becomes(as(one, 'U0CAROL', { groups: ['owners'] }, policy)).status).toBe('approved')
  })

  test('B46 a yes that no seat is left for is refused', () => {
    const both = evaluated({ requirements: [needs('owners'), needs('sre')] })
    const policy = { evaluated: both, people: [] }
    const one = becomes(as(opened({ evaluated: both }), 'U0BOB', {}, policy))
    expect(refusedAs(as(one, 'U0CAROL', {}, policy))).toBe('seat_taken')
  })
})

describe('INV12 the stricter of the pinned and the present policy counts', () => {
  test('B24 a policy that was loosened since helps nobody', () => {
    for (const loose of [present(), present({ effect: 'allow', requirements: [] })]) {
      expect(becomes(as(two(), 'U0BOB', {}, loose)).status).toBe('pending')
    }
  })

  test('B25 a policy that was tightened since counts', () => {
    const policy = present({ requirements: [needs('owners', 2), needs('sre')] })
    const one = becomes(as(opened(), 'U0BOB', {}, policy))
    expect(one.status).toBe('pending')
    const both = becomes(as(one, 'U0CAROL', {}, policy))
    expect(both.status).toBe('pending')
    expect(becomes(as(both, 'U0DAVE', { groups: ['sre'] }, policy)).status).toBe('approved')
  })

  test('B25 what the policy denies by now is denied, whatever she said', () => {
    const change = changeOf(as(opened(), 'U0BOB', {}, present({ effect: 'deny', requirements: [] })))
    expect(becomes(change)).toMatchObject({
      status: 'denied',
      outcome: { by: 'policy', code: 'policy_changed' },
      decisions: [],
    })
    expect(change.audit.map((e) => [e.type, e.actor])).toEqual([['request.denied', 'policy']])
  })

  test('the smaller deny count and both lists of reasons count', () => {
    const patient = opened({ evaluated: evaluated({ denyCount: 3, reasonRequired: ['deny'] }) })
    expect(refusedAs(as(patient, 'U0BOB', { verdict: 'deny', reason: ' \n' }))).toBe('reason_required')
    expect(becomes(as(patient, 'U0BOB', { verdict: 'deny', reason: 'no' }, present({ denyCount: 1 }))).status).toBe(
      'denied',
    )
    expect(becomes(as(patient, 'U0BOB', { verdict: 'deny', reason: 'no' }, present({ denyCount: 3 }))).status).toBe(
      'pending',
    )
  })
})

describe('B14 B42 the card that was clicked shows this payload', () => {
  const digest = opened().payloadDigest.slice('sha256:'.length)
  const other = opened({ payloadDigest: `sha256:${'b'.repeat(64)}` }).payloadDigest.slice('sha256:'.length)
  test.each([
    ['another payload', other.slice(0, 16)],
    ['fewer digits than a card carries', digest.slice(0, 15)],
    ['nothing', ''],
    ['capital letters', digest.slice(0, 16).toUpperCase()],
    ['more digits than there are', `${digest}0`],
    ['a pattern', '.{16}'],
    ['the end instead of the beginning', digest.slice(-16)],
    ['a prefix', `sha256:${digest}`],
    ['a line break at the end', `${digest.slice(0, 16)}\n`],
  ])('%s is a stale card', (_what, digestShown) => {
    expect(refusedAs(as(opened(), 'U0BOB', { digestShown }))).toBe('stale_card')
  })

  test('16 digits and all 64 are this card', () => {
    expect(becomes(as(opened(), 'U0BOB', { digestShown: digest.slice(0, 16) })).status).toBe('approved')
    expect(becomes(as(opened(), 'U0BOB', { digestShown: digest })).status).toBe('approved')
  })
})

test.each(['approver_not_human', 'inactive', 'guest', 'outsider'] as const)(
  'T11 B19 %s decides nothing, not even a no',
  (barred) => {
    for (const verdict of ['approve', 'deny'] as const) {
      expect(refusedAs(as(opened(), 'U0BOB', { verdict, member: member('U0BOB', { barred }) }))).toBe(barred)
    }
  },
)

test('T8 a group name that every object knows opens no seat', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    expect(refusedAs(as(opened(), 'U0BOB', { groups: [name] }))).toBe('not_an_approver')
  }
})

test('a group called __proto__ is a group like any other', () => {
  const odd = evaluated({ requirements: [needs('__proto__', 2), needs('constructor')] })
  const policy = { evaluated: odd, people: [] }
  const one = becomes(as(opened({ evaluated: odd }), 'U0BOB', { groups: ['__proto__'] }, policy))
  const both = becomes(as(one, 'U0CAROL', { groups: ['__proto__', 'constructor'] }, policy))
  expect(both.status).toBe('pending')
  expect(becomes(as(both, 'U0DAVE', { groups: ['__proto__'] }, policy)).status).toBe('approved')
})

test('a refused attempt is evidence, and changes nothing', () => {
  const request = opened()
  const said = says(request, 'U0ALICE')
  const who = { actor: `slack:${TEAM}:U0ALICE`, source: 'slack' } as const
  const change = refusedDecision(request, said, who, { refused: 'self_approval' }, T0)
  expect(change.request).toBeUndefined()
  expect(change.outbox).toBeUndefined()
  expect(change.audit).toEqual([
    {
      type: 'decision.refused',
      ...who,
      requestId: 'req_1',
      body: { verdict: 'approve', surface: 'slack', digest_shown: said.digestShown, code: 'self_approval' },
    },
  ])
})

test('B29 a client that somebody made for a friend is hers as well', () => {
  const client = aCaller({ owners: ['U0FRIEND'], makers: ['slack:U0BOB'] })
  expect(refusedAs(as(opened({ client }), 'U0BOB'))).toBe('self_approval')
})
