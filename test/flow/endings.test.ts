import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import type { Mode } from '../house.ts'
import { approve, cardOf, cardSays, cardsOf, deny, isLive, isTold } from '../people.ts'
import { type FlowScene, openFlow } from './scene.ts'

/** Every other way in which an ask can end. */

const APPLY = { action: 'terraform.apply', resource: 'workspace/eu', params: { plan: 'b5bb9d80' } }

describe.each<Mode>(['socket', 'http'])('in %s mode', (mode) => {
  let scene: FlowScene
  beforeEach(async () => {
    scene = await openFlow(mode)
  })
  afterEach(async () => {
    try {
      expect(await scene.place.problems([scene.key])).toEqual([])
    } finally {
      await scene.close()
    }
  })

  it('a deny with its reason reaches the asker and the card', async () => {
    const { slack, api } = scene
    const waiting = api.ask(APPLY, { prefer: 'wait=30' })
    const card = await slack.until(() => slack.messages('C0PROD').find(isLive), 'the card')
    expect(await deny(slack, 'U0CAROL', card, 'Not during the sale.')).toMatchObject({ acked: true })
    const told = await waiting
    expect(told).toMatchObject({
      status: 201,
      body: { status: 'denied', outcome: { by: 'people', reason: 'Not during the sale.' } },
    })
    const closed = await cardSays(slack, card, 'Not during the sale.')
    expect(isLive(closed)).toBe(false)
    expect(await api.consume(told.body, 'run')).toMatchObject({ status: 409, body: { code: 'not_approved' } })
  })

  it('what nobody decides expires by itself, and no late yes counts', async () => {
    const { slack, api } = scene
    const asked = await api.ask({ ...APPLY, ttl_seconds: 2 })
    expect(asked.status).toBe(201)
    const card = await cardOf(slack, 'C0PROD', asked.body.id)
    const told = await api.get(asked.body.id, 20)
    expect(told.body).toMatchObject({ status: 'expired', outcome: { by: 'expiry' }, grant: null })
    const value = JSON.stringify(card.blocks).match(/req_[0-9a-z]+:[0-9a-f]{16,}/)?.[0] ?? ''
    await slack.as('U0CAROL').click('C0PROD', card.ts, 'countersign:approve', { overrideValue: value })
    await isTold(slack, 'U0CAROL', /expired/)
    expect(isLive(await cardSays(slack, card, /expired/i))).toBe(false)
    expect((await api.get(asked.body.id)).body.status).toBe('expired')
  })

  it('a grant that nobody used in time is worth nothing', async () => {
    const { slack, api } = scene
    const asked = await api.ask({ ...APPLY, grant_ttl_seconds: 1 })
    const card = await cardOf(slack, 'C0PROD', asked.body.id)
    await approve(slack, 'U0CAROL', card)
    const { body } = await api.get(asked.body.id, 10)
    expect(body.status).toBe('approved')
    await eventually(async () => Date.now() > Date.parse(body.grant?.expires_at ?? '') + 20, 'the end of the grant')
    expect(await api.consume(body, 'late')).toMatchObject({ status: 409, body: { code: 'expired' } })
  })

  it('the asker withdraws; after a yes as well, as long as it was not used', async () => {
    const { slack, api } = scene
    const first = (await api.ask(APPLY)).body
    const card = await cardOf(slack, 'C0PROD', first.id)
    expect(await api.cancel(first.id, 'not needed any more')).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    })
    expect(isLive(await cardSays(slack, card, /cancelled|withdr/i))).toBe(false)

    const second = (await api.ask({ ...APPLY, params: { plan: 'second' } })).body
    await approve(slack, 'U0DAVE', await cardOf(slack, 'C0PROD', second.id))
    expect((await api.get(second.id, 10)).body.status).toBe('approved')
    expect(await api.cancel(second.id)).toMatchObject({ status: 200, body: { status: 'cancelled', grant: null } })
    expect(await api.consume(second, 'run')).toMatchObject({ status: 409, body: { code: 'cancelled' } })

    const third = (await api.ask({ ...APPLY, params: { plan: 'third' } })).body
    await approve(slack, 'U0DAVE', await cardOf(slack, 'C0PROD', third.id))
    await api.get(third.id, 10)
    expect((await api.consume(third, 'run')).status).toBe(200)
    expect(await api.cancel(third.id)).toMatchObject({ status: 409, body: { code: 'already_consumed' } })
  })

  it('what the policy allows or denies by itself ends at once, without a card', async () => {
    const { slack, api } = scene
    const allowed = await api.ask({ action: 'data.count' })
    expect(allowed).toMatchObject({ status: 201, body: { status: 'approved', outcome: { by: 'policy' } } })
    expect((await api.consume(allowed.body, 'run')).status).toBe(200)
    for (const action of ['database.drop', 'nobody.wrote.a.rule']) {
      const denied = await api.ask({ action })
      expect(denied).toMatchObject({ status: 201, body: { status: 'denied', outcome: { by: 'policy' }, grant: null } })
      expect((await api.consume(denied.body, 'run')).status).toBe(409)
    }
    await slack.catchUp()
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toEqual([])
  })

  it('one key is one ask, however often and with whatever it comes', async () => {
    const { slack, api } = scene
    const key = { 'idempotency-key': 'deploy-4812' }
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.ask(APPLY, key)))
    const [first] = answers
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201])
    for (const answer of answers) {
      expect(answer.headers.get('idempotency-replayed')).toBe(answer.status === 200 ? 'true' : null)
    }
    const other = await api.ask({ ...APPLY, params: { plan: 'another' } }, key)
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    const id = first?.body.id ?? ''
    const card = await cardOf(slack, 'C0PROD', id)
    await approve(slack, 'U0CAROL', card)
    await cardSays(slack, card, /approved/i)
    expect(await api.ask(APPLY, key)).toMatchObject({ status: 200, body: { id, status: 'approved' } })
    await slack.catchUp()
    expect(cardsOf(slack, 'C0PROD', id)).toHaveLength(1)
  })
})
