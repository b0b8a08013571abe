import { expect, test } from 'vitest'
import { open } from '../../src/approval/open.ts'
import { ASK, aCaller, becomes, changeOf, evaluated, HOUR, needs, opened, opening, refusedAs, T0 } from './given.ts'

test('B7 B8 the owners of a client and whoever made it stand behind what it asks', () => {
  const request = opened({ client: aCaller({ owners: ['U0ALICE', 'U0ANN'], makers: ['os:root'] }) })
  expect(request.closure).toEqual(['os:root', 'slack:U0ALICE', 'slack:U0ANN'])
})

test('INV3 whoever the people links join to them stands behind it too, over any number of links', () => {
  const request = opened({
    people: [
      ['github:alice-gh', 'email:alice@example.com'],
      ['email:alice@example.com', 'slack:U0ALICE2'],
      ['slack:U0ALICE', 'github:alice-gh'],
      ['slack:U0BOB', 'email:bob@example.com'],
    ],
  })
  expect(request.closure).toEqual([
    'email:alice@example.com',
    'github:alice-gh',
    'slack:U0ADMIN',
    'slack:U0ALICE',
    'slack:U0ALICE2',
  ])
})

test('T7 the human it acts for stands behind it, and only a client that may act for people names one', () => {
  const forEve = { ...ASK, requester: { on_behalf_of: { email: 'Eve+x@example.com' } } }
  expect(opened({ ask: forEve }).closure).toContain('email:eve@example.com')
  expect(opened({ ask: { ...ASK, requester: { on_behalf_of: { slack_user_id: 'U0EVE' } } } }).closure).toContain(
    'slack:U0EVE',
  )
  expect(refusedAs(open(opening({ ask: forEve, client: aCaller({ actFor: false }) })))).toBe('act_for_not_allowed')
})

test('B4 B12 a human who cannot be told apart is no requester', () => {
  const ask = { ...ASK, requester: { on_behalf_of: { email: 'аlice@example.com' } } }
  expect(refusedAs(open(opening({ ask })))).toBe('requester_unresolved')
})

test.each([
  ['nobody is listed', [needs('owners', 1, [])]],
  ['only the requester is listed', [needs('owners', 1, ['U0ALICE'])]],
  ['fewer people are listed than are needed', [needs('owners', 2, ['U0BOB', 'U0ALICE'])]],
  ['one person would have to sit twice', [needs('owners', 1, ['U0BOB']), needs('sre', 1, ['U0BOB'])]],
  ['nothing is required', []],
])('B45 an ask is refused where %s', (_what, requirements) => {
  expect(refusedAs(open(opening({ evaluated: evaluated({ requirements }) })))).toBe('no_eligible_approver')
})

test('B45 two accounts of one person are one possible approver', () => {
  const two = opening({
    evaluated: evaluated({ requirements: [needs('owners', 2, ['U0BOB', 'U0BOB2'])] }),
    people: [['slack:U0BOB', 'slack:U0BOB2']],
  })
  expect(refusedAs(open(two))).toBe('no_eligible_approver')
  expect(refusedAs(open({ ...two, people: [] }))).toBeNull()
})

test('a Slack user group is not read at the ask: whoever is in it is read at the click', () => {
  const requirements = [{ from: 'data', count: 5, group: { usergroup: 'S0DATA' } }]
  expect(opened({ evaluated: evaluated({ requirements }) }).status).toBe('pending')
})

test('what the policy allows is approved in the same change, with the ask and the outcome as evidence', () => {
  const change = changeOf(open(opening({ evaluated: evaluated({ effect: 'allow', requirements: [] }) })))
  expect(becomes(change)).toMatchObject({
    status: 'approved',
    version: 2,
    outcome: { by: 'policy', code: 'allowed_by_policy' },
    grantExpiresAtMs: T0 + 5 * 60_000,
  })
  expect(change.audit.map((entry) => entry.type)).toEqual(['request.opened', 'request.approved'])
  expect(change.outbox).toEqual([])
})

test.each([
  ['what a rule denies', ['no-exports'], 'denied_by_policy'],
  ['what no rule matches', [], 'no_rule_matched'],
])('%s is denied, and the ask is evidence all the same', (_what, rules, code) => {
  const change = changeOf(open(opening({ evaluated: evaluated({ effect: 'deny', requirements: [], rules }) })))
  expect(becomes(change)).toMatchObject({ status: 'denied', outcome: { by: 'policy', code }, grantExpiresAtMs: null })
  expect(change.audit.map((entry) => entry.type)).toEqual(['request.opened', 'request.denied'])
})

test('INV7 an effect that nobody knows is a deny', () => {
  const effect = 'permit' as 'allow'
  expect(opened({ evaluated: evaluated({ effect, requirements: [] }) }).status).toBe('denied')
})

test('the asker may shorten the times of the policy, never lengthen them', () => {
  const times = (ttl_seconds?: number, grant_ttl_seconds?: number) => {
    const { expiresAtMs, policy } = opened({ ask: { ...ASK, ttl_seconds, grant_ttl_seconds } })
    return [expiresAtMs - T0, policy.grantTtlMs]
  }
  expect(times()).toEqual([HOUR, 5 * 60_000])
  expect(times(60, 30)).toEqual([60_000, 30_000])
  expect(times(999_999, 999_999)).toEqual([HOUR, 5 * 60_000])
})

test('T6 the routing comes from the policy: one announcement a channel of it', () => {
  const change = changeOf(open(opening({ evaluated: evaluated({ channels: ['C0PROD', 'C0SEC'] }) })))
  expect(change.outbox).toEqual([
    { kind: 'announce', requestId: 'req_1', channel: 'C0PROD' },
    { kind: 'announce', requestId: 'req_1', channel: 'C0SEC' },
  ])
})
