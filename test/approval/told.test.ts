import { describe, expect, test } from 'vitest'
import { breakGlass } from '../../src/approval/break-glass.ts'
import { clientActor, SYSTEM } from '../../src/approval/change.ts'
import { stateOf } from '../../src/approval/client.ts'
import { newClientKey, parseClientKey } from '../../src/approval/client-key.ts'
import { decide } from '../../src/approval/decision.ts'
import { delegate, endDelegation } from '../../src/approval/delegation.ts'
import {
  cancel,
  cancelRevoked,
  complete,
  consume,
  expire,
  grantClaims,
  refusedGrant,
  refusedTry,
} from '../../src/approval/grant.ts'
import { oneLine } from '../../src/approval/one-line.ts'
import { open } from '../../src/approval/open.ts'
import { pause, pausedRefusal, resume } from '../../src/approval/pause.ts'
import { decided, personActor, refusedDecision, refusedOrder } from '../../src/approval/recording.ts'
import { MASK, MaskError, mask } from '../../src/approval/redact.ts'
import type { Refusal } from '../../src/approval/refusal.ts'
import { refuse } from '../../src/approval/refusal.ts'
import type { ApprovalRequest, JsonObject } from '../../src/approval/request.ts'
import { standBehind } from '../../src/approval/requester.ts'
import { revoke } from '../../src/approval/revocation.ts'
import {
  ASK,
  aCaller,
  aClient,
  becomes,
  changeOf,
  evaluated,
  HOUR,
  member,
  needs,
  opened,
  opening,
  present,
  says,
  T0,
} from './given.ts'

/** What a program or a person is told with a no, word by word: she has to know what to do. */

const WHO = { ...clientActor(aClient()), id: aClient().id }
const GATE = { id: 'cl_gate' }
const told = (answer: object): unknown => ('refused' in answer ? (answer as Refusal).detail : 'no refusal')
const yes = (over = {}): ApprovalRequest => {
  const request = opened(over)
  return becomes(decide(request, says(request, 'U0BOB'), present(), T0))
}
const use = (request: ApprovalRequest, executionId = 'run-1') => ({ executionId, digest: request.payloadDigest })
const used = (): ApprovalRequest => {
  const request = yes()
  return becomes(consume(request, use(request), GATE, T0 + 1))
}
const DONE = { executionId: 'run-1', status: 'succeeded', summary: null, resultDigest: null } as const

describe('of a use', () => {
  test.each<[string, () => object, string | undefined]>([
    [
      'another digest',
      () => consume(yes(), { executionId: 'run-1', digest: `sha256:${'0'.repeat(64)}` }, WHO, T0),
      'what is about to run is not what was approved',
    ],
    ['used', () => consume(used(), use(used(), 'run-2'), GATE, T0), 'used by execution run-1'],
    ['the same execution of another gate', () => consume(used(), use(used()), WHO, T0), 'used by execution run-1'],
    ['too late', () => consume(yes(), use(yes()), WHO, T0 + HOUR), 'the grant is over: ask again'],
    ['cancelled', () => consume({ ...yes(), status: 'cancelled' }, use(yes()), WHO, T0), 'the request was cancelled'],
    [
      'expired',
      () => consume({ ...yes(), status: 'expired' }, use(yes()), WHO, T0),
      'the request expired before it was approved',
    ],
    ['pending', () => consume(opened(), use(opened()), WHO, T0), 'the request is pending'],
    ['reported, and not used', () => complete(yes(), DONE, WHO, T0), 'the grant was not used yet'],
    [
      'reported by another run',
      () => complete(used(), { ...DONE, executionId: 'run-2' }, GATE, T0),
      'used by execution run-1',
    ],
    [
      'reported otherwise',
      () => complete(becomes(complete(used(), DONE, GATE, T0)), { ...DONE, status: 'failed' }, GATE, T0),
      'reported as succeeded',
    ],
    ['cancelled after the use', () => cancel(used(), null, WHO, T0), 'used by execution run-1'],
    ['cancelled after a no', () => cancel({ ...opened(), status: 'denied' }, null, WHO, T0), 'the request was denied'],
    ['expired before its time', () => expire(opened(), T0), 'its time is not over'],
  ])('%s', (_what, answer, words) => {
    expect(told(answer())).toBe(words)
  })

  test('a grant says nothing of what has none', () => {
    expect(grantClaims({ ...yes(), grantExpiresAtMs: null }, 'i')).toBeNull()
    expect(grantClaims({ ...yes(), outcome: null }, 'i')).toBeNull()
    expect(grantClaims(opened(), 'i')).toBeNull()
  })

  test('the asker reports for a gate that used it, another gate does not', () => {
    expect(becomes(complete(used(), DONE, WHO, T0 + 2)).completed).toEqual({ ...DONE, atMs: T0 + 2 })
    expect(complete(used(), DONE, { id: 'cl_other' }, T0)).toMatchObject({ refused: 'already_consumed' })
  })

  test('each end says by whom, why and when, and the log which it was', () => {
    const cancelled = changeOf(cancel(opened(), 'not needed', WHO, T0 + 5))
    expect(cancelled.request?.after.outcome).toEqual({
      by: 'requester',
      code: 'cancelled',
      reason: 'not needed',
      atMs: T0 + 5,
      approvers: [],
    })
    expect(cancelled.audit.map(({ type }) => type)).toEqual(['request.cancelled'])
    // After its end a yes can still be withdrawn: nobody will use it.
    expect(becomes(cancel(yes(), null, WHO, T0 + 100 * HOUR)).status).toBe('cancelled')
    const revoked = changeOf(cancelRevoked(opened(), 'its client is gone', T0))
    expect([revoked.audit[0].type, revoked.audit[0].actor]).toEqual(['request.cancelled', SYSTEM.actor])
    expect(cancelRevoked(yes(), 'gone', T0)).toEqual({ refused: 'already_decided' })
    const late = changeOf(expire(opened(), T0 + HOUR))
    expect(late.request?.after.outcome).toMatchObject({
      by: 'expiry',
      code: 'expired',
      reason: 'nobody decided in time',
    })
    expect(late.audit[0].type).toBe('request.expired')
  })

  test('what was refused stands in the log as it was tried', () => {
    const request = yes()
    const { audit } = refusedGrant(request, { executionId: 'run-9', digest: 'sha256:00' }, WHO, refuse('expired'), T0)
    expect(audit).toEqual([
      {
        type: 'grant.refused',
        actor: 'client:cl_alice',
        source: 'api',
        requestId: request.id,
        body: { execution_id: 'run-9', digest_given: 'sha256:00', code: 'expired' },
      },
    ])
    expect(refusedTry(request, 'cancel', WHO, refuse('not_found'), T0).audit[0].body).toEqual({
      attempt: 'cancel',
      code: 'not_found',
    })
  })
})

describe('of a delegation', () => {
  const order = (over: object = {}) => ({
    id: 'dlg_1',
    from: member('U0BOB'),
    to: member('U0DAN'),
    startsAtMs: null,
    endsAtMs: T0 + HOUR,
    by: member('U0BOB'),
    isAdmin: false,
    open: [],
    ...over,
  })
  const YEAR = 365 * 24 * HOUR
  const write = (over: object = {}) => delegate(order(over), [], SYSTEM, T0)
  const standing = (over: object = {}) => ({
    ...{ id: 'dlg_0', from: 'U0BOB', to: 'U0DAN', startsAtMs: T0, endsAtMs: T0 + HOUR, createdAtMs: T0 },
    ...{ createdBy: 'U0BOB', revokedAtMs: null },
    ...over,
  })

  test.each<[object, string]>([
    [{ by: member('U0EVE') }, 'only an admin can delegate for somebody else'],
    [{ to: member('U0G', { barred: 'guest' }) }, 'both must be active full members of this workspace, and people'],
    [{ to: member('U0BOB') }, 'nobody can delegate to herself'],
    [
      { by: member('U0DAN'), isAdmin: true },
      'nobody can take the seat of somebody else: she, or another admin, has to give it',
    ],
    [{ endsAtMs: T0 }, 'it must end after it begins, and in the future'],
    [{ endsAtMs: T0 + 91 * 24 * HOUR }, 'it may last 90 days at most'],
    [{ startsAtMs: T0 + YEAR + 1, endsAtMs: T0 + YEAR + HOUR }, 'it must begin within a year'],
    [
      { open: Array.from({ length: 10 }, () => standing({ to: 'U0EVE' })) },
      '10 delegations of one person are open: end one of them first',
    ],
    [{ open: [standing()] }, 'one to the same person stands for some of that time: end it first'],
  ])('%j', (over, words) => {
    expect(write(over)).toEqual({ refused: 'delegation_refused', detail: words })
  })

  test('a year ahead is not too far, to the millisecond', () => {
    expect('audit' in write({ startsAtMs: T0 + YEAR, endsAtMs: T0 + YEAR + HOUR })).toBe(true)
  })

  test('it is ended by one of the two or an admin, once', () => {
    const end = (by: object, over: object = {}) =>
      endDelegation(standing(over), { userId: 'U0BOB', isAdmin: false, ...by }, SYSTEM, T0 + 1)
    expect(told(end({ userId: 'U0EVE' }))).toBe('only one of the two, or an admin, can end it')
    expect(told(end({}, { revokedAtMs: T0 }))).toBe('it is over already')
    expect(told(end({}, { endsAtMs: T0 + 1 }))).toBe('it is over already')
    const ended = changeOf(end({ userId: 'U0DAN' }))
    expect(ended.audit[0]).toMatchObject({
      type: 'admin.delegation_ended',
      body: { delegation: { id: 'dlg_0', revokedAtMs: T0 + 1 } },
    })
  })
})

describe('of a policy that was changed', () => {
  const bobSays = (request: ApprovalRequest, over: object, nowMs = T0) =>
    changeOf(decide(request, says(request, 'U0BOB', { membershipReadAtMs: nowMs }), present(over), nowMs))

  test('what ended it, and who had met it', () => {
    const less = bobSays(opened(), { ttlMs: 1_000 }, T0 + 1_000)
    expect(less.request?.after.outcome).toMatchObject({
      by: 'policy',
      code: 'policy_changed',
      reason: 'the policy was changed after the ask and gives less time now',
    })
    expect(less.audit[0]).toMatchObject({
      type: 'request.expired',
      actor: 'policy',
      source: 'system',
      body: { prompted_by: 'slack:T0HOME:U0BOB', verdict: 'approve' },
    })
    const denied = bobSays(opened(), { effect: 'deny', requirements: [needs('owners')] })
    expect(denied.request?.after.outcome?.reason).toBe('the policy was changed after the ask and now denies it')
    const two = opened({ evaluated: evaluated({ denyCount: 2 }) })
    const no = becomes(decide(two, says(two, 'U0CAROL', { verdict: 'deny' }), present({ denyCount: 2 }), T0))
    expect(bobSays(no, { denyCount: 1 }).request?.after.outcome?.reason).toBe(
      'the policy was changed after the ask: those who said no suffice now',
    )
  })

  test('whoever breaks the glass is told the same', () => {
    const way = { from: 'oncall', group: { users: ['U0BOB'] }, grantTtlMs: HOUR, self: false }
    const glass = (request: ApprovalRequest, over: object, nowMs = T0) => {
      const said = { ...says(request, 'U0BOB'), groups: ['oncall'], reason: REASON, membershipReadAtMs: nowMs }
      return changeOf(breakGlass(request, said, present({ breakGlass: way, ...over }), null, nowMs))
    }
    const request = opened({ evaluated: evaluated({ breakGlass: way, denyCount: 2 }) })
    expect(glass(request, { effect: 'deny' }).request?.after.outcome?.reason).toBe(
      'the policy was changed after the ask and now denies it',
    )
    const over = glass(request, { ttlMs: 1_000 }, T0 + 1_000)
    expect(over.audit[0].body).toMatchObject({ verdict: 'break_glass', prompted_by: 'slack:T0HOME:U0BOB' })
    const no = becomes(decide(request, says(request, 'U0CAROL', { verdict: 'deny' }), present({ denyCount: 2 }), T0))
    const suffices = glass(no, { denyCount: 1 })
    expect(suffices.request?.after.outcome?.reason).toBe(
      'the policy was changed after the ask: those who said no suffice now',
    )
    expect(suffices.audit[0].body).toMatchObject({ verdict: 'break_glass', prompted_by: 'slack:T0HOME:U0BOB' })
    // A yes of hers before is no hindrance, and without an audit channel the request's own hears of it.
    const two = evaluated({ breakGlass: way, requirements: [needs('owners', 2)] })
    const first = opened({ evaluated: two })
    const said = becomes(decide(first, says(first, 'U0BOB'), { evaluated: two, people: [] }, T0))
    const broken = glass(said, { requirements: [needs('owners', 2)] })
    expect(broken.request?.after.outcome?.code).toBe('approved_break_glass')
    const alarms = broken.outbox?.filter(({ kind }) => kind === 'alarm').map(({ channel }) => channel)
    expect(alarms).toEqual(['C0PROD'])
  })
})
const REASON = 'production is down and nobody answers'

describe('of an ask', () => {
  test('why it was not opened, or denied', () => {
    const nobody = open(opening({ evaluated: evaluated({ requirements: [needs('owners', 9)] }) }))
    expect(told(nobody)).toBe('nobody but those behind the ask could fill what the policy requires')
    const reason = (over: object, failed: string[] = []) =>
      opened({ evaluated: { ...evaluated({ effect: 'deny', requirements: [], ...over }), failed } }).outcome?.reason
    expect(reason({ rules: [] })).toBe('no rule of the policy matches this ask')
    expect(reason({ rules: ['a', 'b'] })).toBe('denied by policy (a, b)')
    expect(reason({ rules: ['a', 'b'], onlyNow: true })).toBe('denied by policy (a, b) at this time')
    expect(reason({ rules: ['a', 'b'] }, ['a', 'b'])).toBe('denied, for the condition of a, b could not be judged')
  })

  test('that names somebody it may not name', () => {
    const requester = { on_behalf_of: { email: 'bob@example.com' } }
    const behind = (actFor: boolean, email: string) =>
      standBehind({ ...aCaller(), actFor }, { ...ASK, requester: { on_behalf_of: { email } } }, [], [])
    expect(told(behind(false, requester.on_behalf_of.email))).toBe('this client may not act on behalf of anybody')
    expect(told(behind(true, 'not an address'))).toBe('on_behalf_of names nobody who could be told apart')
  })

  test('a wrong pointer, or a secret where none can be masked', () => {
    const thrown = (work: () => unknown): MaskError => {
      try {
        work()
      } catch (error) {
        if (error instanceof MaskError) return error
      }
      throw new Error('nothing was thrown')
    }
    const pointer = thrown(() => mask({ action: 'a', params: { a: 1 }, sensitive: ['/b'] }, []))
    expect([pointer.name, pointer.pointer, pointer.message]).toEqual([
      'MaskError',
      '/sensitive/0',
      '"/b" points at nothing in params',
    ])
    for (const member of ['resource', 'environment']) {
      expect(thrown(() => mask({ action: 'a', [member]: 'xoxb-1234567890123' }, [])).pointer).toBe(`/${member}`)
    }
  })

  test('what nobody said stays unsaid, and what the agent and the details say is masked as well', () => {
    expect(Object.keys(mask({ action: 'a' }, []))).toEqual(['action'])
    expect(mask({ action: 'a', context: { risk: 'low' } }, [])).toEqual({ action: 'a', context: { risk: 'low' } })
    const secret = 'xoxb-1234567890123'
    const ask = {
      action: 'a',
      requester: { on_behalf_of: { slack_user_id: 'U0BOB' }, agent: { name: 'bot', prompt: `use ${secret}` } },
      context: { diff: secret, details: { token: 'x', note: secret, rows: 3 } },
    }
    expect(mask(ask, [])).toEqual({
      action: 'a',
      requester: { on_behalf_of: { slack_user_id: 'U0BOB' }, agent: { name: 'bot', prompt: `use ${MASK}` } },
      context: { diff: MASK, details: { token: MASK, note: MASK, rows: 3 } },
    })
    expect(mask({ action: 'a', requester: { on_behalf_of: { slack_user_id: 'U0BOB' } } }, [])).toEqual({
      action: 'a',
      requester: { on_behalf_of: { slack_user_id: 'U0BOB' } },
    })
  })

  test('three names that are masked alike stand side by side, whatever is called so already', () => {
    const params: JsonObject = { 'token=a': 1, 'token=[masked] 2': 0, 'token=b': 2, 'token=c': 3, 'token=d': 4 }
    expect(Object.keys(mask({ action: 'a', params }, []).params ?? {})).toEqual([
      'token=[masked]',
      'token=[masked] 2',
      'token=[masked] 3',
      'token=[masked] 4',
      'token=[masked] 5',
    ])
  })
})

describe('of a revocation', () => {
  const said = (userId: string, isAdmin = false) =>
    ({ member: member(userId), isAdmin, surface: 'slack', reason: null }) as const

  test('why there is nothing to take back', () => {
    expect(told(revoke(yes(), said('U0EVE'), [], T0))).toBe('only an admin, or one whose yes counted, can take it back')
    expect(revoke(opened(), said('U0ADMIN', true), [], T0)).toEqual(refuse('not_revocable', 'the request is pending'))
    expect(revoke(used(), said('U0BOB'), [], T0)).toEqual(refuse('already_consumed', 'used by execution run-1'))
    const over = refuse('not_revocable', 'the time to use it is over')
    expect(revoke(yes(), said('U0BOB'), [], T0 + HOUR)).toEqual(over)
    expect(revoke({ ...yes(), grantExpiresAtMs: null }, said('U0BOB'), [], T0)).toEqual(over)
  })

  test('it is said by whom: one of the people, though she is an admin, or an admin', () => {
    expect(becomes(revoke(yes(), said('U0BOB', true), [], T0)).outcome?.by).toBe('people')
    expect(becomes(revoke(yes(), said('U0ADMIN', true), [], T0)).outcome?.by).toBe('admin')
    const revoked = becomes(revoke(yes(), said('U0BOB'), [], T0))
    expect(revoke(revoked, said('U0BOB'), [], T0)).toEqual({ unchanged: revoked })
    // Another end is no revocation.
    const cancelled = becomes(cancel(yes(), null, WHO, T0))
    expect(revoke(cancelled, said('U0ADMIN', true), [], T0)).toEqual(
      refuse('not_revocable', 'the request is cancelled'),
    )
    expect(revoke({ ...cancelled, outcome: null }, said('U0ADMIN', true), [], T0)).toMatchObject({
      refused: 'not_revocable',
    })
  })
})

describe('of a pause', () => {
  test('who paused, and why', () => {
    expect(pausedRefusal({ by: 'U0ADMIN', reason: null, atMs: T0 })).toEqual(
      refuse('paused', 'everything is paused by U0ADMIN'),
    )
    expect(pausedRefusal({ by: 'U0ADMIN', reason: 'a leak', atMs: T0 }).detail).toBe(
      'everything is paused by U0ADMIN: a leak',
    )
  })

  test('the log holds what was paused, and what was resumed', () => {
    const paused = { by: 'U0ADMIN', reason: 'a leak', atMs: T0 }
    expect(pause(null, 'U0ADMIN', 'a leak', SYSTEM, T0)).toEqual({
      atMs: T0,
      pause: { before: null, after: paused },
      audit: [{ type: 'admin.paused', ...SYSTEM, requestId: null, body: paused }],
    })
    expect(pause(paused, 'U0EVE', null, SYSTEM, T0)).toBeNull()
    expect(resume(paused, 'U0EVE', SYSTEM, T0 + 1)).toEqual({
      atMs: T0 + 1,
      pause: { before: paused, after: null },
      audit: [{ type: 'admin.resumed', ...SYSTEM, requestId: null, body: { by: 'U0EVE', paused } }],
    })
    expect(resume(null, 'U0EVE', SYSTEM, T0)).toBeNull()
  })
})

describe('of a vote', () => {
  test('taken back too often: then no other follows', () => {
    const two = { evaluated: evaluated({ requirements: [needs('owners', 2)], denyCount: 3 }), people: [] }
    const word = (request: ApprovalRequest, verdict: 'approve' | 'deny' | 'withdraw') =>
      decide(request, says(request, 'U0BOB', { verdict }), two, T0)
    const often = (verdict: 'approve' | 'deny'): ApprovalRequest => {
      let request = opened({ evaluated: two.evaluated })
      for (let i = 0; i < 5; i++) request = becomes(word(becomes(word(request, verdict)), 'withdraw'))
      return request
    }
    expect(told(word(often('approve'), 'approve'))).toBe('a yes to this request was taken back too often')
    const no = becomes(word(often('deny'), 'deny'))
    expect(told(word(no, 'withdraw'))).toBe('a no to this request was taken back too often')
    expect(word(opened({ evaluated: two.evaluated }), 'withdraw')).toEqual({ refused: 'nothing_to_withdraw' })
    const withdrawn = often('approve').decisions.at(-1)
    expect(withdrawn).toMatchObject({ verdict: 'withdraw', delegatedBy: null, delegatorIdentities: [], groups: [] })
  })

  test('said again where the policy wants a reason: with one', () => {
    const two = evaluated({ requirements: [needs('owners', 2)], reasonRequired: ['approve'] })
    const request = opened({ evaluated: two })
    const bob = becomes(decide(request, says(request, 'U0BOB', { reason: 'fine' }), { evaluated: two, people: [] }, T0))
    const one = { evaluated: { ...two, requirements: [needs('owners', 1)] }, people: [] }
    const loose = { ...bob, policy: { ...bob.policy, requirements: [needs('owners', 1)] } }
    expect(decide(loose, says(request, 'U0BOB'), one, T0)).toEqual({ refused: 'reason_required' })
    expect(becomes(decide(loose, says(request, 'U0BOB', { reason: 'fine' }), one, T0)).status).toBe('approved')
  })
})

describe('who speaks stands in the log', () => {
  test('by the surface', () => {
    const of = (surface: 'slack' | 'api' | 'web') => personActor({ teamId: 'T0', userId: 'U0', surface })
    expect([of('slack'), of('api'), of('web')]).toEqual([
      { actor: 'slack:T0:U0', source: 'slack' },
      { actor: 'slack:T0:U0', source: 'api' },
      { actor: 'slack:T0:U0', source: 'api' },
    ])
  })

  test('with what was on the screen, where there was one', () => {
    const body = (digestShown: string | null) =>
      refusedDecision(opened(), { verdict: 'revoke', surface: 'slack', digestShown }, SYSTEM, refuse('expired'), T0)
        .audit[0].body
    expect(body(null)).toEqual({ verdict: 'revoke', surface: 'slack', code: 'expired' })
    expect(body('ab')).toEqual({ verdict: 'revoke', surface: 'slack', digest_shown: 'ab', code: 'expired' })
    expect(() => decided(opened(), { decisions: [] }, T0, T0)).toThrow('req_1: no decision to record')
  })

  test('an order that was not hers to give, with the two whom it was about', () => {
    const body = (more: object) =>
      refusedOrder({ order: 'delegate', ...more }, SYSTEM, refuse('not_an_admin'), T0).audit[0].body
    expect(body({})).toEqual({ order: 'delegate', code: 'not_an_admin' })
    expect(body({ from: 'U0A' })).toEqual({ order: 'delegate', code: 'not_an_admin' })
    expect(body({ to: 'U0B' })).toEqual({ order: 'delegate', code: 'not_an_admin' })
    expect(body({ from: 'U0A', to: 'U0B' })).toEqual({
      order: 'delegate',
      from: 'U0A',
      to: 'U0B',
      code: 'not_an_admin',
    })
  })
})

describe('of a key', () => {
  test('its state, to the millisecond', () => {
    const DAYS = 24 * HOUR
    const state = (over: object) => stateOf(aClient(over), T0)
    expect(state({})).toBe('active')
    expect(state({ revokedAtMs: T0 })).toBe('revoked')
    expect(state({ revokedAtMs: 0, expiresAtMs: T0 - 1 })).toBe('revoked')
    expect(state({ expiresAtMs: T0 + 14 * DAYS })).toBe('active')
    expect(state({ expiresAtMs: T0 + 14 * DAYS - 1 })).toBe('expiring')
    expect(state({ expiresAtMs: T0 + 1 })).toBe('expiring')
    expect(state({ expiresAtMs: T0 })).toBe('expired')
    expect(state({ expiresAtMs: T0 - 1 })).toBe('expired')
  })

  test('too little chance, and what is none', () => {
    expect(() => newClientKey(Buffer.alloc(3))).toThrow(/^a client key needs \d+ random bytes$/)
    for (const text of ['', 'cs_', 'cs__', 'cs_abcd', 'xx_abcdefgh_secret', 'cs_abcdefgh2345_']) {
      expect(parseClientKey(text), text).toBeNull()
    }
  })
})

test('what a reader could not see is written out', () => {
  expect(oneLine('a\u202Eb\nc\u0000d\uD800')).toBe('a\\u{202e}b\\u{a}c\\u{0}d\\u{d800}')
})
