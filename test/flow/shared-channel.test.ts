import { afterEach, expect, it } from 'vitest'
import { type FlowScene, openFlow } from './scene.ts'

let scene: FlowScene
afterEach(() => scene.close())

it('T11 a card is never posted where people of another organisation read', async () => {
  scene = await openFlow()
  await scene.slack.setChannel('C0PROD', { is_ext_shared: true })
  const { body } = await scene.api.ask({ action: 'terraform.apply', params: { plan: 'internal-host-17' } })
  await expect.poll(async () => (await scene.api.get(body.id)).body.delivery.state).toBe('failed')
  await scene.slack.catchUp()
  expect(JSON.stringify(scene.slack.messages('C0PROD'))).not.toContain('internal-host-17')
  const ready = await fetch(`${scene.house().url}/readyz`)
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('C0PROD channel_external')])
})
