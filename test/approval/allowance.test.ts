import { expect, test } from 'vitest'
import type { Caller } from '../../src/approval/principal.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import { broken } from '../invariants.ts'
import { ASK, aCaller, aToken, HOUR, member, T0 } from './given.ts'
import { house, outcomeOf } from './service-house.ts'

const POLICY = (count: number) => `version: 1
slack: { channel: C0APPROVALS }
groups: { owners: { users: [U0BOB, U0CAROL, U0ALICE] }, sre: { users: [U0DAN] } }
people:
  - { slack: [U0ZOE], github: [zoe], emails: [zoe@example.com] }
rules:
  - id: reads
    match: { action: "data.read" }
    effect: allow
    limit: { count: ${count}, per: 1h }
    approvals: [{ from: owners }]
  - id: salaries
    match: { action: "data.read", resource: "hr/*" }
    effect: require_approval
    approvals: [{ from: sre }]
issuers:
  - { id: ci, issuer: "https://ci.example.com", audience: "https://c.example", preset: oidc, kind: workload, require: { sub: repo }, owners: [U0ALICE] }
limits: { requests_per_minute: 100000, pending_per_client: 100000 }
`
const READ = { action: 'data.read', params: {} }

test('T3 of fifty that ask at once exactly as many pass as the limit says, and people are asked about the others', async () => {
  const h = await house(POLICY(20), {}, () => T0)
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => h.service.submit(aCaller(), { ...ASK, ...READ, params: { i } })),
  )
  const statuses = answers.map(outcomeOf)
  expect(statuses.filter((status) => status === 'approved')).toHaveLength(20)
  expect(statuses.filter((status) => status === 'pending')).toHaveLength(30)
  const asked = answers.flatMap((answer) =>
    isRefusal(answer) || answer.request.status !== 'pending' ? [] : [answer.request],
  )
  for (const request of asked) {
    expect(request.policy).toMatchObject({
      effect: 'require_approval',
      rules: ['reads'],
      requirements: [{ from: 'owners' }],
    })
  }
  expect((await broken(h.file)).filter((problem) => !problem.includes('INV12'))).toEqual([])
})

test('whoever is asked about what went beyond the limit still is once the hour is over: a use that ran out allows nothing', async () => {
  let now = T0
  const h = await house(POLICY(1).replace('limits:', 'defaults: { ttl: 3h }\nlimits:'), {}, () => now)
  expect((await h.ask(READ)).status).toBe('approved')
  const beyond = await h.ask(READ)
  expect(beyond.status).toBe('pending')
  now = T0 + HOUR + 1
  expect((await h.ask(READ)).status).toBe('approved')
  expect(await h.click(beyond, 'U0ALICE')).toBe('self_approval')
  expect(await h.click(beyond, 'U0EVE')).toBe('not_an_approver')
  // The policy was tightened meanwhile: two are needed, also though the ask would be within the limit again.
  h.setPolicy(
    POLICY(1)
      .replace('limits:', 'defaults: { ttl: 3h }\nlimits:')
      .replace('[{ from: owners }]', '[{ from: owners, count: 2 }]'),
  )
  expect(await h.click(beyond, 'U0BOB')).toBe('pending')
  expect(await h.click(beyond, 'U0CAROL')).toBe('approved')
})

test('a limit that is used up adds its people to those that another rule asks', async () => {
  const h = await house(POLICY(1), {}, () => T0)
  const salaries = { ...READ, resource: 'hr/salaries' }
  const free = await h.ask(salaries)
  expect(free.policy.requirements.map(({ from }) => from)).toEqual(['sre'])
  // What people are asked about uses nothing up.
  expect((await h.ask(READ)).status).toBe('approved')
  expect((await h.ask(salaries)).policy.requirements.map(({ from }) => from).sort()).toEqual(['owners', 'sre'])
})

test('T3 one human’s uses count together, whichever token proves her; whom an ask only names, they are the caller’s', async () => {
  const found = async (address: string) => (address === 'zoe@example.com' ? member('U0ZOE') : null)
  const h = await house(POLICY(2), { memberByEmail: found }, () => T0)
  const statusOf = async (...given: Parameters<typeof h.ask>) => (await h.ask(...given)).status
  const named = { ...READ, requester: { on_behalf_of: { email: 'Zoe+ci@example.com' } } }
  const tokenOf = (who: string, humans: Caller['humans'] = [['github:zoe']]) => {
    const makers = [`oidc:https://ci.example.com|${who}`] as const
    return aToken({ id: `oidc:ci:${who}`, owners: ['U0ALICE'], makers, humans, actFor: true })
  }
  // Anybody who may name her could use up what is hers.
  expect([await statusOf(named), await statusOf(named), await statusOf(named)]).toEqual([
    'approved',
    'approved',
    'pending',
  ])
  expect(await statusOf(READ)).toBe('pending')
  expect(await statusOf(READ, tokenOf('one'))).toBe('approved')
  expect(await statusOf(READ, tokenOf('two', [['email:zoe@example.com']]))).toBe('approved')
  expect(await statusOf(READ, tokenOf('three'))).toBe('pending')
  expect(await statusOf(READ, tokenOf('four', []))).toBe('approved')
})
