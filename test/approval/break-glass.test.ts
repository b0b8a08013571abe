import { describe, expect, test } from 'vitest'
import { type Breaking, breakGlass, type Reviewing, signReview } from '../../src/approval/break-glass.ts'
import { decide, type PresentPolicy } from '../../src/approval/decision.ts'
import { shortDigest } from '../../src/approval/digest.ts'
import { isSubstantial } from '../../src/approval/emergency.ts'
import { consume } from '../../src/approval/grant.ts'
import { approve, type Emergency } from '../../src/approval/outcome.ts'
import type { People } from '../../src/approval/principal.ts'
import type { ApprovalRequest, BreakGlassRule } from '../../src/approval/request.ts'
import {
  ASK,
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
} from './given.ts'

const RULE: BreakGlassRule = { from: 'on-call', group: { usergroup: 'S0CALL' }, grantTtlMs: 120_000, self: false }
const BREAKABLE = {
  breakGlass: RULE,
  requirements: [needs('owners', 2), { from: 'sre', count: 1, group: { usergroup: 'S0SRE' } }],
  channels: ['C0PROD', 'C0SEC'],
}
const WHY = 'the primary database is down and nobody answers'
const start = (over = {}) => opened({ evaluated: evaluated({ ...BREAKABLE, ...over }) })
const now = (over = {}, people: People = []): PresentPolicy => present({ ...BREAKABLE, ...over }, people)
const word = (request: ApprovalRequest, userId = 'U0ONA', over: Partial<Breaking> = {}): Breaking => ({
  surface: 'slack',
  digestShown: shortDigest(request.payloadDigest),
  member: member(userId),
  groups: ['on-call'],
  membershipReadAtMs: T0,
  behind: [],
  reason: WHY,
  ...over,
})
const breaks = (
  request: ApprovalRequest,
  userId = 'U0ONA',
  over: Partial<Breaking> = {},
  policy = now(),
  at = T0 + 1,
) => breakGlass(request, word(request, userId, over), policy, 'C0AUDIT', at)

test('B27 one person of the group breaks the glass: approved at once, short, and everybody hears of it', () => {
  const change = changeOf(breaks(start()))
  expect(becomes(change)).toMatchObject({
    status: 'approved',
    decisions: [],
    grantExpiresAtMs: T0 + 1 + 120_000,
    outcome: { by: 'people', code: 'approved_break_glass', approvers: ['U0ONA'], reason: WHY },
    brokenGlass: { userId: 'U0ONA', reason: WHY, atMs: T0 + 1, review: null },
  })
  expect(change.audit.map((e) => [e.type, e.actor])).toEqual([
    ['request.approved', 'slack:T0HOME:U0ONA'],
    ['admin.break_glass', 'slack:T0HOME:U0ONA'],
  ])
  expect(change).toMatchObject({ unlessPaused: true, notAfterMs: T0 + HOUR })
  const alarms = change.outbox?.filter((message) => message.kind === 'alarm') ?? []
  expect(alarms.map(({ channel }) => channel)).toEqual(['C0AUDIT', 'C0PROD', 'C0SEC'])
  for (const alarm of alarms) {
    expect(alarm).toMatchObject({ mention: ['U0ONA', 'U0BOB', 'U0CAROL', 'U0DAVE', 'S0SRE'] })
    expect('text' in alarm && alarm.text).toContain(WHY)
  }
  expect(change.outbox?.filter(({ kind }) => kind === 'update')).toHaveLength(2)
})

describe('B27 it is refused', () => {
  const SELF = now({ breakGlass: { ...RULE, self: true } })
  test.each<[string, string, ReturnType<typeof breaks>]>([
    ['where the policy of the ask lets nobody', 'break_glass_not_allowed', breaks(start({ breakGlass: null }))],
    [
      'where the present policy lets nobody',
      'break_glass_not_allowed',
      breaks(start(), 'U0ONA', {}, now({ breakGlass: null })),
    ],
    [
      'where the present policy needs nobody',
      'break_glass_not_allowed',
      breaks(start(), 'U0ONA', {}, now({ breakGlass: null, effect: 'allow', requirements: [] })),
    ],
    ['to who asks', 'self_approval', breaks(start(), 'U0ALICE')],
    ['to who asks, where only the present policy lets her', 'self_approval', breaks(start(), 'U0ALICE', {}, SELF)],
    [
      'to who asks, where only the pinned policy lets her',
      'self_approval',
      breaks(start({ breakGlass: { ...RULE, self: true } }), 'U0ALICE'),
    ],
    [
      'to an account that is joined to who asks',
      'self_approval',
      breaks(start(), 'U0ONA', {}, now({}, [['slack:U0ONA', 'slack:U0ALICE']])),
    ],
    [
      'to an account with the address of who asks',
      'self_approval',
      breaks(start(), 'U0ONA', { behind: ['email:ona@example.com'] }),
    ],
    ['to whoever is not in the group now', 'not_an_approver', breaks(start(), 'U0ONA', { groups: ['owners'] })],
    [
      'where today’s rule names another group',
      'not_an_approver',
      breaks(start(), 'U0ONA', {}, now({ breakGlass: { ...RULE, from: 'chiefs' } })),
    ],
    [
      'where the rule of the ask named another group',
      'not_an_approver',
      breaks(start({ breakGlass: { ...RULE, from: 'chiefs' } })),
    ],
    ['to a guest', 'guest', breaks(start(), 'U0ONA', { member: member('U0ONA', { barred: 'guest' }) })],
    [
      'on a memory of who is in the group',
      'directory_unavailable',
      breaks(start(), 'U0ONA', { membershipReadAtMs: T0 - 60_001 }),
    ],
    ['for no reason', 'reason_too_short', breaks(start(), 'U0ONA', { reason: 'please' })],
    ['on a card that shows something else', 'stale_card', breaks(start(), 'U0ONA', { digestShown: 'f'.repeat(16) })],
    ['once the time is over', 'expired', breaks(start(), 'U0ONA', { membershipReadAtMs: T0 + HOUR }, now(), T0 + HOUR)],
    [
      'while a window denies it',
      'not_now',
      breaks(start(), 'U0ONA', {}, now({ effect: 'deny', onlyNow: true, requirements: [], breakGlass: null })),
    ],
  ])('%s', (_what, code, answer) => {
    expect(refusedAs(answer)).toBe(code)
  })

  test('INV7 to one whose address nobody can read, where an address stands behind the ask', () => {
    const request = opened({
      evaluated: evaluated(BREAKABLE),
      ask: { ...ASK, requester: { on_behalf_of: { email: 'eve@example.com' } } },
    })
    const hidden = { ...member('U0ONA'), identities: ['slack:U0ONA' as const] }
    expect(refusedAs(breaks(request, 'U0ONA', { member: hidden }))).toBe('requester_unresolved')
  })

  test('where the policy by now denies it: that ends it, as it does for a click', () => {
    const change = changeOf(breaks(start(), 'U0ONA', {}, now({ effect: 'deny', requirements: [], breakGlass: null })))
    expect(becomes(change)).toMatchObject({ status: 'denied', brokenGlass: null, outcome: { code: 'policy_changed' } })
  })

  test('where enough people said no, and to her who said no', () => {
    const two = { ...BREAKABLE, denyCount: 2 }
    const said = decide(start(two), says(start(two), 'U0BOB', { verdict: 'deny' }), now(two), T0)
    const once = becomes(said)
    expect(becomes(breaks(once)).outcome?.code).toBe('policy_changed')
    expect(refusedAs(breaks(once, 'U0BOB', {}, now(two)))).toBe('already_counted')
    expect(becomes(breaks(once, 'U0ONA', {}, now(two))).outcome?.code).toBe('approved_break_glass')
  })
})

test('who asks may break it where both policies say so, and the shorter time counts', () => {
  const request = start({ breakGlass: { ...RULE, self: true } })
  const policy = now({ breakGlass: { ...RULE, self: true, grantTtlMs: 30_000 } })
  expect(becomes(breaks(request, 'U0ALICE', {}, policy)).grantExpiresAtMs).toBe(T0 + 1 + 30_000)
  const asked = opened({ evaluated: evaluated(BREAKABLE), ask: { ...ASK, grant_ttl_seconds: 10 } })
  expect(becomes(breaks(asked)).grantExpiresAtMs).toBe(T0 + 1 + 10_000)
})

test('the yes is used once, like any other', () => {
  const request = becomes(breaks(start()))
  const use = { executionId: 'run-1', digest: request.payloadDigest }
  expect(becomes(consume(request, use, { id: 'cl_alice' }, T0 + 2)).consumed?.executionId).toBe('run-1')
  expect(refusedAs(consume(request, use, { id: 'cl_alice' }, T0 + 1 + 120_000))).toBe('expired')
})

test.each<[string, boolean]>([
  [WHY, true],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', false],
  ['.... .... .... .... .... ....', false],
  ['now now now now now now now', false],
  ['down now, help', false],
  ['  \u200b\u200b\u200b\u200b a b c \u200b\u200b\u200b\u200b\u200b\u200b\u200b ', false],
  ['Datenbank überlastet, Kunden warten', true],
  ['数据库 主节点 已经 完全 停止 响应 客户 正在 等待', true],
])('a reason of substance: %j', (reason, is) => {
  expect(isSubstantial(reason)).toBe(is)
})

describe('B28 the one way to a yes proves an emergency for itself', () => {
  const ground = (over: Partial<Emergency> = {}): Emergency => ({
    ...evaluated(BREAKABLE),
    people: [],
    behind: [],
    rule: RULE,
    groups: ['on-call'],
    glass: {
      userId: 'U0ONA',
      teamId: 'T0HOME',
      name: 'ona',
      identities: ['slack:U0ONA'],
      reason: WHY,
      atMs: T0,
    },
    ...over,
  })
  const yes = (over: Partial<Emergency> = {}, request = start(), at = T0) => approve(request, ground(over), at)

  test('the honest one passes', () => {
    expect(yes().status).toBe('approved')
  })

  test.each<[string, () => unknown, string]>([
    ['no present rule', () => yes({ rule: null }), 'nobody may break'],
    ['no pinned rule', () => yes({}, start({ breakGlass: null })), 'nobody may break'],
    ['not in the group', () => yes({ groups: ['owners'] }), 'may not break'],
    ['in one of two groups', () => yes({ rule: { ...RULE, from: 'chiefs' } }), 'may not break'],
    ['behind the ask', () => yes({ glass: { ...ground().glass, userId: 'U0ALICE' } }), 'stands behind'],
    ['behind it by a link', () => yes({ people: [['slack:U0ONA', 'slack:U0ALICE']] }), 'stands behind'],
    ['behind it by what Slack says', () => yes({ behind: ['slack:U0ONA'] }), 'stands behind'],
    ['no reason', () => yes({ glass: { ...ground().glass, reason: 'why not' } }), 'no reason'],
    [
      'denied by the policy',
      () => yes({}, { ...start(), policy: { ...start().policy, effect: 'deny' } }),
      'does not ask for people',
    ],
    ['denied by people', () => yes({ denyCount: 0 }), 'was denied'],
    ['over', () => yes({}, start(), T0 + HOUR), 'is over'],
    ['not pending', () => yes({}, { ...start(), status: 'denied' }), 'not pending'],
  ])('%s does not', (_what, attempt, why) => {
    expect(attempt).toThrow(why)
  })
})

describe('the review', () => {
  const broken = () => becomes(breaks(start()))
  const signed = (userId: string, over: Partial<Reviewing> = {}, people: People = [], request = broken()) =>
    signReview(
      request,
      {
        surface: 'slack',
        member: member(userId),
        membershipReadAtMs: T0,
        behind: [],
        groups: ['owners'],
        isAdmin: false,
        note: 'was right to',
        ...over,
      },
      people,
      T0 + 2,
    )

  test('stays open until somebody else signs it, once', () => {
    const change = changeOf(signed('U0BOB'))
    const request = becomes(change)
    expect(request).toMatchObject({
      status: 'approved',
      brokenGlass: { review: { userId: 'U0BOB', note: 'was right to' } },
    })
    expect(change.audit.map((e) => e.type)).toEqual(['admin.break_glass_reviewed'])
    expect(refusedAs(signed('U0CAROL', {}, [], request))).toBe('review_not_open')
    expect(refusedAs(signed('U0CAROL', {}, [], start()))).toBe('review_not_open')
  })

  test.each<[string, string, ReturnType<typeof signed>]>([
    ['her who broke it', 'self_approval', signed('U0ONA')],
    ['her other account, by a link', 'self_approval', signed('U0BOB', {}, [['slack:U0BOB', 'slack:U0ONA']])],
    [
      'her other account, by the address',
      'self_approval',
      signed('U0O2', { member: { ...member('U0O2'), identities: ['slack:U0O2', 'email:ona@example.com'] } }),
    ],
    ['who asked', 'self_approval', signed('U0ALICE', { isAdmin: true })],
    ['who asked, by what Slack says', 'self_approval', signed('U0BOB', { behind: ['email:bob@example.com'] })],
    ['somebody who would not have been asked', 'not_an_approver', signed('U0EVE', { groups: [] })],
    ['a guest', 'guest', signed('U0BOB', { member: member('U0BOB', { barred: 'guest' }) })],
    ['a memory', 'directory_unavailable', signed('U0BOB', { membershipReadAtMs: T0 - 60_000 })],
    ['silence', 'reason_required', signed('U0BOB', { note: '  ' })],
  ])('not by %s', (_what, code, answer) => {
    expect(refusedAs(answer)).toBe(code)
  })

  test('by an admin who is in none of the groups', () => {
    expect(becomes(signed('U0ROOT', { groups: [], isAdmin: true })).brokenGlass?.review?.userId).toBe('U0ROOT')
  })
})
