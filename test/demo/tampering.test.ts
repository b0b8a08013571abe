import { afterEach, beforeEach, expect, it } from 'vitest'
import type { TamperHow } from '../../src/demo/wire.ts'
import { rebuild } from '../replay.ts'
import { refuses, says } from './acting.ts'
import { openDemo, type Spectator } from './spectator.ts'

let at: Spectator
beforeEach(async () => {
  at = await openDemo()
})
afterEach(() => at.close())

/** Somebody tried to approve her own, somebody else approved; then a no. */
async function history(): Promise<void> {
  const exported = await at.start('agent-export')
  await says(at, exported, 'U0BOB')
  await says(at, exported, 'U0CAROL')
  await at.reaches(exported, 'done')
  const rotated = await at.start('secret-rotation')
  await refuses(at, rotated, 'U0ERIN', 'Not now.')
  await at.reaches(rotated, 'denied')
  await at.log(() => latest('request.denied') > 0, 'the whole log')
}

const latest = (type: string): number => at.audit().all.findLast((entry) => entry.type === type)?.seq ?? 0

const WAYS: readonly (readonly [
  how: TamperHow,
  type: string,
  seen: 'at the entry' | 'by the root',
  problem: RegExp,
])[] = [
  ['rewrite-approver', 'decision.recorded', 'at the entry', /the body is not the one that was written/],
  ['change-an-ask', 'request.opened', 'at the entry', /the body is not the one that was written/],
  ['delete-entry', 'decision.refused', 'at the entry', /is missing/],
  ['cover-tracks', 'decision.recorded', 'by the root', /root/],
]

it.each(WAYS)('%s is found, told, and made good again', async (how, type, seen, problem) => {
  await history()
  const before = at.audit().all
  const seq = latest(type)
  const { status, body } = await at.post('/beside/tamper', { how })
  expect([status, body]).toMatchObject([
    200,
    {
      how,
      seq,
      found: { whole: false, seq: seen === 'at the entry' ? seq : null, problem: expect.stringMatching(problem) },
    },
  ])
  expect(body.before).not.toBe(body.after)
  await at.log(({ check, tampered }) => !check.whole && tampered.length === 1, 'the page to know')
  expect(at.audit().all).not.toEqual(before)

  const restored = await at.post('/beside/restore')
  expect(restored).toMatchObject({ status: 200, body: { entries: 1, check: { whole: true } } })
  await at.log(({ check, tampered }) => check.whole && tampered.length === 0, 'the page to know')
  expect(at.audit().all).toEqual(before)
})

it.each(['rewrite-approver', 'cover-tracks', 'change-an-ask'] as const)(
  '%s once more changes the entry once more, and never back to what it was',
  async (how) => {
    await history()
    const values: unknown[] = []
    for (let n = 0; n < 5; n += 1) {
      const { status, body } = await at.post('/beside/tamper', { how })
      expect(status).toBe(200)
      if (n === 0) values.push(body.before)
      expect(body.before).not.toBe(body.after)
      expect(body.after).not.toBe(values[0])
      expect(body.found).toMatchObject({ whole: false })
    }
  },
)

it('while the log is tampered with the bot goes on, and what is put back fits what came after', async () => {
  await history()
  for (const [how] of WAYS) expect((await at.post('/beside/tamper', { how })).status).toBe(200)
  const run = await at.start('terraform-apply')
  await says(at, run, 'U0DAVE')
  await at.reaches(run, 'done')
  expect((await at.post('/beside/restore')).body).toMatchObject({ check: { whole: true } })
  const { reads } = at.demo.house.service
  const rebuilt = rebuild(await reads.auditEntries(0, 1_000))
  for (const [id, request] of rebuilt) expect(request).toEqual(await reads.request(id))
  expect(rebuilt.size).toBe(3)
})

it('the log stays append-only for whoever does not take the triggers off', async () => {
  await history()
  await at.post('/beside/tamper', { how: 'delete-entry' })
  await at.post('/beside/restore')
  const { default: Database } = await import('better-sqlite3')
  const file = new Database(`${at.demo.directory}/countersign.db`)
  expect(() => file.exec('DELETE FROM audit_entries WHERE seq = 3')).toThrow(/append-only/)
  file.close()
})

it('a log in which nobody has decided anything cannot be tampered with so, and the page is told why', async () => {
  const { status, body } = await at.post('/beside/tamper', { how: 'rewrite-approver' })
  expect([status, body.error]).toEqual([409, expect.stringContaining('Nobody has decided')])
  expect(at.audit().check).toMatchObject({ whole: true })
})
