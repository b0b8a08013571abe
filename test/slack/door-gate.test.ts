import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { ACTION, CALLBACK } from '../../src/slack/cards/ids.ts'
import { Gate, isTimely } from '../../src/slack/gate.ts'
import { readPayload } from '../../src/slack/payload.ts'
import { Seen } from '../../src/slack/seen.ts'
import { eventually, MODES, refusals, type Stage, stage, status, told } from './door.ts'

type Fields = Record<string, unknown>

/** The payload of a click of Bob's that was delivered, to be sent again with changes. */
async function clicked(on: Stage, action: string = ACTION.approve) {
  const { request, card } = await on.askAndPost({ action: 'two.export' })
  await on.sandbox.as('U0BOB').click(card.channel, card.ts, 'probe', { overrideValue: 'x' })
  await told(on.sandbox.as('U0BOB'), /nothing was done/)
  const delivery = on.sandbox.lastDelivery()
  if (!delivery) throw new Error('nothing was delivered')
  const value = `${request.id}:${request.payloadDigest.slice('sha256:'.length, 'sha256:'.length + 16)}`
  const [first] = delivery.payload['actions'] as Fields[]
  const payload = {
    ...(delivery.payload as Fields),
    trigger_id: `${Date.now()}.1.fresh`,
    actions: [{ ...first, action_id: action, value }],
  }
  return { request, card, payload: payload as never as Fields }
}

const send = async (on: Stage, payload: Fields, options = {}) => {
  const [result] = await on.sandbox.deliver('interactive', payload as never, options)
  if (!result) throw new Error('nothing was delivered')
  return result
}

describe.each(MODES)('what is not ours over %s', (mode) => {
  let on: Stage
  afterEach(() => on.stop())

  it('of another app has no effect and tells nothing (B41)', async () => {
    on = await stage(mode)
    const { request, payload } = await clicked(on)
    const bob = on.sandbox.as('U0BOB')
    const before = bob.ephemerals().length
    expect(await send(on, { ...payload, api_app_id: 'A0ELSEWHERE' })).toMatchObject({ acked: true })
    await eventually(() => on.logged.some((line) => line.includes('another app')), 'the log')
    expect((await on.store.request(request.id))?.decisions).toEqual([])
    expect(bob.ephemerals()).toHaveLength(before)
    expect(await refusals(on, request.id)).toEqual([])
  })

  it.each<[string, Fields]>([
    ['another team', { team: { id: 'T0ELSEWHERE', domain: 'elsewhere' } }],
    ['a person of another team', { user: { id: 'U0BOB', team_id: 'T0ELSEWHERE' } }],
    ['another organisation', { enterprise: { id: 'E0ELSEWHERE', name: 'Elsewhere' } }],
    ['no team at all (an org-wide installation)', { team: null, user: { id: 'U0BOB' }, is_enterprise_install: true }],
  ])('of %s is refused like a stranger, even under the name of a colleague', async (_, over) => {
    on = await stage(mode)
    const { request, payload } = await clicked(on)
    expect(await send(on, { ...payload, ...over })).toMatchObject({ acked: true })
    expect(await told(on.sandbox.as('U0BOB'), /Only members of this workspace/)).toBeDefined()
    expect((await on.store.request(request.id))?.decisions).toEqual([])
    expect(await refusals(on, request.id)).toEqual(['outsider'])
  })

  it('keeps one piece of evidence a minute, however often the stranger clicks', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const stranger = on.sandbox.as('U0STRANGER')
    for (const _ of [1, 2, 3]) await stranger.click(card.channel, card.ts, ACTION.approve)
    await eventually(() => stranger.ephemerals().length === 3, 'three answers')
    expect(await refusals(on, request.id)).toEqual(['outsider'])
  })

  it('with two actions at once, or none, has no effect and is answered', async () => {
    on = await stage(mode)
    const { request, payload } = await clicked(on)
    const [action] = payload['actions'] as Fields[]
    const bob = on.sandbox.as('U0BOB')
    for (const actions of [[action, action], []]) {
      const before = bob.ephemerals().length
      const trigger_id = `${Date.now()}.${actions.length}.new`
      expect(await send(on, { ...payload, trigger_id, actions })).toMatchObject({ acked: true })
      await eventually(() => bob.ephemerals().length > before, 'an answer')
    }
    expect((await on.store.request(request.id))?.decisions).toEqual([])
  })

  it('is acknowledged once and answered, whatever it is', async () => {
    on = await stage(mode)
    const { payload } = await clicked(on)
    const person = { user: payload['user'], team: payload['team'], api_app_id: payload['api_app_id'] }
    const response_url = payload['response_url']
    const bob = on.sandbox.as('U0BOB')
    const unknown: Fields[] = [
      { type: 'message_action', callback_id: 'approve', ...person, trigger_id: '1.1.a', response_url },
      { type: 'shortcut', callback_id: 'approve', ...person, trigger_id: '1.1.b' },
    ]
    for (const each of unknown) {
      const before = bob.ephemerals().length + bob.dms().length
      expect(await send(on, each)).toMatchObject({ acked: true })
      await eventually(() => bob.ephemerals().length + bob.dms().length > before, 'an answer')
    }
    const view = { id: 'V1', type: 'modal', callback_id: 'evil', private_metadata: '', state: { values: {} } }
    const submitted = await send(on, { type: 'view_submission', ...person, trigger_id: '1.1.c', view })
    expect(JSON.stringify(submitted.body)).toContain('nothing was done')
    const closed = await send(on, { type: 'view_closed', ...person, view: { ...view, callback_id: CALLBACK.review } })
    expect(closed).toMatchObject({ acked: true })
    const [command] = await on.sandbox.deliver('slash_commands', {
      command: '/other',
      text: '',
      user_id: 'U0BOB',
      team_id: on.sandbox.teamId,
      api_app_id: on.sandbox.appId,
      channel_id: 'C0APPROVALS',
      trigger_id: '1.1.d',
    })
    expect(JSON.stringify(command?.body)).toContain('nothing was done')
    expect(on.sandbox.protocolFaults).toEqual([])
  })

  it('with metadata that no form of ours has is refused in the form', async () => {
    on = await stage(mode)
    const { payload } = await clicked(on)
    for (const [i, private_metadata] of ['', '{}', '{"requestId":"req_1"}', 'x'.repeat(3_000)].entries()) {
      const view = {
        id: 'V1',
        type: 'modal',
        callback_id: CALLBACK.denyReason,
        private_metadata,
        state: { values: {} },
      }
      const body = {
        type: 'view_submission',
        user: payload['user'],
        team: payload['team'],
        api_app_id: payload['api_app_id'],
        view,
      }
      const result = await send(on, { ...body, trigger_id: `2.${i}.x` })
      expect(result.body).toMatchObject({ response_action: 'update' })
    }
  })
})

describe('a signed request', () => {
  let on: Stage
  afterEach(() => on.stop())

  it('that comes again byte for byte is answered 200 and has no second effect', async () => {
    on = await stage('http')
    const { request, card } = await on.askAndPost({ action: 'two.export' })
    await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    await told(on.sandbox.as('U0BOB'), /Recorded/)
    const delivery = on.sandbox.lastDelivery()
    if (!delivery) throw new Error('nothing was delivered')
    for (const _ of [1, 2]) expect(await on.sandbox.replay(delivery)).toMatchObject({ status: 200 })
    expect((await on.store.request(request.id))?.decisions).toHaveLength(1)
    expect(await refusals(on, request.id)).toEqual([])
    expect(on.sandbox.as('U0BOB').ephemerals()).toHaveLength(1)
  })

  it.each([301, -301, 86_400, -86_400, 31_536_000])(
    'with a clock that is off by %d s is answered 401',
    async (offset) => {
      on = await stage('http')
      const { request, payload } = await clicked(on)
      expect(await send(on, payload, { timestampOffsetSeconds: offset })).toMatchObject({ status: 401 })
      expect((await on.store.request(request.id))?.decisions).toEqual([])
    },
  )

  it('just inside the window counts, whichever way the clock is off', async () => {
    on = await stage('http')
    const { request, payload } = await clicked(on)
    expect(await send(on, payload, { timestampOffsetSeconds: 290 })).toMatchObject({ status: 200 })
    expect((await on.store.request(request.id))?.decisions).toHaveLength(1)
  })

  it('with a wrong signature is answered 401, and fills no table: the true one still counts', async () => {
    on = await stage('http')
    const { request, payload } = await clicked(on)
    expect(await send(on, payload, { signature: 'wrong' })).toMatchObject({ status: 401 })
    expect(await send(on, payload)).toMatchObject({ status: 200 })
    expect((await on.store.request(request.id))?.decisions).toHaveLength(1)
  })

  it('counts with the charset in its content type as without', async () => {
    on = await stage('http')
    const { request, payload } = await clicked(on)
    const contentType = 'application/x-www-form-urlencoded; charset=utf-8'
    expect(await send(on, payload, { contentType })).toMatchObject({ status: 200 })
    expect((await on.store.request(request.id))?.decisions).toHaveLength(1)
  })

  it('on another path, by another method or without a time is refused', async () => {
    on = await stage('http')
    await clicked(on)
    const delivery = on.sandbox.lastDelivery()
    const { origin } = new URL(on.requestUrl ?? '')
    const headers = { ...delivery?.headers }
    expect((await fetch(`${origin}/slack/other`, { method: 'POST', headers, body: 'x' })).status).toBe(404)
    expect((await fetch(`${origin}/slack/events`, { headers })).status).toBe(404)
    expect((await fetch(`${origin}/slack/events`, { method: 'POST', body: 'x' })).status).toBe(401)
  })
})

describe('the window and the table', () => {
  it('takes five minutes either way and nothing that is no number', () => {
    const now = 1_800_000_000_000
    const at = (seconds: number) => isTimely(String(now / 1000 + seconds), now)
    expect([-301, -300, 0, 300, 301].map(at)).toEqual([false, true, true, true, false])
    for (const odd of ['', 'NaN', '1e9', ' 1800000000', '0x10', '-1', undefined, ['1800000000']]) {
      expect(isTimely(odd, now)).toBe(false)
    }
  })

  it('remembers for its time, forgets after it, and never grows beyond its limit', () => {
    let now = 0
    const seen = new Seen(1_000, () => now, 3)
    expect(['a', 'a', 'b'].map((key) => seen.isFirst(key))).toEqual([true, false, true])
    now = 999
    expect(seen.isFirst('a')).toBe(false)
    now = 1_000
    expect(seen.isFirst('a')).toBe(true)
    for (const key of ['c', 'd', 'e', 'f']) expect(seen.isFirst(key)).toBe(true)
    expect(seen.isFirst('f')).toBe(false)
    expect(seen.isFirst('a')).toBe(true)
  })

  it('takes an event once by its id, though every retry is signed anew', () => {
    const ours = { appId: 'A1', teamId: 'T1', enterpriseId: null, botId: 'B1', botUserId: 'U1' }
    const gate = new Gate(pino({ level: 'silent' }), () => 0)
    const event = readPayload({ type: 'event_callback', api_app_id: 'A1', team_id: 'T1', event_id: 'Ev1', event: {} })
    expect(['v0=1', 'v0=2', 'v0=3'].map((signature) => gate.admit(event, signature, ours))).toEqual([
      'admitted',
      'repeated',
      'repeated',
    ])
  })

  it('takes a member of our organisation whichever of its workspaces she comes from', () => {
    const ours = { appId: 'A1', teamId: 'T1', enterpriseId: 'E1', botId: 'B1', botUserId: 'U1' }
    const admit = (over: Fields) =>
      new Gate(pino({ level: 'silent' }), () => 0).admit(
        readPayload({ type: 'block_actions', api_app_id: 'A1', team: { id: 'T1' }, user: { id: 'U1' }, ...over }),
        undefined,
        ours,
      )
    expect(admit({ user: { id: 'U1', team_id: 'T2' }, enterprise: { id: 'E1' } })).toBe('admitted')
    expect(admit({ user: { id: 'U1', team_id: 'E1' } })).toBe('admitted')
    expect(admit({ user: { id: 'U1', team_id: 'T2' } })).toBe('outsider')
    expect(admit({ enterprise: { id: 'E2' } })).toBe('outsider')
  })

  it('reads nothing out of what is no payload', () => {
    for (const body of [
      null,
      undefined,
      'x',
      7,
      [],
      {},
      { type: 'block_actions', actions: 'x', container: 3, user: [] },
    ]) {
      expect(readPayload(body)).toMatchObject({ userId: '', origin: { appId: null, teams: [] } })
    }
  })
})

describe.each(MODES)('things that are no click over %s', (mode) => {
  let on: Stage
  afterEach(() => on.stop())

  it.each(['reaction_added', 'message', 'app_mention', 'link_shared'])('%s decides nothing (B34)', async (type) => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    const event = {
      type,
      user: 'U0BOB',
      text: 'approve',
      reaction: 'white_check_mark',
      channel: card.channel,
      ts: card.ts,
    }
    const [result] = await on.sandbox.deliver('events_api', {
      type: 'event_callback',
      api_app_id: on.sandbox.appId,
      team_id: on.sandbox.teamId,
      event_id: `Ev${type}`,
      authorizations: [{ team_id: on.sandbox.teamId, enterprise_id: null }],
      event,
    })
    expect(result).toMatchObject({ acked: true })
    await eventually(() => on.logged.some((line) => line.includes('nothing here listens to')), 'the log')
    expect(await status(on, request.id)).toBe('pending')
  })
})
