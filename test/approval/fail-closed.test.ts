import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { decide } from '../../src/approval/decision.ts'
import type { Barred } from '../../src/approval/principal.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import { DirectoryError } from '../../src/eligibility.ts'
import { ASK, aCaller, HOUR, member, needs, opened, present, says, T0 } from './given.ts'
import { house, TEXT } from './service-house.ts'

/** The invariants that no rule can keep alone, as properties: INV7 on the rule and on the service, INV6 and INV9 on the disk. */

const ROOMY = `${TEXT(1)}limits: { requests_per_minute: 100000, pending_per_client: 100000 }\n`

const closing: (() => Promise<void>)[] = []
afterAll(async () => void (await Promise.all(closing.map((close) => close()))))
async function opening(...given: Parameters<typeof house>) {
  const h = await house(...given)
  closing.push(() => h.store.close())
  return h
}

test('INV7 any one thing that is missing, stale or unreadable and nobody approves', () => {
  const request = opened()
  const whole = { said: says(request, 'U0BOB'), judged: present(), now: T0 }
  const after = (given: typeof whole): string | undefined => {
    const answer = decide(request, given.said, given.judged, given.now)
    return 'refused' in answer ? 'refused' : answer.request?.after.status
  }
  // Nothing missing: approved. Otherwise the property below would hold of a rule that refuses everybody.
  expect(after(whole)).toBe('approved')
  const said = (over: Partial<typeof whole.said>): Partial<typeof whole> => ({ said: { ...whole.said, ...over } })
  const fault = fc.oneof(
    fc.constantFrom<Barred>('approver_not_human', 'inactive', 'guest', 'outsider').map((barred) => {
      return said({ member: { ...member('U0BOB'), barred } })
    }),
    fc
      .array(fc.string(), { maxLength: 3 })
      .map((groups) => said({ groups: groups.filter((name) => name !== 'owners') })),
    fc.string().map((digestShown) => said({ digestShown: `${digestShown}!` })),
    fc.integer({ min: 60_001, max: HOUR }).map((age) => said({ membershipReadAtMs: T0 - age })),
    fc.constant(said({ membershipReadAtMs: Number.NaN })),
    fc.oneof(fc.constant(Number.NaN), fc.integer({ min: T0 + HOUR, max: T0 + 1_000 * HOUR })).map((now) => ({ now })),
    fc.integer({ min: 2, max: 9 }).map((count) => ({ judged: present({ requirements: [needs('owners', count)] }) })),
    fc.constant({ judged: present({ effect: 'deny' }) }),
    fc.constant({ judged: present({ reasonRequired: ['approve'] }) }),
    fc.constant(said({ member: member('U0ALICE') })),
  )
  fc.assert(
    fc.property(fc.array(fault, { minLength: 1, maxLength: 4 }), (faults) => {
      const broken: typeof whole = Object.assign({ ...whole }, ...faults)
      expect(after(broken)).not.toBe('approved')
    }),
    { numRuns: 3_000 },
  )
})

test('INV7 whichever reading of Slack fails, nobody is counted, and once it answers again she is', async () => {
  const readings = ['member', 'memberByEmail', 'groupMembers', 'isExternal'] as const
  let down = new Set<string>()
  const ask = <T>(name: string, answer: T): T => {
    if (down.has(name)) throw new DirectoryError(`${name}: no answer`)
    return answer
  }
  const h = await opening(TEXT(1), {
    member: async (id) => ask('member', member(id)),
    memberByEmail: async () => ask('memberByEmail', member('U0ZED')),
    groupMembers: async () => ask('groupMembers', { users: ['U0BOB'], readAtMs: Date.now() }),
    isExternal: async () => ask('isExternal', false),
  })
  const behalf = { requester: { on_behalf_of: { email: 'zed@example.com' } } }
  const click = async (request: { id: string; payloadDigest: string }) => {
    const shown = { requestId: request.id, digestShown: request.payloadDigest.slice(7, 23), channel: 'C0PROD' }
    const who = { verdict: 'approve', reason: null, surface: 'slack', teamId: 'T0HOME', userId: 'U0BOB' } as const
    const answer = await h.service.decide({ ...shown, ...who })
    return isRefusal(answer) ? answer.refused : answer.request.status
  }
  await fc.assert(
    fc.asyncProperty(fc.subarray([...readings], { minLength: 1 }), async (failing) => {
      const request = await h.ask(behalf)
      down = new Set(failing)
      expect(await click(request)).toBe('directory_unavailable')
      expect(await h.store.request(request.id)).toMatchObject({ status: 'pending', decisions: [] })
      down = new Set()
      expect(await click(request)).toBe('approved')
    }),
    { numRuns: 40 },
  )
})

test('INV9 whatever the order and however many at once, one key and body of a client are one request with one entry', async () => {
  const h = await opening(ROOMY)
  let run = 0
  const asks = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), body: fc.constantFrom('1', '2') }), {
    minLength: 2,
    maxLength: 12,
  })
  await fc.assert(
    fc.asyncProperty(asks, fc.boolean(), async (calls, atOnce) => {
      const prefix = `run-${++run}`
      const submit = ({ key, body }: (typeof calls)[number]) =>
        h.service.submit(aCaller(), { ...ASK, params: { body } }, { key: `${prefix}-${key}`, bodyDigest: body })
      const answers = []
      if (atOnce) answers.push(...(await Promise.all(calls.map(submit))))
      else for (const call of calls) answers.push(await submit(call))

      for (const key of ['a', 'b', 'c']) {
        const mine = answers.filter((_, i) => calls[i]?.key === key)
        const opened = mine.filter((answer) => !isRefusal(answer))
        const ids = new Set(opened.map((answer) => (isRefusal(answer) ? '' : answer.request.id)))
        expect(ids.size).toBe(mine.length === 0 ? 0 : 1)
        expect(opened.filter((answer) => !isRefusal(answer) && answer.changed)).toHaveLength(ids.size)
        for (const answer of mine) if (isRefusal(answer)) expect(answer.refused).toBe('idempotency_key_reused')
        for (const id of ids) {
          const entries = await h.store.auditOf(id)
          expect(entries.filter(({ envelope }) => envelope.includes('request.opened'))).toHaveLength(1)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('INV6 what a commit answered is in the file at that moment, for anybody who opens it', async () => {
  const h = await opening(ROOMY)
  const other = new Database(h.file, { readonly: true })
  closing.push(async () => void other.close())
  const status = other.prepare<[string], string>('SELECT status FROM requests WHERE id = ?').pluck()
  const entries = other.prepare<[string], number>('SELECT count(*) FROM audit_entries WHERE request_id = ?').pluck()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), async (decided) => {
      const seen = decided.map(async (isDecided) => {
        const { id, payloadDigest } = await h.ask()
        // Read in the very turn in which the answer came, with nothing awaited in between.
        expect([status.get(id), entries.get(id)]).toEqual(['pending', 1])
        if (!isDecided) return
        expect(await h.click({ id, payloadDigest }, 'U0BOB')).toBe('approved')
        expect([status.get(id), entries.get(id)]).toEqual(['approved', 3])
      })
      await Promise.all(seen)
    }),
    { numRuns: 40 },
  )
})
