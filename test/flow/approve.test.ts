import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Mode } from '../house.ts'
import { approve, cardOf, cardSays, cardsOf, isLive, isTold } from '../people.ts'
import { type FlowScene, openFlow } from './scene.ts'

/** The main job, from the ask to the deed, through real sockets. */

const EXPORT = {
  action: 'data.export',
  resource: 's3://partner/customers.csv',
  environment: 'production',
  params: { rows: 48_211, destination: 's3://partner/customers.csv', db_password: 'canary-in-params-7351' },
  reason: 'quarterly report',
  requester: { agent: { name: 'report-agent', model: 'large-model-4' } },
}

describe.each<Mode>(['socket', 'http'])('in %s mode', (mode) => {
  let scene: FlowScene
  beforeAll(async () => {
    scene = await openFlow(mode)
    // Alice is in the group as well, and owns the client that asks: only that keeps her out.
    await scene.slack.setGroup('S0DATA', { users: ['U0ALICE', 'U0BOB', 'U0CAROL'] })
  })
  afterAll(() => scene.close())

  it('an ask is approved by two others than its owner, used once, reported, and its card closes', async () => {
    const { slack, api } = scene
    const asked = await api.ask(EXPORT)
    expect(asked.status).toBe(201)
    const { id } = asked.body
    expect(asked.headers.get('location')).toMatch(new RegExp(`/v1/requests/${id}$`))
    expect(asked.body).toMatchObject({ status: 'pending', grant: null, delivery: { state: 'queued' } })
    const card = await cardOf(slack, 'C0APPROVALS', id)
    expect(JSON.stringify(card.blocks)).toContain('s3://partner/customers.csv')
    const waiting = api.get(id, 30)

    expect((await approve(slack, 'U0ALICE', card)).acked).toBe(true)
    await isTold(slack, 'U0ALICE', /behind this ask/)
    expect((await approve(slack, 'U0DAVE', card)).acked).toBe(true)
    await isTold(slack, 'U0DAVE', /none of the groups/)
    expect((await api.get(id)).body.decisions).toEqual([])

    expect((await approve(slack, 'U0BOB', card)).acked).toBe(true)
    await cardSays(slack, card, /1 of 2/)
    expect((await approve(slack, 'U0BOB', card)).acked).toBe(true)
    await isTold(slack, 'U0BOB', /counted already/)
    expect((await api.get(id)).body).toMatchObject({ status: 'pending', grant: null })
    expect(await api.consume(asked.body, 'too-early')).toMatchObject({ status: 409, body: { code: 'not_approved' } })

    expect((await approve(slack, 'U0CAROL', card)).acked).toBe(true)
    const told = await waiting
    expect(told.body).toMatchObject({ status: 'approved', outcome: { by: 'people' } })
    expect(told.body.decisions.map(({ approver }) => approver.slack_user_id)).toEqual(['U0BOB', 'U0CAROL'])
    expect(told.body.grant?.jws.split('.')).toHaveLength(3)

    const used = await api.consume(told.body, 'run-1')
    expect(used).toMatchObject({ status: 200, body: { consumed: { execution_id: 'run-1' }, execution: 'started' } })
    expect((await api.consume(told.body, 'run-1')).status).toBe(200)
    expect(await api.consume(told.body, 'run-2')).toMatchObject({ status: 409, body: { code: 'already_consumed' } })
    const done = await api.complete(id, 'run-1', '48211 rows')
    expect(done).toMatchObject({ status: 200, body: { execution: 'succeeded', completed: { summary: '48211 rows' } } })

    const closed = await cardSays(slack, card, /succeeded|48211 rows/i)
    expect(isLive(closed)).toBe(false)
    await slack.catchUp()
    expect(cardsOf(slack, 'C0APPROVALS', id)).toHaveLength(1)
    expect((await api.get(id)).body.delivery).toEqual({
      state: 'delivered',
      messages: [{ channel: 'C0APPROVALS', ts: card.ts }],
    })
  })

  it('a click on another digest than the stored one is refused as a stale card', async () => {
    const { slack, api } = scene
    const { body } = await api.ask({ action: 'terraform.apply', params: { plan: 1 } })
    const card = await cardOf(slack, 'C0PROD', body.id)
    const overrideValue = `${body.id}:${'0'.repeat(16)}`
    await slack.as('U0CAROL').click('C0PROD', card.ts, 'countersign:approve', { overrideValue })
    await isTold(slack, 'U0CAROL', /shows something else/)
    expect((await api.get(body.id)).body).toMatchObject({ status: 'pending', decisions: [] })
  })

  it('what Slack cannot say of somebody counts for nothing', async () => {
    const { slack, api } = scene
    await slack.setGroup('S0SRE', { users: ['U0ERIN'] })
    const { body } = await api.ask({ action: 'terraform.apply', params: { plan: 2 } })
    const card = await cardOf(slack, 'C0PROD', body.id)
    const mend = await slack.fault({ method: 'users.info', kind: 'error', error: 'internal_error' })
    await approve(slack, 'U0ERIN', card)
    await isTold(slack, 'U0ERIN', /did not tell us who you are/)
    await mend()
    expect((await api.get(body.id)).body.status).toBe('pending')
    await approve(slack, 'U0ERIN', card)
    expect((await api.get(body.id, 10)).body.status).toBe('approved')
  })

  it('and afterwards every invariant holds, and no secret stands anywhere', async () => {
    const { key, slack, place } = scene
    const { botToken, appToken, signingSecret } = place.slack
    const canaries = [key, 'canary-in-params-7351', botToken, appToken, signingSecret]
    expect(await place.problems(canaries)).toEqual([])
    await slack.catchUp()
    expect(slack.protocolFaults).toEqual([])
  })
})
