import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { type FlowScene, openFlow } from './scene.ts'

/** A policy may call channels by name, which Slack alone can turn into ids. */

let scene: FlowScene
afterEach(() => scene.close())

const ready = async (): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${scene.house().url}/readyz`)
  return { status: response.status, text: await response.text() }
}
const isReady = async (status: number) => (await ready()).status === status

const entries = async (type: string) => {
  const all = await scene.house().service.reads.auditEntries(0, 1000)
  return all.filter(({ envelope }) => envelope.includes(`"${type}"`)).map(({ body }) => JSON.parse(body ?? '{}'))
}

/** Counting is denied from now on, and the alarms go to a channel that is called by its name. */
function tighten(auditChannel: string): void {
  const policy = readFileSync(scene.place.policyFile, 'utf8')
  const tightened = policy.replace('action: data.count }\n    effect: allow', 'action: data.count }\n    effect: deny')
  writeFileSync(scene.place.policyFile, tightened.replace('C0AUDIT', `"${auditChannel}"`))
}

const counted = async () => (await scene.api.ask({ action: 'data.count' })).body

it('a tightened policy that names an unknown channel is not said to be in force while the old one judges', async () => {
  scene = await openFlow()
  tighten('#no-such-channel')
  await eventually(async () => scene.place.logs.some((line) => line.includes('could not be looked up')), 'the lookup')
  const { status, policy } = await counted()
  const [inForce, ...more] = await entries('policy.loaded')
  expect(more).toEqual([])
  expect([status, policy]).toMatchObject(['approved', { digest: inForce.digest }])
  expect(await ready()).toMatchObject({ status: 503, text: expect.stringContaining('#no-such-channel') })
  await eventually(async () => (await entries('policy.reload_failed')).length > 0, 'the evidence')
  expect((await entries('policy.reload_failed'))[0]).toMatchObject({ in_force: inForce.digest })
  await scene.slack.until(
    () => scene.slack.messages('C0AUDIT').some(({ text }) => text.includes('no-such-channel')),
    'the alarm',
  )
})

it('an unknown channel is told of once, and the policy comes into force when Slack knows it', {
  timeout: 30_000,
}, async () => {
  scene = await openFlow()
  const lookups = () => scene.slack.calls.filter(({ method }) => method === 'conversations.list').length
  tighten('#later')
  await eventually(async () => lookups() >= 2, 'a second lookup')
  expect(await entries('policy.reload_failed')).toHaveLength(1)
  expect((await counted()).status).toBe('approved')
  await scene.slack.setChannel('C0AUDIT', { name: 'later' })
  await eventually(() => isReady(200), 'the policy in force')
  expect((await counted()).status).toBe('denied')
  expect(await entries('policy.loaded')).toHaveLength(2)
})

it('INV7 nothing is judged while a changed policy waits for its names, and the log does not call it loaded', {
  timeout: 30_000,
}, async () => {
  scene = await openFlow()
  const mend = await scene.slack.fault({ method: 'conversations.list', kind: 'status', status: 503 })
  tighten('#audit')
  await eventually(() => isReady(503), 'the waiting')
  expect((await counted()) as unknown).toMatchObject({ code: 'policy_unavailable' })
  expect(await entries('policy.loaded')).toHaveLength(1)
  expect(await entries('policy.reload_failed')).toEqual([])
  await mend()
  await eventually(() => isReady(200), 'the policy in force')
  expect((await counted()).status).toBe('denied')
  expect(await entries('policy.loaded')).toHaveLength(2)
})
