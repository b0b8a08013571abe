import { expect, test } from 'vitest'
import { createClient } from '../../src/approval/client.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import { DirectoryError } from '../../src/eligibility.ts'
import { aCaller, aClient, aToken, member } from './given.ts'
import { house, outcomeOf, TEXT } from './service-house.ts'

const LINKED = `people:
  - { slack: [U0GIT], github: [gitta], emails: [gitta@example.com] }
`
const ISSUERS = `issuers:
  - { id: ci, issuer: "https://ci.example.com", audience: "https://c.example", preset: oidc, kind: workload, require: { sub: repo }, owners: [U0ALICE] }
`
const ALLOW = 'unresolved_requester: allow\n'
const behalf = (email: string) => ({ requester: { on_behalf_of: { email } } })
const holders = (of: Readonly<Record<string, string>>) => ({
  memberByEmail: async (address: string) => {
    const userId = of[address]
    return userId === undefined
      ? null
      : { ...member(userId), identities: [`slack:${userId}`, `email:${address}`] as const }
  },
})

test('B31 whoever has the address at the ask stays behind it, whoever has it later', async () => {
  const has: Record<string, string> = { 'zed@example.com': 'U0BOB' }
  const h = await house(TEXT(1), holders(has))
  const request = await h.ask(behalf('zed@example.com'))
  expect(request.closure).toContain('slack:U0BOB')
  // Bob takes another address, and a new full member gets the old one.
  has['zed@example.com'] = 'U0NEW'
  expect(await h.click(request, 'U0BOB')).toBe('self_approval')
  h.group.users = ['U0NEW', 'U0CAROL']
  expect(await h.click(request, 'U0NEW')).toBe('self_approval')
  expect(await h.click(request, 'U0CAROL')).toBe('approved')
})

test('B12 a human whom nobody can name is refused at the ask, unless the policy says otherwise', async () => {
  const h = await house(TEXT(1))
  expect(outcomeOf(await h.submit(behalf('nobody@example.com')))).toBe('requester_unresolved')
  h.setPolicy(TEXT(1) + ALLOW)
  const request = await h.ask(behalf('nobody@example.com'))
  expect(request.closure).toContain('email:nobody@example.com')
  expect(await h.click(request, 'U0BOB')).toBe('approved')
  // Whoever turns out to have the address is behind it all the same, and a stricter policy since then counts.
  const other = await h.ask(behalf('bob+x@example.com'))
  expect(await h.click(other, 'U0BOB')).toBe('self_approval')
  h.setPolicy(TEXT(1))
  expect(await h.click(other, 'U0CAROL')).toBe('requester_unresolved')
})

test('B12 a guest who has the address is nobody: she could be given it to be rid of it', async () => {
  const guest = async () => member('U0GUEST', { barred: 'guest' })
  const h = await house(TEXT(1), { memberByEmail: guest })
  expect(outcomeOf(await h.submit(behalf('zed@example.com')))).toBe('requester_unresolved')
})

test('INV7 Slack away: nothing is opened on behalf of an address, but for one that the policy joins to an account', async () => {
  let calls = 0
  const away = async () => {
    calls++
    throw new DirectoryError('no answer')
  }
  const h = await house(TEXT(1) + LINKED, { memberByEmail: away })
  expect(outcomeOf(await h.submit(behalf('zed@example.com')))).toBe('policy_unavailable')
  expect((await h.ask(behalf('Gitta@example.com'))).closure).toContain('slack:U0GIT')
  expect(calls).toBe(2)
  // Where nobody is named Slack is not asked.
  expect((await h.ask()).status).toBe('pending')
  expect(calls).toBe(2)
})

test('F9 Slack that never answers holds an ask for its deadline and no longer', async () => {
  const h = await house(TEXT(1), { memberByEmail: () => new Promise(() => {}) })
  expect(outcomeOf(await h.submit(behalf('zed@example.com')))).toBe('policy_unavailable')
})

test('who may not act for others learns nothing of whose address it is', async () => {
  let calls = 0
  const h = await house(TEXT(1), {
    memberByEmail: async () => {
      calls++
      return null
    },
  })
  const answer = await h.submit(behalf('zed@example.com'), aCaller({ actFor: false }))
  expect(outcomeOf(answer)).toBe('act_for_not_allowed')
  expect(calls).toBe(0)
})

test('B10 each human whom a token speaks for stands behind the ask, and each must be somebody', async () => {
  const text = TEXT(1) + LINKED + ISSUERS
  const h = await house(text, holders({ 'tess@example.com': 'U0CAROL' }))
  const request = await h.ask({}, aToken({ humans: [['github:gitta', 'github_id:7'], ['email:tess@example.com']] }))
  expect(request.client).toMatchObject({ id: 'oidc:ci:repository:1', verifiedBy: 'oidc' })
  h.group.users = ['U0GIT', 'U0CAROL', 'U0BOB']
  expect(await h.click(request, 'U0GIT')).toBe('self_approval')
  expect(await h.click(request, 'U0CAROL')).toBe('self_approval')
  expect(await h.click(request, 'U0BOB')).toBe('approved')
  // Of the two who started it one is nobody's: he could be an approver.
  const humans = [['github:gitta'], ['github:stranger']] as const
  expect(outcomeOf(await h.submit({}, aToken({ humans })))).toBe('requester_unresolved')
  h.setPolicy(text + ALLOW)
  expect((await h.ask({}, aToken({ humans }))).status).toBe('pending')
})

test('B12 a workload that nobody set off needs somebody who answers for it', async () => {
  const h = await house(TEXT(1) + ISSUERS)
  expect(outcomeOf(await h.submit({}, aToken()))).toBe('requester_unresolved')
  expect((await h.ask({}, aToken({ owners: ['U0ALICE'] }))).closure).toContain('slack:U0ALICE')
})

test('T10 what a token asked for dies with the trust in its issuer, and not while no policy is in force', async () => {
  const h = await house(TEXT(1) + ISSUERS)
  const [request, approved] = [
    await h.ask({}, aToken({ owners: ['U0ALICE'] })),
    await h.ask({}, aToken({ owners: ['U0ALICE'] })),
  ]
  expect(await h.click(approved, 'U0BOB')).toBe('approved')
  h.setPolicy(null)
  expect(await h.click(request, 'U0BOB')).toBe('policy_unavailable')
  expect((await h.store.request(request.id))?.status).toBe('pending')
  h.setPolicy(TEXT(1))
  expect(await h.click(request, 'U0BOB')).toBe('cancelled')
  const use = { executionId: 'x', digest: approved.payloadDigest }
  expect(outcomeOf(await h.service.consume(approved, use, aToken()))).toBe('not_approved')
  h.setPolicy(TEXT(1) + ISSUERS)
  expect(outcomeOf(await h.service.consume(approved, use, aToken()))).toBe('approved')
})

test('T10 an issuer whose name begins another’s is not the other', async () => {
  const h = await house(TEXT(1) + ISSUERS)
  const request = await h.ask({}, aToken({ id: 'oidc:ci2:repository:1', owners: ['U0ALICE'] }))
  expect(await h.click(request, 'U0BOB')).toBe('cancelled')
})

test('a caller asks for what it may ask for alone, whatever the policy would say', async () => {
  const h = await house(TEXT(1))
  const submit = (over: Parameters<typeof aCaller>[0], ask = {}) => h.submit(ask, aCaller(over)).then(outcomeOf)
  expect(await submit({ actions: ['data.*'], environments: ['prod*'] })).toBe('pending')
  expect(await submit({ actions: ['db.*', 'data.read'] })).toBe('forbidden')
  expect(await submit({ actions: [] })).toBe('forbidden')
  expect(await submit({ environments: ['staging'] })).toBe('forbidden')
  expect(await submit({ environments: ['*'] }, { environment: undefined })).toBe('forbidden')
  expect(await submit({ environments: ['prod*'] }, { environment: 'prod​uction' })).toBe('forbidden')
  expect((await h.log()).filter((type) => type === 'request.opened')).toHaveLength(1)
})

test('an asker cannot say of itself what is masked', async () => {
  const h = await house(TEXT(1))
  const masked = [{ pointer: '/rows', by: 'countersign' as const }]
  expect((await h.ask({ masked, params: { rows: 3 } })).ask).not.toHaveProperty('masked')
})

test('INV9 the same key finds its request while Slack is away', async () => {
  let isAway = false
  const h = await house(TEXT(1), {
    memberByEmail: async () => {
      if (isAway) throw new DirectoryError('no answer')
      return member('U0ZED')
    },
  })
  const key = { key: 'k', bodyDigest: 'b' }
  await h.service.record(
    createClient({ ...aClient(), id: 'cl_two' }, 'os:t', { actor: 'system', source: 'cli' }, Date.now()),
  )
  const ask = { action: 'data.export', ...behalf('zed@example.com') }
  const first = await h.service.submit(aCaller(), ask, key)
  isAway = true
  const again = await h.service.submit(aCaller(), ask, key)
  if (isRefusal(first) || isRefusal(again)) throw new Error('refused')
  expect([again.replayed, again.request.id]).toEqual([true, first.request.id])
})
