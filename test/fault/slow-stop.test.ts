import { afterEach, beforeEach, expect, it } from 'vitest'
import { Api } from '../api.ts'
import { type Child, spawnHouse } from '../child.ts'
import { eventually } from '../eventually.ts'
import { openPlace, type Place } from '../house.ts'

let place: Place
let house: Child
let api: Api
beforeEach(async () => {
  place = await openPlace()
  const key = await place.newClient('pipeline')
  house = spawnHouse(place)
  const url = await house.ready
  api = new Api(() => url, key)
})
afterEach(() => place.close())

it('F19 it stops in order and with 0 while Slack answers nothing', async () => {
  place.slack.fault({ method: 'chat.postMessage', kind: 'slow', ms: 60_000 })
  expect((await api.ask({ action: 'terraform.apply' })).status).toBe(201)
  await eventually(async () => place.slack.calls.some(({ method }) => method === 'chat.postMessage'), 'the post')
  process.kill(await house.pid, 'SIGTERM')
  expect(await house.exited).toBe(0)
  expect(place.logs.filter((line) => /"level":"(?:error|fatal)"/.test(line))).toEqual([])
})
