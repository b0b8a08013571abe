import { expect } from 'vitest'
import type { Answer } from '../api.ts'
import { bypass, openStages } from './bypass.ts'

const stages = openStages()

const outcome = ({ status, body }: Answer): unknown[] => [status, body.code]

bypass('T1', stages, async (by) => {
  const { on } = by
  const agent = await on.client({ owners: ['U0ALICE'], scopes: ['request', 'read:all', 'audit:read', 'enforce'] })
  const requester = { agent: { name: 'agent', model: 'm' } }
  const request = await on.ask('one', { requester }, agent)
  for (const credential of [
    agent,
    on.with('xoxp-1-1-1-aaaa'),
    on.with(on.slack.botToken),
    await on.job({ actor: 'dave-gh', actor_id: '7' }),
  ]) {
    const body = { verdict: 'approve', payload_digest: request.payload_digest }
    const { status } = await credential.call('POST', `/v1/requests/${request.id}/decisions`, body)
    expect([401, 403]).toContain(status)
  }
  await by.refuses('U0ALICE', request, 'self_approval')
  for (const bot of ['U0BOTTY', 'U0WFBOT']) await by.refuses(bot, request, 'approver_not_human')
  expect((await on.request(request.id)).version).toBe(1)
  await by.takes('U0BOB', request, 'approved')
})

bypass('T10', stages, async ({ on }) => {
  const key = await on.scene.place.newClient('stolen', { owners: ['U0FRANK'] })
  const stolen = on.with(key)
  const request = await on.ask('one')
  expect(outcome(await stolen.get(request.id))).toEqual([404, 'not_found'])
  expect(outcome(await stolen.cancel(request.id))).toEqual([404, 'not_found'])
  expect(outcome(await stolen.consume(request, 'run'))).toEqual([404, 'not_found'])
  const hers = await on.ask('one', {}, stolen)
  const { run } = await import('../cli/run.ts')
  const { directory, databaseFile } = on.scene.place
  const id = (await on.request(hers.id)).client.id
  const revoked = await run(['clients', 'revoke', id], directory, { DATABASE_URL: `file:${databaseFile}` })
  expect(revoked.code).toBe(0)
  expect(outcome(await stolen.get(hers.id))).toEqual([401, 'unauthenticated'])
  expect(outcome(await stolen.ask({ action: on.action('free') }))).toEqual([401, 'unauthenticated'])
  expect(await on.scene.place.problems([key, key.slice(-43)])).toEqual([])
})
