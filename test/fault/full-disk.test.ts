import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Answer, Api } from '../api.ts'
import { type Child, spawnHouse } from '../child.ts'
import { eventually } from '../eventually.ts'
import { openPlace, type Place } from '../house.ts'
import { approve, cardOf, isTold } from '../people.ts'

/** F4, M9: no file of the server may grow any more, and later they may again. */

const PRLIMIT = 'prlimit'
const canLimit = spawnSync(PRLIMIT, ['--version']).status === 0
if (!canLimit) console.log('skipped: prlimit is not installed, so nobody looked at what a full disk does')

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
afterEach(async () => {
  try {
    expect(await place.problems()).toEqual([])
  } finally {
    await place.close()
  }
})

const limit = async (bytes: number | 'unlimited'): Promise<void> => {
  const { status, stderr } = spawnSync(PRLIMIT, ['--pid', String(await house.pid), `--fsize=${bytes}:unlimited`])
  expect(status, String(stderr)).toBe(0)
}
const ask = (n: number): Promise<Answer> =>
  api.ask({ action: 'terraform.apply', params: { n, ballast: 'x'.repeat(n * 20_000) } })

it.skipIf(!canLimit)(
  'a full disk is said, nothing is promised, what is there is read, and space mends it',
  async () => {
    const kept = await ask(0)
    expect(kept.status).toBe(201)
    const card = await cardOf(place.slack, 'C0PROD', kept.body.id)
    await eventually(async () => (await api.get(kept.body.id)).body.delivery.state === 'delivered', 'its delivery')
    await limit(statSync(`${place.databaseFile}-wal`).size)

    const refused = await ask(1)
    expect([503, 507]).toContain(refused.status)
    expect(refused.body.code).toMatch(/^storage_(full|unavailable)$/)
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect((await api.get(kept.body.id)).body.status).toBe('pending')
    expect((await approve(place.slack, 'U0CAROL', card)).acked).toBe(true)
    await isTold(place.slack, 'U0CAROL', /could not be recorded/)
    expect((await api.get(kept.body.id)).body).toMatchObject({ status: 'pending', decisions: [] })

    await limit('unlimited')
    const again = await eventually(async () => {
      const answer = await ask(2)
      return answer.status === 201 && answer
    }, 'an ask that is taken again')
    expect(again.body.status).toBe('pending')
    expect((await approve(place.slack, 'U0CAROL', card)).acked).toBe(true)
    expect((await api.get(kept.body.id, 10)).body.status).toBe('approved')
  },
)
