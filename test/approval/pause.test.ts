import { expect, test } from 'vitest'
import { isRefusal } from '../../src/approval/refusal.ts'
import { broken } from '../invariants.ts'
import { ASK, aCaller, member } from './given.ts'
import { house, outcomeOf, person } from './service-house.ts'

const POLICY = `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ROOT]
groups: { owners: { usergroup: S0OWN }, on-call: { users: [U0ONA] } }
rules:
  - id: export
    match: { action: "data.export" }
    effect: require_approval
    approvals: [{ from: owners }]
    deny_count: 2
    break_glass: { from: on-call, grant_ttl: 2m }
  - { id: read, match: { action: "data.read" }, effect: allow }
`
const os = { os: 'deploy' }

test('while it is paused nothing is approved and nothing used; what takes away and what waits goes on', async () => {
  const h = await house(POLICY)
  const [request, other, third, fourth] = [await h.ask(), await h.ask(), await h.ask(), await h.ask()]
  expect(await h.click(other, 'U0BOB')).toBe('approved')
  expect(await h.click(fourth, 'U0BOB')).toBe('approved')
  const paused = await h.service.pause(person('U0ROOT'), 'token=sk_live_secret leaked')
  expect(paused).toMatchObject({ changed: true, pause: { by: 'U0ROOT' } })
  expect(JSON.stringify(paused)).not.toContain('sk_live_secret')
  expect(await h.service.pause(os, null)).toMatchObject({ changed: false, pause: { by: 'U0ROOT' } })

  const refusal = await h.service.decide({
    ...person('U0BOB'),
    requestId: request.id,
    digestShown: request.payloadDigest.slice(7),
    verdict: 'approve',
    reason: null,
  })
  expect(refusal).toMatchObject({ refused: 'paused', detail: expect.stringContaining('U0ROOT') })
  expect(await h.breaks(request, 'U0ONA')).toBe('paused')
  expect(await h.use(other)).toBe('paused')
  expect(outcomeOf(await h.submit({ action: 'data.read' }))).toBe('paused')

  expect(outcomeOf(await h.submit())).toBe('pending')
  expect(outcomeOf(await h.submit({ action: 'data.drop' }))).toBe('denied')
  expect(await h.click(request, 'U0BOB', 'deny')).toBe('pending')
  expect(await h.click(request, 'U0BOB', 'withdraw')).toBe('pending')
  expect(outcomeOf(await h.service.revoke(person('U0BOB'), { requestId: other.id, reason: null }))).toBe('cancelled')
  expect(outcomeOf(await h.service.cancel(third.id, null, aCaller()))).toBe('cancelled')

  expect(await h.service.resume(person('U0ROOT'))).toMatchObject({ changed: true, pause: null })
  expect(await h.service.resume(os)).toMatchObject({ changed: false })
  expect(await h.click(request, 'U0BOB')).toBe('approved')
  expect(await h.use(fourth)).toBe('approved')
  expect(outcomeOf(await h.submit({ action: 'data.read' }))).toBe('approved')
  expect((await h.log()).filter((type) => type.startsWith('admin.'))).toEqual(['admin.paused', 'admin.resumed'])
  expect((await broken(h.file)).filter((problem) => !problem.startsWith('req_') || !problem.includes('INV12'))).toEqual(
    [],
  )
})

test('a use that was answered before is not answered yes again while it is paused: whoever asks has not begun', async () => {
  const h = await house(POLICY)
  const request = await h.ask()
  await h.click(request, 'U0BOB')
  expect(await h.use(request)).toBe('approved')
  await h.service.pause(os, null)
  expect(await h.use(request)).toBe('paused')
  await h.service.resume(os)
  expect(await h.use(request)).toBe('approved')
})

test('whoever is stopped by it is told so without a question to Slack', async () => {
  let calls = 0
  const h = await house(POLICY, {
    member: async (id) => {
      calls++
      return member(id)
    },
  })
  const request = await h.ask()
  await h.service.pause(os, null)
  expect([await h.click(request, 'U0BOB'), await h.breaks(request, 'U0ONA')]).toEqual(['paused', 'paused'])
  expect(calls).toBe(0)
})

test('only admins pause and resume, and only live ones', async () => {
  const h = await house(POLICY)
  expect(await h.service.pause(person('U0BOB'), null)).toEqual({ refused: 'not_an_admin' })
  await h.service.pause(os, null)
  expect(await h.service.resume(person('U0BOB'))).toEqual({ refused: 'not_an_admin' })
  expect(await h.store.pause()).toMatchObject({ by: 'os:deploy' })
})

test('everybody hears of it in the audit channel', async () => {
  const h = await house(POLICY)
  const told: unknown[] = []
  h.service.onCommitted(({ outbox }) => told.push(...(outbox ?? [])))
  await h.service.pause(person('U0ROOT'), 'incident 7')
  await h.service.resume(os)
  expect(told).toEqual([
    { kind: 'alarm', channel: 'C0AUDIT', text: expect.stringContaining('incident 7'), mention: ['U0ROOT'] },
    { kind: 'alarm', channel: 'C0AUDIT', text: expect.stringContaining('go on'), mention: [] },
  ])
})

test('INV7 a pause that comes while a yes is on its way is met by the store: no order of the two lets it through', async () => {
  for (let i = 0; i < 40; i++) {
    const h = await house(POLICY)
    const [request, ready] = [await h.ask(), await h.ask()]
    await h.click(ready, 'U0BOB')
    const [yes, use, allowed] = await Promise.all([
      h.click(request, 'U0BOB'),
      h.use(ready),
      h.service.submit(aCaller(), { ...ASK, action: 'data.read' }),
      h.service.pause(os, null),
    ])
    const log = await h.log()
    const at = log.indexOf('admin.paused')
    expect(log.slice(at).filter((type) => ['request.approved', 'grant.consumed'].includes(type))).toEqual([])
    const passed = log.slice(0, at).filter((type) => type === 'request.approved').length
    expect(passed).toBe(1 + Number(yes === 'approved') + Number(!isRefusal(allowed)))
    expect(log.slice(0, at).includes('grant.consumed')).toBe(use === 'approved')
    await h.store.close()
  }
})
