import { afterEach, expect, it } from 'vitest'
import { openScene, type Scene } from '../house.ts'

let scene: Scene
afterEach(() => scene.close())

it('T11 a card is never posted where people of another organisation read', async () => {
  scene = await openScene()
  scene.slack.setChannel('C0PROD', { is_ext_shared: true })
  const { body } = await scene.api.ask({ action: 'terraform.apply', params: { plan: 'internal-host-17' } })
  await expect.poll(async () => (await scene.api.get(body.id)).body.delivery.state).toBe('failed')
  expect(JSON.stringify(scene.slack.messages('C0PROD'))).not.toContain('internal-host-17')
  const ready = await fetch(`${scene.house().url}/readyz`)
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('C0PROD channel_external')])
})
