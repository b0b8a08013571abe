import { describe, expect, test } from 'vitest'
import type { ApprovalRequest, Ask } from '../../src/approval/request.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { Replay } from '../../src/policy/replay.ts'
import { HEAD, policyFrom } from './policies.ts'

const policy = (rules: string, head = HEAD) => policyFrom(`${head}rules:\n${rules}`)
const ONE =
  '  - { id: exports, match: { action: data.export }, effect: require_approval, approvals: [{ from: sre }] }\n'
const TWO = ONE.replace('from: sre', 'from: sre, count: 2')
const NONE = ONE.replace('require_approval, approvals: [{ from: sre }]', 'allow')
const OLD = policy(ONE)
const START = Date.parse('2026-11-16T12:00:00Z')

let asked = 0
/** As the log has it: with the answer of the policy of its time. */
function opened(by: Policy, ask: Ask, more: { atMs?: number; client?: string } = {}): ApprovalRequest {
  const { atMs = START, client = 'pipeline' } = more
  const requester = { client: { id: client, name: client }, verifiedBy: 'client_key' } as const
  const found = evaluate(by, { ask, requester }, { nowMs: atMs })
  return {
    id: `req_${++asked}`,
    version: 1,
    status: 'pending',
    execution: 'none',
    client: { id: client, name: client, verifiedBy: 'client_key' },
    ask,
    payloadDigest: `sha256:${'0'.repeat(64)}`,
    closure: [],
    policy: { ...found, grantTtlMs: Math.min(found.grantTtlMs, (ask.grant_ttl_seconds ?? 1e9) * 1000) },
    decisions: [],
    outcome: null,
    createdAtMs: atMs,
    expiresAtMs: atMs + Math.min(found.ttlMs, (ask.ttl_seconds ?? 1e9) * 1000),
    grantExpiresAtMs: null,
    brokenGlass: null,
    consumed: null,
    completed: null,
  }
}

function replay(changed: Policy, ...requests: readonly (ApprovalRequest | null)[]) {
  const run = new Replay(changed)
  for (const request of requests) run.opened(request)
  return run.result()
}

const EXPORT: Ask = { action: 'data.export', resource: 's3://a' }

describe('a replay', () => {
  test('of the same policy finds nothing, whatever the asker shortened', () => {
    const requests = [EXPORT, { ...EXPORT, ttl_seconds: 60, grant_ttl_seconds: 5 }, { action: 'other' }]
    expect(replay(OLD, ...requests.map((ask) => opened(OLD, ask)))).toEqual({
      asks: 3,
      unchanged: 3,
      unknown: 0,
      changes: [],
    })
  })

  test.each([
    ['more people', ONE, TWO, 'stricter', 'approvals: 1 from sre → 2 from sre'],
    ['fewer people', TWO, ONE, 'looser', 'approvals: 2 from sre → 1 from sre'],
    ['other people', ONE, ONE.replace('sre', 'data-owners'), 'other', 'approvals: 1 from sre → 1 from data-owners'],
    ['no people', ONE, NONE, 'looser', 'effect: require_approval → allow'],
    ['no rule', ONE, ONE.replace('data.export', 'x.y'), 'stricter', 'effect: require_approval → deny'],
    ['less care', ONE.replace('data.export', 'x.y'), NONE, 'looser', 'effect: deny → allow'],
  ])('that needs %s says so', (_, before, after, direction, words) => {
    const { changes } = replay(policy(after), opened(policy(before), EXPORT))
    expect(changes).toMatchObject([{ kind: 'decision', direction, action: 'data.export', resource: 's3://a' }])
    expect(changes[0]?.differs[0]).toBe(words)
  })

  test('tells other terms apart from other decisions', () => {
    const after = policy(ONE.replace('effect', 'ttl: 5m, deny_count: 2, reason_required: [deny], effect'))
    expect(replay(after, opened(OLD, EXPORT)).changes).toMatchObject([
      { kind: 'terms', differs: ['deny_count: 1 → 2', 'ttl: 1h → 5m', 'reason_required: none → deny'] },
    ])
  })

  test('says that an ask would not be taken which masks what must be shown', () => {
    const after = policy(ONE.replace('effect', 'must_show: [/rows], effect'))
    const masked = { ...EXPORT, params: { rows: '[masked]' }, sensitive: ['/rows'] }
    expect(replay(after, opened(OLD, masked), opened(OLD, EXPORT)).changes).toMatchObject([
      { kind: 'decision', direction: 'stricter', differs: ['taken: yes → refused, for it masks /rows (must_show)'] },
    ])
  })

  test('judges each ask at its own time', () => {
    const friday = policy(
      `${ONE}  - { id: fri, match: { action: "**" }, during: { days: [fri], zone: UTC }, effect: deny }\n`,
    )
    const on = (date: string) => opened(OLD, EXPORT, { atMs: Date.parse(date) })
    const { changes } = replay(friday, on('2026-11-19T23:59:59Z'), on('2026-11-20T00:00:00Z'))
    expect(changes).toMatchObject([
      { atMs: Date.parse('2026-11-20T00:00:00Z'), wouldBe: { rules: ['exports', 'fri'] } },
    ])
  })

  test('counts the uses of a limited allow as they would have been, for each requester by himself', () => {
    const limited = policy(
      '  - { id: free, match: { action: data.export }, effect: allow, limit: { count: 2, per: 1h }, approvals: [{ from: sre }] }\n',
    )
    const free = policy(NONE)
    const minutes = (m: number, client = 'pipeline') => opened(free, EXPORT, { atMs: START + m * 60_000, client })
    const requests = [
      minutes(0),
      minutes(1),
      minutes(2),
      minutes(3, 'other'),
      minutes(59),
      minutes(60),
      minutes(61),
      minutes(62),
    ]
    const { changes, unchanged } = replay(limited, ...requests)
    expect(changes.map(({ atMs }) => (atMs - START) / 60_000)).toEqual([2, 59, 60])
    expect(unchanged).toBe(5)
  })

  test('counts the uses of the human behind two clients together', () => {
    const limited = policy(
      '  - { id: free, match: { action: data.export }, effect: allow, limit: { count: 1, per: 1h }, approvals: [{ from: sre }] }\n',
      `${HEAD}people: [{ slack: [U0ALICE], emails: [alice@example.com] }]\n`,
    )
    const ask = (human: { email: string } | { slack_user_id: string }): Ask => ({
      ...EXPORT,
      requester: { on_behalf_of: human },
    })
    const free = policy(NONE)
    const { changes } = replay(
      limited,
      opened(free, ask({ email: 'alice@example.com' }), { client: 'a' }),
      opened(free, ask({ slack_user_id: 'U0ALICE' }), { client: 'b' }),
    )
    expect(changes).toMatchObject([
      { client: 'b', differs: ['effect: allow → require_approval', 'approvals: nobody → 1 from sre'] },
    ])
  })

  test('does not guess what was erased', () => {
    expect(replay(policy(TWO), null, opened(OLD, EXPORT), null)).toMatchObject({ asks: 3, unknown: 2, unchanged: 0 })
  })

  test('says how each ask ended then', () => {
    const run = new Replay(policy(TWO))
    const request = opened(OLD, EXPORT)
    run.opened(request)
    run.ended(request.id, 'approved')
    run.ended('req_unknown', 'denied')
    expect(run.result().changes).toMatchObject([{ ended: 'approved' }])
  })
})
