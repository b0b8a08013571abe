import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientActor } from '../../src/approval/change.ts'
import { decide } from '../../src/approval/decision.ts'
import { cancel, complete, consume, expire, grantClaims, refusedGrant } from '../../src/approval/grant.ts'
import type { ApprovalRequest, Status } from '../../src/approval/request.ts'
import { ASK, aClient, becomes, changeOf, HOUR, opened, present, refusedAs, says, T0 } from './given.ts'

const WHO = { ...clientActor(aClient()), id: aClient().id }
const GRANT = 5 * 60_000
const pending = opened()
const approved = becomes(decide(pending, says(pending, 'U0BOB'), present(), T0))
const use = { executionId: 'run-1', digest: approved.payloadDigest }
const used = becomes(consume(approved, use, WHO, T0 + 1))
const done = { executionId: 'run-1', status: 'succeeded', summary: '1200 rows', resultDigest: null } as const
const reported = becomes(complete(used, done, WHO, T0 + 2))
const other: typeof use = { ...use, digest: `sha256:${'0'.repeat(64)}` }

describe('INV2 a grant is used at most once', () => {
  test('the first use is recorded', () => {
    expect(used).toMatchObject({ execution: 'started', consumed: { executionId: 'run-1', atMs: T0 + 1 }, version: 3 })
  })

  test('B49 the same execution gets the same answer for ever, also after the grant is over', () => {
    expect(consume(used, use, WHO, T0 + 100 * HOUR)).toEqual({ unchanged: used })
  })

  test('B48 another execution is refused, for ever', () => {
    for (const now of [T0 + 1, T0 + GRANT - 1, T0 + 100 * HOUR]) {
      expect(refusedAs(consume(used, { ...use, executionId: 'run-2' }, WHO, now))).toBe('already_consumed')
    }
  })

  test('T2 INV5 what was not approved is refused, before and after the use', () => {
    expect(refusedAs(consume(approved, other, WHO, T0))).toBe('digest_mismatch')
    expect(refusedAs(consume(used, other, WHO, T0))).toBe('digest_mismatch')
  })

  test('INV10 the grant ends on the millisecond, and the change says when it may be written no more', () => {
    const last = changeOf(consume(approved, use, WHO, T0 + GRANT - 1))
    expect(last.notAfterMs).toBe(T0 + GRANT)
    expect(refusedAs(consume(approved, use, WHO, T0 + GRANT))).toBe('expired')
  })

  test.each<[Status, string]>([
    ['pending', 'not_approved'],
    ['denied', 'not_approved'],
    ['expired', 'expired'],
    ['cancelled', 'cancelled'],
  ])('a request that is %s has no use', (status, code) => {
    expect(refusedAs(consume({ ...pending, status }, use, WHO, T0))).toBe(code)
  })

  test('an approved request without an end of its grant has no use', () => {
    expect(refusedAs(consume({ ...approved, grantExpiresAtMs: null }, use, WHO, T0))).toBe('expired')
  })
})

describe('how it went is told once, by the execution that did it', () => {
  test('and told again it is the same', () => {
    expect(reported).toMatchObject({ execution: 'succeeded', completed: { status: 'succeeded', atMs: T0 + 2 } })
    expect(complete(reported, done, WHO, T0 + HOUR)).toEqual({ unchanged: reported })
  })

  test.each([
    ['another status', { ...done, status: 'failed' as const }],
    ['another summary', { ...done, summary: '0 rows' }],
    ['another result', { ...done, resultDigest: 'sha256:1' }],
  ])('%s afterwards is refused', (_what, again) => {
    expect(refusedAs(complete(reported, again, WHO, T0 + 3))).toBe('already_completed')
  })

  test('another execution is refused', () => {
    expect(refusedAs(complete(used, { ...done, executionId: 'run-2' }, WHO, T0 + 3))).toBe('already_consumed')
    expect(refusedAs(complete(reported, { ...done, executionId: 'run-2' }, WHO, T0 + 3))).toBe('already_consumed')
  })

  test('a grant that was not used is refused', () => {
    expect(refusedAs(complete(approved, done, WHO, T0))).toBe('not_consumed')
    expect(refusedAs(complete(pending, done, WHO, T0))).toBe('not_approved')
  })
})

describe('the asker withdraws', () => {
  test('B38 an approved grant dies with it', () => {
    const cancelled = becomes(cancel(approved, 'no need', WHO, T0 + 1))
    expect(cancelled).toMatchObject({ status: 'cancelled', grantExpiresAtMs: null, outcome: { by: 'requester' } })
    expect(refusedAs(consume(cancelled, use, WHO, T0 + 2))).toBe('cancelled')
    expect(grantClaims(cancelled, 'https://c.example')).toBeNull()
    expect(cancel(cancelled, 'again', WHO, T0 + 3)).toEqual({ unchanged: cancelled })
  })

  test('B37 what was used cannot be withdrawn', () => {
    expect(refusedAs(cancel(used, null, WHO, T0 + 2))).toBe('already_consumed')
    expect(refusedAs(cancel(reported, null, WHO, T0 + 2))).toBe('already_consumed')
  })

  test('INV1 what ended otherwise stays as it ended', () => {
    expect(refusedAs(cancel({ ...pending, status: 'denied' }, null, WHO, T0))).toBe('already_decided')
    expect(refusedAs(cancel({ ...pending, status: 'expired' }, null, WHO, T0))).toBe('expired')
    expect(refusedAs(cancel(pending, null, WHO, T0 + HOUR))).toBe('expired')
  })
})

test('B36 it expires on the millisecond, once, and only while it is pending', () => {
  expect(refusedAs(expire(pending, T0 + HOUR - 1))).toBe('not_approved')
  const change = changeOf(expire(pending, T0 + HOUR))
  expect(becomes(change)).toMatchObject({ status: 'expired', outcome: { by: 'expiry', code: 'expired' } })
  expect(change.audit.map((e) => [e.type, e.actor])).toEqual([['request.expired', 'system']])
  for (const status of ['approved', 'denied', 'expired', 'cancelled'] as const) {
    expect(refusedAs(expire({ ...pending, status }, T0 + HOUR))).toBe('already_decided')
  }
})

describe('the claims of a grant', () => {
  test('name the request, the client, the payload and who approved', () => {
    expect(grantClaims(approved, 'https://c.example')).toEqual({
      iss: 'https://c.example',
      aud: 'cl_alice',
      sub: 'cl_alice',
      jti: 'req_1',
      iat: T0 / 1000,
      exp: (T0 + GRANT) / 1000,
      authorization_details: [
        {
          type: 'countersign_action',
          action: ASK.action,
          resource: ASK.resource,
          environment: ASK.environment,
          payload_digest: approved.payloadDigest,
        },
      ],
      approvers: ['U0BOB'],
    })
  })

  test('leave out what the ask left out, and those whose yes did not count', () => {
    const bare: ApprovalRequest = {
      ...approved,
      ask: { action: 'a.b' },
      outcome: approved.outcome && { ...approved.outcome, approvers: [] },
    }
    const claims = grantClaims(bare, 'x')
    expect(Object.keys(claims?.authorization_details[0] ?? {})).toEqual(['type', 'action', 'payload_digest'])
    expect(claims?.approvers).toEqual([])
  })

  test('are the same whenever they are asked for, and end not later than the grant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), (ms) => {
        const request = { ...approved, grantExpiresAtMs: T0 + ms }
        const claims = grantClaims(request, 'x')
        expect(grantClaims(structuredClone(request), 'x')).toEqual(claims)
        expect((claims?.exp ?? Number.POSITIVE_INFINITY) * 1000).toBeLessThanOrEqual(T0 + ms)
      }),
    )
  })

  test('exist for approved requests alone', () => {
    for (const status of ['pending', 'denied', 'expired', 'cancelled'] as const) {
      expect(grantClaims({ ...approved, status }, 'x')).toBeNull()
    }
  })
})

test('a refused use is evidence and changes nothing', () => {
  const change = refusedGrant(
    used,
    { executionId: 'run-2', digest: use.digest },
    WHO,
    { refused: 'already_consumed' },
    T0,
  )
  expect(change.request).toBeUndefined()
  expect(change.audit[0]).toMatchObject({
    type: 'grant.refused',
    actor: 'client:cl_alice',
    body: { execution_id: 'run-2', digest_given: use.digest, code: 'already_consumed' },
  })
})
