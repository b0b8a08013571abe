import { describe, expect, test } from 'vitest'
import { revokeClient, updateClient } from '../../src/approval/client.ts'
import type { Directory } from '../../src/eligibility.ts'
import { HOUR, member, T0 } from './given.ts'
import { house } from './service-house.ts'

/** What a key asked for dies with it, also where it dies at the very click. */

const CLI = { actor: 'os:tester', source: 'cli' } as const
const POLICY = `version: 1
slack: { channel: C0APPROVALS }
admins: [U0ROOT]
groups: { owners: { usergroup: S0OWN }, on-call: { usergroup: S0CALL } }
rules:
  - id: export
    match: { action: "data.export" }
    effect: require_approval
    approvals: [{ from: owners }]
    break_glass: { from: on-call, grant_ttl: 2m }
`

async function town(onQuestion: (question: number) => Promise<unknown> = async () => {}) {
  const clock = { now: T0, questions: 0 }
  const before = async <T>(answer: T): Promise<T> => {
    await onQuestion(++clock.questions)
    return answer
  }
  const directory: Partial<Directory> = {
    member: (id) => before(member(id)),
    groupMembers: () => before({ users: ['U0BOB'], readAtMs: clock.now }),
  }
  const h = await house(POLICY, directory, () => clock.now)
  const client = async () => {
    const known = await h.store.client('cl_alice')
    if (!known) throw new Error('no client')
    return known
  }
  const revokes = async () => h.service.record(revokeClient(await client(), 'os:tester', CLI, clock.now))
  const expires = async (expiresAtMs: number) => {
    const change = updateClient(await client(), { expiresAtMs }, false, 'os:tester', CLI, clock.now)
    if (change) await h.service.record(change)
  }
  return { ...h, clock, revokes, expires }
}

describe.each(['approve', 'break the glass'])('T10 to %s', (how) => {
  const play = async (moment: number) => {
    let clicking = false
    const h = await town(async (question) => (clicking && question === moment ? h.revokes() : null))
    const request = await h.ask()
    clicking = true
    h.clock.questions = 0
    const answer = await (how === 'approve' ? h.click(request, 'U0BOB') : h.breaks(request, 'U0BOB'))
    return { answer, status: (await h.store.request(request.id))?.status, questions: h.clock.questions }
  }

  test('is no use where the client is revoked meanwhile, at whichever question to Slack that is', async () => {
    const whole = await play(0)
    expect(whole.status).toBe('approved')
    for (let moment = 1; moment <= whole.questions; moment++) {
      expect(await play(moment), `question ${moment}`).toMatchObject({ answer: 'cancelled', status: 'cancelled' })
    }
  })
})

test('T10 a key that has expired brings no yes and no use; one that was given time does', async () => {
  const h = await town()
  const request = await h.ask({}, undefined)
  const approved = await h.ask()
  expect(await h.click(approved, 'U0BOB')).toBe('approved')
  await h.expires(T0 + HOUR / 4)
  h.clock.now = T0 + HOUR / 4 - 1
  expect(await h.use(await freshly(h), 'run-1')).toBe('approved')
  h.clock.now++
  expect(await h.use(approved, 'run-1')).toBe('not_approved')
  await h.expires(T0 + HOUR)
  expect(await h.click(request, 'U0BOB')).toBe('approved')
  expect(await h.use(request)).toBe('approved')
  const last = await h.ask({ ttl_seconds: 7_200 })
  h.clock.now = T0 + HOUR
  expect(await h.click(last, 'U0BOB')).not.toBe('approved')
})

async function freshly(h: Awaited<ReturnType<typeof town>>) {
  const request = await h.ask()
  expect(await h.click(request, 'U0BOB')).toBe('approved')
  return request
}
