import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Delivery } from '../../src/sandbox/index.ts'
import { ACTION } from '../../src/slack/cards/ids.ts'
import type { Shown } from '../api.ts'
import { cardOf } from '../people.ts'
import { bypass, openStages } from './bypass.ts'
import type { Stage } from './stage.ts'
import { channelOf, Voice } from './voice.ts'

/** What Slack, or whoever has listened, sends again. */

const stages = openStages()

/** A click as it was delivered. */
async function clicked(on: Stage, userId: string, request: Shown): Promise<Delivery> {
  const { channel, ts } = await cardOf(on.slack, await channelOf(on, request), request.id)
  await on.slack.as(userId).click(channel, ts, ACTION.approve)
  const delivery = on.slack.lastDelivery()
  if (!delivery) throw new Error('nothing was delivered')
  return delivery
}

/** The same payload, signed anew where there is a signature. */
const again = (on: Stage, { kind, payload }: Delivery, more: object = {}) => on.slack.deliver(kind, payload, more)
const votes = async (on: Stage, { id }: Shown) =>
  (await on.request(id)).decisions.map(({ approver, verdict }) => `${approver.userId} ${verdict}`)

bypass(
  'B40',
  stages,
  async (by) => {
    const { on } = by
    const request = await on.ask('two')
    const yes = await clicked(on, 'U0BOB', request)
    expect(await votes(on, request)).toEqual(['U0BOB approve'])
    await on.slack.replay(yes)
    await again(on, yes, { copies: 3 })
    if (by.name === 'Slack over HTTP') {
      for (const timestampOffsetSeconds of [-360, -301, 301, 3_600, 31_536_000]) {
        const [late] = await again(on, yes, { timestampOffsetSeconds })
        expect([late?.acked, late?.status]).toEqual([false, 401])
      }
      await again(on, yes, { timestampOffsetSeconds: -240 })
    }
    expect(await votes(on, request)).toEqual(['U0BOB approve'])
    // He takes it back: what he said before must not be said again by whoever kept it.
    expect((await by.say('U0BOB', request, 'withdraw')).refused).toBeNull()
    await on.slack.replay(yes)
    await again(on, yes, { copies: 2 })
    expect(await votes(on, request)).toEqual(['U0BOB approve', 'U0BOB withdraw'])
    await on.scene.restart()
    await on.slack.replay(yes)
    await again(on, yes, { copies: 2 })
    await sleep(50)
    expect(await votes(on, request)).toEqual(['U0BOB approve', 'U0BOB withdraw'])
  },
  {
    API: async ({ on }) => {
      const request = await on.ask('two')
      const token = await on.person('U0BOB')
      const path = `/v1/requests/${request.id}/decisions`
      const said = (verdict: string) => ({ verdict, payload_digest: request.payload_digest })
      expect((await token.call('POST', path, said('approve'))).status).toBe(200)
      expect((await (await on.person('U0BOB')).call('POST', path, said('withdraw'))).status).toBe(200)
      for (let i = 0; i < 3; i++) await token.call('POST', path, said('approve'))
      expect(await votes(on, request)).toEqual(['U0BOB approve', 'U0BOB withdraw'])
      await on.scene.restart()
      const again = await token.call('POST', path, said('approve'))
      expect([again.status, again.body.code]).toEqual([401, 'unauthenticated'])
      expect(await votes(on, request)).toEqual(['U0BOB approve', 'U0BOB withdraw'])
    },
  },
)

bypass('T12', stages, async (by) => {
  const { on } = by
  const request = await on.ask('one')
  const { channel, ts } = await cardOf(on.slack, await channelOf(on, request), request.id)
  await on.slack.as('U0BOB').click(channel, ts, 'probe', { overrideValue: 'x' })
  const probe = on.slack.lastDelivery()?.payload ?? {}
  const value = `${request.id}:${request.payload_digest.slice(7, 23)}`
  const forged = {
    ...probe,
    trigger_id: `12.${request.id}`,
    actions: [{ type: 'button', action_id: ACTION.approve, block_id: 'b', value }],
  }
  for (const how of [
    { signature: 'wrong' as const },
    { timestampOffsetSeconds: 301 },
    { timestampOffsetSeconds: -301 },
  ]) {
    const [answer] = await on.slack.deliver('interactive', forged, how)
    expect([answer?.acked, answer?.status], JSON.stringify(how)).toEqual([false, 401])
  }
  const url = `${on.scene.house().url}/slack/events`
  for (const headers of [{}, { 'x-slack-signature': 'v0=00', 'x-slack-request-timestamp': '1' }]) {
    const body = new URLSearchParams({ payload: JSON.stringify(forged) })
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(401)
  }
  expect((await on.request(request.id)).version).toBe(1)
  // Signed, and in time: taken once, however often the same body comes.
  await on.slack.deliver('interactive', forged, { copies: 3 })
  expect(await votes(on, request)).toEqual(['U0BOB approve'])
  const kept = await on.entries(request.id)
  const same = on.slack.lastDelivery()
  if (same) await on.slack.replay(same)
  expect(await on.entries(request.id)).toEqual(kept)
})

bypass('T13', stages, async (by) => {
  const { on } = by
  const key = { 'idempotency-key': `t13-${on.mode}` }
  const action = on.action('two')
  const request = (await on.scene.api.ask({ action }, key)).body
  const [bob, carol] = [await clicked(on, 'U0BOB', request), await clicked(on, 'U0CAROL', request)]
  const other = await on.ask('one')
  await clicked(on, 'U0ALICE', other)
  const refused = on.slack.lastDelivery()
  if (!refused) throw new Error('nothing was delivered')
  const deliveries = [bob, carol, refused]
  const shuffled = [...deliveries, ...deliveries.toReversed(), ...deliveries]
  for (const delivery of shuffled) await again(on, delivery)
  await on.scene.restart()
  await Promise.all(shuffled.toReversed().map((delivery) => again(on, delivery)))
  for (let i = 0; i < 3; i++) {
    const repeated = await on.scene.api.ask({ action }, key)
    expect([repeated.status, repeated.body.id, repeated.body.status]).toEqual([200, request.id, 'approved'])
  }
  expect(await votes(on, request)).toEqual(['U0BOB approve', 'U0CAROL approve'])
  expect((await on.entries(request.id)).filter(({ type }) => type === 'request.approved')).toHaveLength(1)
  expect((await on.request(other.id)).decisions).toEqual([])
  await new Voice('API', on).takes('U0BOB', other, 'approved')
})
