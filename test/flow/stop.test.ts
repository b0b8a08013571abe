import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Api } from '../api.ts'
import { spawnHouse } from '../child.ts'
import { eventually } from '../eventually.ts'
import { type Mode, openPlace, type Place } from '../house.ts'
import { approve, cardOf } from '../people.ts'

/** F16 and F19: how a server leaves, and that there is one. */

let place: Place
let key: string
beforeEach(async () => {
  place = await openPlace()
  key = await place.newClient('pipeline')
})
afterEach(async () => {
  try {
    expect(await place.problems([key])).toEqual([])
  } finally {
    await place.close()
  }
})

describe.each<Mode>(['socket', 'http'])('in %s mode', (mode) => {
  it('SIGTERM with 200 waits and clicks under way: everybody is answered, what was acknowledged stands', async () => {
    const { slack } = place
    const house = spawnHouse(place, { mode })
    const url = await house.ready
    const api = new Api(() => url, key)
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        api.ask({ action: n < 3 ? 'terraform.apply' : 'data.export', params: { n } }),
      ),
    )
    const cards = await Promise.all(asked.slice(0, 3).map(({ body }) => cardOf(slack, 'C0PROD', body.id, 10_000)))
    const waits = Array.from({ length: 200 }, (_, n) => api.get(asked[3 + (n % 17)]?.body.id ?? '', 60))
    await eventually(async () => {
      const text = await (await fetch(`${url}/metrics`)).text()
      return /^\S*waiters\S* 200$/m.test(text)
    }, '200 waiters, as the server counts them')
    const clicks = cards.map((card) => approve(slack, 'U0CAROL', card))
    const late = api.ask({ action: 'data.count' }).catch(() => null)
    house.process.kill('SIGTERM')
    const answers = await Promise.all(waits)
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.status}`))).toEqual(new Set(['200 pending']))
    expect(await house.exited).toBe(0)
    const clicked = await Promise.all(clicks)
    const lateAnswer = await late

    const again = spawnHouse(place, { mode })
    const next = await again.ready
    const nextApi = new Api(() => next, key)
    for (const [i, { acked }] of clicked.entries()) {
      const { status } = (await nextApi.get(asked[i]?.body.id ?? '')).body
      if (acked) expect(status).toBe('approved')
    }
    if (lateAnswer?.status === 201) expect((await nextApi.get(lateAnswer.body.id)).status).toBe(200)
    for (const { body } of asked) expect((await nextApi.get(body.id)).status).toBe(200)
    again.process.kill('SIGINT')
    expect(await again.exited).toBe(0)
  })
})

it('a second server on the same file is refused and says why; the first one does not notice', async () => {
  const first = spawnHouse(place)
  const url = await first.ready
  const second = spawnHouse(place)
  expect(await second.exited).toBe(4)
  expect(place.logs.join('\n')).toMatch(/another Countersign serves/i)
  const asked = await new Api(() => url, key).ask({ action: 'data.count' })
  expect(asked).toMatchObject({ status: 201, body: { status: 'approved' } })
})
