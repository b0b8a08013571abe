import { describe, expect, test } from 'vitest'
import { breakGlass } from '../../src/approval/break-glass.ts'
import { decide } from '../../src/approval/decision.ts'
import { shortDigest } from '../../src/approval/digest.ts'
import { consume, grantClaims } from '../../src/approval/grant.ts'
import type { People } from '../../src/approval/principal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import { type Revoking, revoke } from '../../src/approval/revocation.ts'
import { becomes, changeOf, evaluated, HOUR, member, needs, opened, present, refusedAs, says, T0 } from './given.ts'

const GRANT_MS = 5 * 60_000
const approved = () => becomes(decide(opened(), says(opened(), 'U0BOB'), present(), T0))
const takes = (
  request: ApprovalRequest,
  userId: string,
  over: Partial<Revoking> = {},
  people: People = [],
  at = T0 + 1,
) =>
  revoke(
    request,
    { member: member(userId), isAdmin: false, surface: 'slack', reason: 'wrong table', ...over },
    people,
    at,
  )

test('one whose yes counted takes it back before it is used: no grant is left', () => {
  const change = changeOf(takes(approved(), 'U0BOB'))
  const request = becomes(change)
  expect(request).toMatchObject({
    status: 'cancelled',
    grantExpiresAtMs: null,
    outcome: { by: 'people', code: 'revoked', reason: 'wrong table', approvers: [] },
  })
  expect(change.audit.map((e) => [e.type, e.actor])).toEqual([['request.cancelled', 'slack:T0HOME:U0BOB']])
  expect(grantClaims(request, 'https://c.example')).toBeNull()
  const use = { executionId: 'x', digest: request.payloadDigest }
  expect(refusedAs(consume(request, use, { id: 'cl_alice' }, T0 + 2))).toBe('cancelled')
  expect(takes(request, 'U0BOB')).toEqual({ unchanged: request })
})

test('so does an admin, also what the policy allowed by itself, and by another account of hers', () => {
  expect(becomes(takes(approved(), 'U0ROOT', { isAdmin: true })).outcome).toMatchObject({
    by: 'admin',
    code: 'revoked',
  })
  const allowed = opened({ evaluated: evaluated({ effect: 'allow', requirements: [] }) })
  expect(becomes(takes(allowed, 'U0ROOT', { isAdmin: true })).status).toBe('cancelled')
  expect(refusedAs(takes(allowed, 'U0BOB'))).toBe('not_revocable')
  expect(becomes(takes(approved(), 'U0BOB2', {}, [['slack:U0BOB', 'slack:U0BOB2']])).status).toBe('cancelled')
})

test('so does who broke the glass, and of whom somebody else held the seat', () => {
  const rule = { from: 'on-call', group: { usergroup: 'S0CALL' }, grantTtlMs: 60_000, self: false }
  const request = opened({ evaluated: evaluated({ breakGlass: rule }) })
  const word = {
    surface: 'slack',
    digestShown: shortDigest(request.payloadDigest),
    member: member('U0ONA'),
    groups: ['on-call'],
    membershipReadAtMs: T0,
    behind: [],
    reason: 'the primary database is down',
  } as const
  const broken = becomes(breakGlass(request, word, present({ breakGlass: rule }), null, T0))
  expect(becomes(takes(broken, 'U0ONA')).status).toBe('cancelled')
  const delegation = { id: 'dlg_1', endsAtMs: T0 + HOUR }
  const standIns = [{ absent: member('U0BOB'), groups: ['owners'], writtenBy: ['slack:U0BOB'] as const, delegation }]
  const stood = becomes(decide(opened(), says(opened(), 'U0DAN', { groups: [], standIns }), present(), T0))
  for (const userId of ['U0DAN', 'U0BOB']) expect(becomes(takes(stood, userId)).status).toBe('cancelled')
})

describe('it cannot be taken back', () => {
  const used = () =>
    becomes(consume(approved(), { executionId: 'run-1', digest: approved().payloadDigest }, { id: 'cl_alice' }, T0))
  test.each<[string, string, ReturnType<typeof takes>]>([
    ['once it was used', 'already_consumed', takes(used(), 'U0BOB')],
    ['once it was used, by an admin', 'already_consumed', takes(used(), 'U0ROOT', { isAdmin: true })],
    ['by somebody whose yes it was not', 'not_revocable', takes(approved(), 'U0CAROL')],
    ['by who asked: she cancels', 'not_revocable', takes(approved(), 'U0ALICE')],
    ['while it is pending', 'not_revocable', takes(opened(), 'U0ROOT', { isAdmin: true })],
    ['once its time is over', 'not_revocable', takes(approved(), 'U0BOB', {}, [], T0 + GRANT_MS)],
    [
      'by one who has left',
      'inactive',
      takes(approved(), 'U0BOB', { member: member('U0BOB', { barred: 'inactive' }) }),
    ],
  ])('%s', (_what, code, answer) => {
    expect(refusedAs(answer)).toBe(code)
  })

  test('by one who said yes but whose yes did not count', () => {
    const two = evaluated({ requirements: [needs('owners', 2)] })
    const policy = { evaluated: two, people: [] }
    const bob = becomes(decide(opened({ evaluated: two }), says(opened(), 'U0BOB'), policy, T0))
    const carol = becomes(
      decide(
        bob,
        says(bob, 'U0CAROL'),
        { ...policy, evaluated: evaluated({ requirements: [needs('owners', 3)] }) },
        T0,
      ),
    )
    const dave = becomes(decide(carol, says(carol, 'U0DAVE', { standing: new Map([['U0BOB', []]]) }), policy, T0))
    expect(dave.outcome?.approvers).toEqual(['U0CAROL', 'U0DAVE'])
    expect(refusedAs(takes(dave, 'U0BOB'))).toBe('not_revocable')
  })
})
