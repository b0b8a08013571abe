import { afterEach, expect, it } from 'vitest'
import { Api } from '../api.ts'
import { openScene, type Scene } from '../house.ts'

let scene: Scene
afterEach(() => scene.close())

const gate = async (name: string): Promise<Api> => {
  const key = await scene.place.newClient(name, { scopes: ['enforce'], owners: ['U0ADMIN'] })
  return new Api(() => scene.house().url, key)
}

it('a grant is used once: two gates that name their run alike (by the request id, say) cannot both use it', async () => {
  scene = await openScene()
  const { id, payload_digest, grant } = (await scene.api.ask({ action: 'data.count', params: { table: 't' } })).body
  const use = { execution_id: id, payload_digest, grant: grant?.jws }
  const [first, second] = [await gate('gate one'), await gate('gate two')]
  const path = `/v1/requests/${id}/consume`
  expect((await first.call('POST', path, use)).status).toBe(200)
  // The retry of the one that used it is answered as before (B49).
  expect((await first.call('POST', path, use)).status).toBe(200)
  expect((await second.call('POST', path, use)).body.code).toBe('already_consumed')
  expect((await scene.api.consume({ id, payload_digest }, id)).body.code).toBe('already_consumed')
})

it('a gate that used a grant for another can say how it went', async () => {
  scene = await openScene()
  const { id, payload_digest, grant } = (await scene.api.ask({ action: 'data.count' })).body
  const one = await gate('gate one')
  const use = { execution_id: 'run-1', payload_digest, grant: grant?.jws }
  expect((await one.call('POST', `/v1/requests/${id}/consume`, use)).status).toBe(200)
  expect((await one.complete(id, 'run-1', 'done')).status).toBe(200)
})
