import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { Api } from '../api.ts'
import { type Child, spawnHouse } from '../child.ts'
import { openPlace, type Place } from '../house.ts'
import { approve, cardOf, cardSays, cardsOf, isLive } from '../people.ts'

/** C4–C9: the process dies at a step that can be pointed at, and the next one goes on from there. */

const APPLY = { action: 'terraform.apply', params: { plan: 'b5bb9d80' } }

let place: Place
let house: Child
let api: Api
let url = ''
const start = async (): Promise<void> => {
  house = spawnHouse(place)
  url = await house.ready
}
const posts = () => place.slack.calls.filter(({ method }) => method === 'chat.postMessage')
const known = async (id: string) => {
  const store = openSqlite({ file: place.databaseFile, exclusive: false })
  const cards = await store.cards(id)
  await store.close()
  return cards.map(({ ts }) => ts)
}

beforeEach(async () => {
  place = await openPlace()
  api = new Api(() => url, await place.newClient('pipeline'))
  await start()
})
afterEach(async () => {
  try {
    expect(await place.problems([place.slack.botToken, place.slack.appToken])).toEqual([])
  } finally {
    await place.close()
  }
})

/** Dies while Slack has taken the post and not answered yet. */
async function dieAfterPost(attempt: number): Promise<string> {
  const { body } = await api.ask(APPLY)
  await place.slack.until(
    () => posts().length === attempt && cardsOf(place.slack, 'C0PROD', body.id).length === 1,
    'the post that is not answered',
    10_000,
  )
  await house.kill()
  return body.id
}

async function oneCardThatWorks(id: string): Promise<void> {
  const { slack } = place
  await start()
  await slack.until(() => slack.calls.some(({ method }) => method === 'conversations.history'), 'a look at the channel')
  const card = await cardOf(slack, 'C0PROD', id)
  expect((await approve(slack, 'U0CAROL', card)).acked).toBe(true)
  expect((await api.get(id, 10)).body.status).toBe('approved')
  expect(isLive(await cardSays(slack, card, /approved/i))).toBe(false)
  expect(cardsOf(slack, 'C0PROD', id)).toHaveLength(1)
  expect(await known(id)).toEqual([card.ts])
}

describe('C5: dead after Slack took the card and before its timestamp was kept', () => {
  it('the next one finds the card instead of posting a second', async () => {
    place.slack.fault({ method: 'chat.postMessage', kind: 'timeout_after_commit', times: 1 })
    await oneCardThatWorks(await dieAfterPost(1))
  })

  it('also where an earlier try was refused for sure', async () => {
    place.slack.fault({ method: 'chat.postMessage', kind: 'ratelimited', retryAfter: 1, times: 1 })
    place.slack.fault({ method: 'chat.postMessage', kind: 'timeout_after_commit', times: 1 })
    await oneCardThatWorks(await dieAfterPost(2))
  })
})

it('C8: dead between the decision and the update of its card, the next one updates it', async () => {
  const { slack } = place
  const { body } = await api.ask(APPLY)
  const card = await cardOf(slack, 'C0PROD', body.id)
  slack.fault({ method: 'chat.update', kind: 'timeout_before_commit', times: 1 })
  await approve(slack, 'U0CAROL', card)
  await slack.until(() => slack.calls.some(({ method }) => method === 'chat.update'), 'the update')
  await house.kill()
  expect(isLive(card)).toBe(true)
  await start()
  expect(isLive(await cardSays(slack, card, /approved/i))).toBe(false)
})

it('a click on a card of an earlier life counts, and the same delivery twice counts once', async () => {
  const { slack } = place
  const { body } = await api.ask({ action: 'data.export', params: { rows: 1 } })
  const card = await cardOf(slack, 'C0APPROVALS', body.id)
  await house.kill()
  const deaf = await approve(slack, 'U0BOB', card)
  expect(deaf.acked).toBe(false)
  await start()
  expect((await approve(slack, 'U0BOB', card)).acked).toBe(true)
  const delivery = slack.lastDelivery()
  if (!delivery) throw new Error('nothing was delivered')
  await slack.replay(delivery)
  await cardSays(slack, card, /1 of 2/)
  expect((await api.get(body.id)).body.decisions).toHaveLength(1)
})

describe('F12: the socket goes while people click', () => {
  it.each(['cut', 'refresh_requested', 'warning'] as const)(
    '%s: every click counts once in the end',
    async (reason) => {
      const { slack } = place
      const asked = await Promise.all([1, 2, 3].map((n) => api.ask({ ...APPLY, params: { n, reason } })))
      const cards = await Promise.all(asked.map(({ body }) => cardOf(slack, 'C0PROD', body.id, 10_000)))
      const clicks = cards.map(async (card) => {
        for (;;) {
          await slack.until(() => slack.connections() > 0, 'a socket', 15_000)
          const { acked } = await approve(slack, 'U0CAROL', card)
          if (acked) return
        }
      })
      slack.disconnectSockets(reason)
      await Promise.all(clicks)
      for (const { body } of asked) {
        const { status, decisions } = (await api.get(body.id, 10)).body
        expect([status, decisions.length]).toEqual(['approved', 1])
      }
    },
  )
})

it('F18: what ran out while it was away ends before anybody can click on it', { timeout: 40_000 }, async () => {
  const { slack } = place
  const { body } = await api.ask({ ...APPLY, ttl_seconds: 2 })
  const open = await Promise.all(Array.from({ length: 300 }, (_, n) => api.ask({ ...APPLY, params: { n } })))
  const card = await cardOf(slack, 'C0PROD', body.id)
  await house.kill()
  await slack.until(() => Date.now() > Date.parse(body.expires_at), 'the end of its time')
  await start()
  // Her client still shows the button: the click is as she made it before the card was closed.
  const overrideValue = JSON.stringify(card.blocks).match(/req_[0-9a-z]+:[0-9a-f]{16,}/)?.[0] ?? ''
  expect((await slack.as('U0CAROL').click('C0PROD', card.ts, ACTION.approve, { overrideValue })).acked).toBe(true)
  expect((await api.get(body.id)).body).toMatchObject({ status: 'expired', decisions: [] })
  expect(isLive(await cardSays(slack, card, /expired/i))).toBe(false)
  const [first] = open
  expect((await api.get(first?.body.id ?? '')).body.status).toBe('pending')
})
