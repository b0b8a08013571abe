import { expect, test } from 'vitest'
import { isRefusal } from '../../src/approval/refusal.ts'
import { broken } from '../invariants.ts'
import { aCaller, HOUR, T0 } from './given.ts'
import { house, outcomeOf, person } from './service-house.ts'

/** Whoever is turned away leaves a trace, and cannot flood the log by it. */

const MINUTE = 60_000
const POLICY = (rule = '') => `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ROOT]
groups: { owners: { usergroup: S0OWN } }
rules:
  - id: export
    match: { action: "data.export" }
    effect: require_approval
    approvals: [{ from: owners, count: 2 }]${rule}
`

async function given(rule = '') {
  const clock = { now: T0 }
  const h = await house(POLICY(rule), {}, () => clock.now)
  const bodies = async (type: string) =>
    (await h.store.auditEntries(0, 10_000)).flatMap(({ envelope, body }) => {
      const { type: its, actor } = JSON.parse(envelope) as { type: string; actor: string }
      return its === type ? [{ actor, ...(JSON.parse(body ?? '{}') as object) }] : []
    })
  const approved = async () => {
    const request = await h.ask()
    await h.click(request, 'U0BOB')
    await h.click(request, 'U0CAROL')
    return request
  }
  return { ...h, clock, bodies, approved }
}

test('T11 an order of somebody who may not give it is evidence, once a minute for the same one', async () => {
  const h = await given()
  const lent = await h.service.delegate(person('U0BOB'), {
    ...{ from: 'U0BOB', to: 'U0DAN', startsAtMs: null },
    endsAtMs: T0 + HOUR,
  })
  if (isRefusal(lent)) throw new Error(lent.detail)
  const tries = async () => [
    await h.service.pause(person('U0EVE'), 'I can'),
    await h.service.resume(person('U0EVE')),
    await h.service.delegate(person('U0EVE'), { from: 'U0BOB', to: 'U0EVE', startsAtMs: null, endsAtMs: T0 + HOUR }),
    await h.service.endDelegation(person('U0EVE'), lent.delegation.id),
  ]
  for (const wait of [0, 0, MINUTE]) {
    h.clock.now += wait
    expect((await tries()).filter(isRefusal)).toHaveLength(4)
  }
  const actor = 'slack:T0HOME:U0EVE'
  const once = [
    { actor, code: 'not_an_admin', order: 'pause' },
    { actor, code: 'not_an_admin', order: 'resume' },
    { actor, code: 'delegation_refused', from: 'U0BOB', order: 'delegate', to: 'U0EVE' },
    { actor, code: 'delegation_refused', from: 'U0BOB', order: 'end_delegation', to: 'U0DAN' },
  ]
  expect(await h.bodies('admin.refused')).toEqual([...once, ...once])
  // What is one's own to order badly is none.
  await h.service.delegate(person('U0EVE'), { from: 'U0EVE', to: 'U0EVE', startsAtMs: null, endsAtMs: T0 + HOUR })
  expect(await h.bodies('admin.refused')).toHaveLength(8)
})

test('orders that differ in what one can make up fill the log no faster than twenty a minute', async () => {
  const h = await given()
  const burst = () =>
    Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        h.service.delegate(person('U0EVE'), { from: `U0X${i}`, to: 'U0EVE', startsAtMs: null, endsAtMs: T0 + HOUR }),
      ),
    )
  await burst()
  expect(await h.bodies('admin.refused')).toHaveLength(20)
  h.clock.now += MINUTE
  await burst()
  expect(await h.bodies('admin.refused')).toHaveLength(40)
})

test('INV5 each execution that comes too late is named, and each other payload, up to twenty a minute', async () => {
  const h = await given()
  const request = await h.approved()
  expect(await h.use(request, 'run-1')).toBe('approved')
  for (const run of ['run-2', 'run-3', 'run-2']) expect(await h.use(request, run)).toBe('already_consumed')
  const refused = await h.bodies('grant.refused')
  expect(refused.map((body) => (body as { execution_id?: string }).execution_id)).toEqual(['run-2', 'run-3'])
  await Promise.all(Array.from({ length: 60 }, (_, i) => h.use(request, `more-${i}`)))
  expect(await h.bodies('grant.refused')).toHaveLength(20)
})

test('a caller that tries what is none of its own is told of nothing, and each try is evidence once a minute', async () => {
  const h = await given()
  const request = await h.approved()
  const mallory = { ...aCaller(), id: 'cl_mallory' }
  const gate = { ...aCaller(), id: 'cl_gate', scopes: ['enforce'] as const }
  const done = { executionId: 'x', status: 'succeeded', summary: null, resultDigest: null } as const
  const tries = async () => [
    outcomeOf(await h.service.consume(request, { executionId: 'x', digest: request.payloadDigest }, mallory)),
    outcomeOf(await h.service.cancel(request.id, null, mallory)),
    outcomeOf(await h.service.complete(request.id, done, mallory)),
    outcomeOf(await h.service.complete(request.id, done, gate)),
  ]
  for (const wait of [0, 0, MINUTE]) {
    h.clock.now += wait
    expect(await tries()).toEqual(['not_found', 'not_found', 'not_found', 'not_consumed'])
  }
  const once = [
    { actor: 'client:cl_mallory', attempt: 'consume', code: 'not_found' },
    { actor: 'client:cl_mallory', attempt: 'cancel', code: 'not_found' },
    { actor: 'client:cl_mallory', attempt: 'complete', code: 'not_found' },
    { actor: 'client:cl_gate', attempt: 'complete', code: 'not_consumed' },
  ]
  expect(await h.bodies('grant.refused')).toEqual([...once, ...once])
  expect((await h.store.request(request.id))?.status).toBe('approved')
  expect(outcomeOf(await h.service.cancel('req_none', null, mallory))).toBe('not_found')
  expect((await broken(h.file)).filter((problem) => !problem.includes('INV12'))).toEqual([])
})

test('T7 an ask that was turned away is evidence, once a minute of each client and reason', async () => {
  const h = await given('\n    must_show: ["/command"]')
  const ceo = { requester: { on_behalf_of: { email: 'ceo@example.com' } } }
  const bound = aCaller({ id: 'cl_bound', actions: ['data.read'] })
  const tries = async () => [
    outcomeOf(await h.submit(ceo, aCaller({ actFor: false }))),
    outcomeOf(await h.submit(ceo)),
    outcomeOf(await h.submit({}, bound)),
    outcomeOf(await h.submit({ action: 'password=hunter2hunter2' }, bound)),
    outcomeOf(await h.submit({ params: { command: 'rm' }, sensitive: ['/command'] })),
  ]
  for (const wait of [0, 0, MINUTE]) {
    h.clock.now += wait
    const answers = await tries()
    expect(answers).toEqual(['act_for_not_allowed', 'requester_unresolved', 'forbidden', 'forbidden', 'must_show'])
  }
  const [actor, client, action] = ['client:cl_alice', 'cl_alice', 'data.export']
  const once = [
    { actor, client, action, code: 'act_for_not_allowed', pointer: null },
    { actor, client, action, code: 'requester_unresolved', pointer: null },
    { actor: 'client:cl_bound', client: 'cl_bound', action, code: 'forbidden', pointer: null },
    { actor, client, action, code: 'must_show', pointer: '/command' },
  ]
  expect(await h.bodies('admin.ask_refused')).toEqual([...once, ...once])
})

test('INV11 the action of an ask that was turned away is masked as one that was taken', async () => {
  const h = await given()
  const bound = aCaller({ id: 'cl_bound', actions: ['data.read'] })
  await h.submit({ action: 'password=hunter2hunter2' }, bound)
  expect(JSON.stringify(await h.bodies('admin.ask_refused'))).not.toContain('hunter2hunter2')
})

test('what she says who completes it again stands in the log: why, on which card, by which policy', async () => {
  const h = await given('\n    reason_required: [approve]')
  const request = await h.ask()
  const digestShown = request.payloadDigest.slice(7, 23)
  const says = async (userId: string, reason: string) =>
    outcomeOf(
      await h.service.decide({ ...person(userId), requestId: request.id, digestShown, verdict: 'approve', reason }),
    )
  await says('U0BOB', 'bob one')
  h.group.users = ['U0CAROL']
  await says('U0CAROL', 'carol one')
  h.group.users = ['U0BOB', 'U0CAROL']
  expect(await says('U0CAROL', 'they are both here, token=abcdefghijklmnop0123')).toBe('approved')
  const [entry] = await h.bodies('request.approved')
  expect(entry).toMatchObject({
    actor: 'slack:T0HOME:U0CAROL',
    again: true,
    reason: expect.stringMatching(/^they are both here/),
    surface: 'slack',
    digest_shown: digestShown,
    policy_digest: expect.stringMatching(/^sha256:/),
    membership_read_at: new Date(T0).toISOString(),
  })
  expect(JSON.stringify(entry)).not.toContain('abcdefghijklmnop0123')
  expect((await broken(h.file)).filter((problem) => !problem.includes('INV12'))).toEqual([])
})
