import { afterEach, describe, expect, it } from 'vitest'
import type { Fault, Sandbox } from '../../src/sandbox/index.ts'
import { eventually } from '../eventually.ts'
import { openScene, type PlaceOptions, type Scene } from '../house.ts'
import { approve, cardOf, cardSays, cardsOf, isLive } from '../people.ts'

/** F7–F11: Slack fails in every way it knows; the decision stands, the card comes right, and Slack is not hammered. */

const APPLY = { action: 'terraform.apply', params: { plan: 'b5bb9d80' } }
const EXPORT = { action: 'data.export', params: { rows: 7 } }

let scene: Scene
const open = async (options?: PlaceOptions): Promise<Scene> => {
  scene = await openScene('socket', options)
  return scene
}
afterEach(async () => {
  try {
    expect(await scene.place.problems([scene.key, scene.slack.botToken])).toEqual([])
  } finally {
    await scene.close()
  }
})

const posts = (slack: Sandbox, channel: string) =>
  slack.calls.filter(({ method, args }) => method === 'chat.postMessage' && args.channel === channel)

/** Calls about the channel that Slack refused: whether it is shared is asked before anything is said in it. */
const refusedIn = (slack: Sandbox, channel: string) =>
  slack.calls.filter(({ args, outcome }) => args.channel === channel && outcome !== 'ok' && outcome !== 'pending')

const delivered = (id: string): Promise<readonly { channel: string; ts: string }[]> =>
  eventually(
    async () => {
      const { state, messages } = await scene.house().service.reads.delivery(id)
      return state === 'delivered' && messages
    },
    `the delivery of ${id}`,
    30_000,
  )

const ready = async (): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${scene.house().url}/readyz`)
  return { status: response.status, text: await response.text() }
}

describe('while Slack is down', () => {
  it('asks are taken, and their cards come when it is back', async () => {
    const { slack, api } = await open()
    const mend = slack.fault({ method: '*', kind: 'status', status: 503 })
    const asked = await api.ask(APPLY)
    expect(asked).toMatchObject({
      status: 201,
      body: { status: 'pending', delivery: { state: 'queued', messages: [] } },
    })
    await slack.until(() => refusedIn(slack, 'C0PROD').length >= 1, 'a first attempt')
    expect((await api.get(asked.body.id)).body).toMatchObject({ status: 'pending', delivery: { state: 'queued' } })
    mend()
    const card = await cardOf(slack, 'C0PROD', asked.body.id, 15_000)
    expect((await approve(slack, 'U0CAROL', card)).acked).toBe(true)
    expect((await api.get(asked.body.id, 10)).body.status).toBe('approved')
    expect(cardsOf(slack, 'C0PROD', asked.body.id)).toHaveLength(1)
  })
})

describe('a post that Slack took and did not confirm', () => {
  const faults: [string, Fault][] = [
    ['a 500', { method: 'chat.postMessage', kind: 'status_after_commit', status: 500, times: 1 }],
    ['a reset', { method: 'chat.postMessage', kind: 'reset_after_commit', times: 1 }],
    ['half an answer', { method: 'chat.postMessage', kind: 'malformed', times: 1 }],
    ['a time-out', { method: 'chat.postMessage', kind: 'timeout_after_commit', times: 1 }],
  ]

  it.each(faults)('after %s there is one card, found by its metadata', { timeout: 40_000 }, async (_, fault) => {
    const { slack, api } = await open()
    slack.fault(fault)
    const { body } = await api.ask(APPLY)
    const messages = await delivered(body.id)
    expect(messages).toEqual(cardsOf(slack, 'C0PROD', body.id).map(({ channel, ts }) => ({ channel, ts })))
    expect(messages).toHaveLength(1)
    expect(posts(slack, 'C0PROD')).toHaveLength(1)
  })

  it('there is one card also where the first look at the channel fails', { timeout: 40_000 }, async () => {
    const { slack, api } = await open()
    slack.fault({ method: 'chat.postMessage', kind: 'status_after_commit', status: 500, times: 1 })
    slack.fault({ method: 'conversations.history', kind: 'ratelimited', retryAfter: 1, times: 1 })
    const { body } = await api.ask(APPLY)
    await delivered(body.id)
    expect(cardsOf(slack, 'C0PROD', body.id)).toHaveLength(1)
  })

  it('there is one card also where the found one cannot be updated at once', { timeout: 40_000 }, async () => {
    const { slack, api } = await open()
    slack.fault({ method: 'chat.postMessage', kind: 'status_after_commit', status: 500, times: 1 })
    slack.fault({ method: 'chat.update', kind: 'ratelimited', retryAfter: 1, times: 1 })
    const { body } = await api.ask(APPLY)
    await delivered(body.id)
    expect(cardsOf(slack, 'C0PROD', body.id)).toHaveLength(1)
  })

  describe('where the app may not read the channel', () => {
    const scopes = ['chat:write', 'commands', 'users:read', 'users:read.email', 'usergroups:read', 'channels:read']

    const twoCards = async () => {
      const { slack, api } = await open({ sandbox: { seed: { scopes } } })
      slack.fault({ method: 'chat.postMessage', kind: 'status_after_commit', status: 500, times: 1 })
      const { body } = await api.ask(APPLY)
      await delivered(body.id)
      const [first, second, ...more] = cardsOf(slack, 'C0PROD', body.id)
      if (!first || !second || more.length > 0) throw new Error('there should be two cards')
      return { slack, api, id: body.id, first, second }
    }

    it('a second card may stand beside it; both work and both are closed', async () => {
      const { slack, api, id, first, second } = await twoCards()
      expect((await approve(slack, 'U0CAROL', first)).acked).toBe(true)
      expect((await api.get(id, 10)).body).toMatchObject({ status: 'approved', decisions: [{ verdict: 'approve' }] })
      for (const card of [first, second]) expect(isLive(await cardSays(slack, card, /approved/i))).toBe(false)
      expect(await delivered(id)).toHaveLength(2)
    })

    it('the unknown one is closed by the first click on it, also after the end', async () => {
      const { slack, api, id, first, second } = await twoCards()
      await approve(slack, 'U0CAROL', second)
      expect((await api.get(id, 10)).body.status).toBe('approved')
      await approve(slack, 'U0DAVE', first)
      expect(isLive(await cardSays(slack, first, /approved/i))).toBe(false)
      expect((await api.get(id)).body.decisions).toHaveLength(1)
    })
  })
})

describe('a rate limit', () => {
  it('holds its channel for as long as Slack asks, and no other one', { timeout: 30_000 }, async () => {
    const { slack, api } = await open()
    slack.fault({ method: 'chat.postMessage', channel: 'C0APPROVALS', kind: 'ratelimited', retryAfter: 4, times: 1 })
    const { body: held } = await api.ask(EXPORT)
    await slack.until(() => posts(slack, 'C0APPROVALS').length === 1, 'the limited post')
    const { body: free } = await api.ask(APPLY)
    await cardOf(slack, 'C0PROD', free.id, 3_000)
    expect(posts(slack, 'C0APPROVALS')).toHaveLength(1)
    await cardOf(slack, 'C0APPROVALS', held.id, 15_000)
    const [limited, second] = posts(slack, 'C0APPROVALS')
    expect((second?.at ?? 0) - (limited?.at ?? 0)).toBeGreaterThanOrEqual(4_000)
  })
})

describe('an error that stays', () => {
  const causes: [string, (slack: Sandbox) => void, string][] = [
    ['an archived channel', (slack) => slack.setChannel('C0PROD', { is_archived: true }), 'is_archived'],
    [
      'a channel that the app was thrown out of',
      (slack) => slack.setChannel('C0PROD', { is_member: false }),
      'not_in_channel',
    ],
    [
      'a channel that is gone',
      (slack) => slack.setChannel('C0PROD', { is_private: true, is_member: false }),
      'channel_not_found',
    ],
    ['a revoked token', (slack) => slack.revokeTokens(), 'token_revoked'],
    [
      'a token that Slack does not know',
      (slack) => slack.fault({ method: '*', kind: 'error', error: 'invalid_auth' }),
      'invalid_auth',
    ],
  ]

  it.each(causes)('%s is not hammered, and is seen by those who can mend it', async (_, cause, code) => {
    const { slack, api, house } = await open()
    cause(slack)
    const asked = await Promise.all([1, 2, 3].map((n) => api.ask({ ...APPLY, params: { n } })))
    expect(asked.map(({ status }) => status)).toEqual([201, 201, 201])
    const first = await slack.until(() => refusedIn(slack, 'C0PROD')[0], 'a first attempt')
    await slack.until(() => Date.now() > first.at + 3_500, 'time for a second attempt')
    expect(refusedIn(slack, 'C0PROD').map(({ outcome }) => outcome)).toEqual([code])
    const states = await Promise.all(asked.map(async ({ body }) => (await api.get(body.id)).body.delivery.state))
    expect(states).toContain('failed')
    const { status, text } = await ready()
    expect(status).toBe(503)
    expect(text).toContain(code)
    const metrics = await (await fetch(`${house().url}/metrics`)).text()
    expect(metrics).toMatch(/outbox_failed [1-9]/)
  })
})

describe('a card', () => {
  it('that could not be updated after the decision is updated later', async () => {
    const { slack, api } = await open()
    const { body } = await api.ask(APPLY)
    const card = await cardOf(slack, 'C0PROD', body.id)
    slack.fault({ method: 'chat.update', kind: 'error', error: 'internal_error', times: 2 })
    await approve(slack, 'U0CAROL', card)
    expect((await api.get(body.id, 10)).body.status).toBe('approved')
    expect(isLive(await cardSays(slack, card, /approved/i, 15_000))).toBe(false)
  })

  it('that somebody deleted stops nothing', async () => {
    const { slack, api, house } = await open()
    const { body } = await api.ask(APPLY)
    const card = await cardOf(slack, 'C0PROD', body.id)
    await delivered(body.id)
    const deleting = new URLSearchParams({ token: slack.botToken, channel: card.channel, ts: card.ts })
    await fetch(`${slack.apiUrl}chat.delete`, { method: 'POST', body: deleting })
    await api.cancel(body.id)
    await slack.until(() => slack.calls.some(({ outcome }) => outcome === 'message_not_found'), 'the vain update')
    const { body: next } = await api.ask({ ...APPLY, params: { plan: 'next' } })
    await cardOf(slack, 'C0PROD', next.id)
    await delivered(next.id)
    expect(await house().service.reads.outboxState()).toMatchObject({ waiting: 0, failed: 0 })
    expect((await ready()).status).toBe(200)
  })

  it('that a stop left behind the state is brought up to date at the next start', async () => {
    const { slack, api, restart } = await open()
    const { body } = await api.ask(APPLY)
    const { body: late } = await api.ask({ ...EXPORT, ttl_seconds: 3 })
    const card = await cardOf(slack, 'C0PROD', body.id)
    const overdue = await cardOf(slack, 'C0APPROVALS', late.id)
    const mend = slack.fault({ method: 'chat.update', kind: 'status', status: 500 })
    await approve(slack, 'U0CAROL', card)
    expect((await api.get(body.id, 10)).body.status).toBe('approved')
    await restart(async () => {
      mend()
      await slack.until(() => Date.now() > Date.parse(late.expires_at), 'the end of its time')
    })
    expect((await api.get(late.id)).body.status).toBe('expired')
    expect(isLive(await cardSays(slack, card, /approved/i, 15_000))).toBe(false)
    expect(isLive(await cardSays(slack, overdue, /expired/i, 15_000))).toBe(false)
  })
})
