import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { card, type Mode, postCard, type Stage, stage } from './bolt.ts'
import { call, ok } from './call.ts'
import { control, raw } from './control.ts'

/** The control API: acts as people, shows what there is, breaks things on purpose. */

const modal = {
  type: 'modal' as const,
  callback_id: 'why',
  notify_on_close: true,
  title: { type: 'plain_text' as const, text: 'Why' },
  submit: { type: 'plain_text' as const, text: 'Send' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'reason',
      label: { type: 'plain_text' as const, text: 'Why?' },
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
    card()[1] as never,
  ],
}

describe.each<Mode>(['socket', 'http'])('people, over %s', (mode) => {
  let on: Stage
  let heard: unknown[]
  beforeEach(async () => {
    on = await stage(mode)
    heard = []
    const { app } = on
    app.action('approve', async ({ ack, body }) => {
      await ack()
      heard.push(['approve', body.user.id])
    })
    app.action('deny', async ({ ack, body, client }) => {
      await ack()
      if (body.type === 'block_actions') await client.views.open({ trigger_id: body.trigger_id, view: modal })
    })
    app.view('why', async ({ ack, view, body }) => {
      const reason = view.state.values.reason?.text?.value
      if (reason === 'no') return ack({ response_action: 'errors', errors: { reason: 'say more' } })
      heard.push(['why', body.user.id, reason])
      return ack()
    })
    app.view({ type: 'view_closed', callback_id: 'why' }, async ({ ack, body }) => {
      heard.push(['closed', body.user.id])
      await ack()
    })
    app.command('/approvals', async ({ ack, command }) => ack(`you said ${command.text}`))
    app.event('app_home_opened', async ({ event }) => void heard.push(['home', event.user]))
  })
  afterEach(() => on.stop())
  const bob = (deed: string, body: unknown) => control(on.sandbox, 'POST', `people/U0BOB/${deed}`, body)

  it('click, and are told how the app answered', async () => {
    const ts = await postCard(on)
    const { status, headers, body } = await bob('click', { channel: 'C0APPROVALS', ts, actionId: 'approve' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ acked: true, ackMs: expect.any(Number), revision: on.sandbox.revision })
    expect(headers.get('x-sandbox-revision')).toBe(String(on.sandbox.revision))
    expect(heard).toEqual([['approve', 'U0BOB']])
  })

  it('fill in a modal, are refused with errors, send it, and close the next one', async () => {
    const ts = await postCard(on)
    const { sandbox } = on
    const modals = sandbox.as('U0BOB')
    await bob('click', { channel: 'C0APPROVALS', ts, actionId: 'deny' })
    const { id: viewId } = await sandbox.until(() => modals.modals()[0], 'the modal')
    expect((await bob('click-in-view', { viewId, actionId: 'approve' })).body).toMatchObject({ acked: true })
    const refused = await bob('submit', { viewId, values: { reason: { text: 'no' } } })
    expect(refused.body).toMatchObject({ errors: { reason: 'say more' } })
    expect((await bob('submit', { viewId, values: { reason: { text: 'yes' } } })).body.errors).toBeUndefined()
    await bob('click', { channel: 'C0APPROVALS', ts, actionId: 'deny' })
    const next = await sandbox.until(() => modals.modals()[0], 'the next modal')
    expect((await bob('close', { viewId: next.id })).body).toMatchObject({ acked: true })
    expect(heard).toEqual([
      ['approve', 'U0BOB'],
      ['why', 'U0BOB', 'yes'],
      ['closed', 'U0BOB'],
    ])
  })

  it('type a command, open Home, and write', async () => {
    const { body } = await bob('command', { name: '/approvals', text: 'help', channel: 'C0PROD' })
    expect(body).toMatchObject({ acked: true, reply: { channel: 'C0PROD', text: 'you said help' } })
    expect((await bob('open-home', {})).body).toMatchObject({ acked: true })
    expect(heard).toEqual([['home', 'U0BOB']])
    const said = await bob('say', { channel: 'C0PROD', text: 'good morning' })
    expect(on.sandbox.message('C0PROD', String(said.body.ts))).toMatchObject({ user: 'U0BOB', text: 'good morning' })
  })

  it('cannot do what no Slack client lets them do: a sentence says why, and nothing happened', async () => {
    const ts = await postCard(on)
    const at = { channel: 'C0APPROVALS', ts, actionId: 'approve' }
    for (const [deed, body, sentence] of [
      ['click', { ...at, actionId: 'nothing' }, /nothing/],
      ['click', { ...at, ts: '1.2' }, /no message 1\.2/],
      ['click-in-view', { viewId: 'V1', actionId: 'approve' }, /no view V1/],
      ['submit', { viewId: 'V1', values: {} }, /no view V1/],
      ['close', { viewId: 'V1' }, /no view V1/],
      ['say', { channel: 'C0NOWHERE', text: 'hi' }, /C0NOWHERE/],
    ] as const) {
      const answer = await bob(deed, body)
      expect([deed, answer]).toMatchObject([deed, { status: 409, body: { error: expect.stringMatching(sentence) } }])
    }
    expect(heard).toEqual([])
  })

  it('a forged click is possible where it is asked for', async () => {
    const forged = { channel: 'C0APPROVALS', ts: await postCard(on), actionId: 'approve', overrideValue: 'forged' }
    expect((await bob('click', forged)).body).toMatchObject({ acked: true })
    expect(on.sandbox.lastDelivery()?.payload).toMatchObject({ actions: [{ value: 'forged' }] })
  })
})

describe('whoever asks wrongly is told so', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.stop())

  it.each([
    ['POST', 'people/U0NOBODY/open-home', {}, 404, /no user U0NOBODY/],
    ['POST', 'people/U0BOB/dance', {}, 404, /openapi\.json/],
    ['GET', 'nothing', undefined, 404, /openapi\.json/],
    ['PUT', 'workspace', {}, 404, /openapi\.json/],
    ['POST', 'people/U0BOB/click', { channel: 'C0PROD' }, 400, /ts: .*actionId: /],
    ['POST', 'people/U0BOB/click', { channel: 'C0PROD', ts: '1', actionId: 'a', value: 'x' }, 400, /value/],
    ['POST', 'people/U0BOB/close', [], 400, /object/],
    ['POST', 'faults', { api: { method: '*', kind: 'explode' } }, 400, /kind/],
    ['POST', 'faults', { api: { method: '*', kind: 'error' } }, 400, /error/],
    ['POST', 'clock', { advanceMs: -1 }, 400, /advanceMs/],
    ['POST', 'deliver-to', { url: 'https://example.com/' }, 400, /url/],
    ['POST', 'deliver-to', { url: 'not a url' }, 400, /url/],
    ['POST', 'disconnect', { reason: 'tired' }, 400, /reason/],
    ['PATCH', 'users/U0NOBODY', {}, 404, /no user U0NOBODY/],
    ['PATCH', 'users/U0BOB', { id: 'U0ALICE' }, 400, /id/],
    ['PATCH', 'groups/S0NONE', {}, 404, /no group S0NONE/],
    ['PATCH', 'channels/C0NONE', {}, 404, /no channel C0NONE/],
    ['POST', 'users', { id: 'U0BOB', name: 'bob' }, 409, /U0BOB already/],
    ['DELETE', 'faults/fault-7', undefined, 404, /fault-7/],
    ['POST', 'deliveries/7/replay', {}, 404, /delivery 7/],
    ['PATCH', 'users/__proto__', {}, 404, /no user __proto__/],
  ])('%s %s %j', async (method, path, body, status, sentence) => {
    const before = sandbox.revision
    const answer = await control(sandbox, method, path, body)
    expect(answer).toMatchObject({ status, body: { error: expect.stringMatching(sentence) } })
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(answer.headers.get('x-sandbox-revision')).toBe(String(before))
    expect(sandbox.revision).toBe(before)
  })

  it.each([
    ['{"advanceMs":', 400],
    ['', 400],
    [`{"advanceMs": 1, "filler": "${'x'.repeat(1_100_000)}"}`, 413],
  ])('a body that is none: %.20j', async (body, status) => {
    const headers = { host: new URL(sandbox.url).host, 'content-type': 'application/json' }
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    const answer = await raw(sandbox.url, '/control/clock', {
      method: 'POST',
      headers: { ...headers, ...length },
      body,
    })
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String) })
  })
})

describe('what an administrator, the network and time do', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.stop())
  const done = async (method: string, path: string, body?: unknown) => {
    const answer = await control(sandbox, method, path, body)
    expect(answer).toMatchObject({ status: 200, body: { revision: expect.any(Number) } })
    expect(answer.headers.get('x-sandbox-revision')).toBe(String(answer.body.revision))
  }

  it('people, groups and channels change', async () => {
    await done('PATCH', 'users/U0BOB', { deleted: true, profile: { title: 'gone' } })
    await done('POST', 'users', { id: 'U0ZOE', name: 'zoe', is_admin: true })
    await done('PATCH', 'groups/S0DATA', { users: ['U0ZOE'] })
    await done('PATCH', 'channels/C0PROD', { is_archived: true })
    const { body } = await control(sandbox, 'GET', 'workspace')
    expect(body).toEqual(JSON.parse(JSON.stringify(sandbox.facts())))
    expect(body).toMatchObject({
      people: expect.arrayContaining([
        expect.objectContaining({ id: 'U0BOB', deleted: true, profile: expect.objectContaining({ title: 'gone' }) }),
        expect.objectContaining({ id: 'U0ZOE', is_admin: true }),
      ]),
      groups: expect.arrayContaining([expect.objectContaining({ id: 'S0DATA', users: ['U0ZOE'] })]),
      channels: expect.arrayContaining([expect.objectContaining({ id: 'C0PROD', is_archived: true })]),
    })
  })

  it('faults strike until they are used up or taken away', async () => {
    const planned = { api: { method: 'auth.test', kind: 'error', error: 'fatal_error', times: 2 } }
    const { body: first } = await control(sandbox, 'POST', 'faults', planned)
    expect(first).toEqual({ id: expect.any(String), fault: planned, left: 2 })
    expect((await call(sandbox, 'auth.test')).body.error).toBe('fatal_error')
    const late = { delivery: { kind: 'late', ms: 5, kinds: ['interactive'] } }
    const { body: second } = await control(sandbox, 'POST', 'faults', late)
    const { body: list } = await control(sandbox, 'GET', 'faults')
    expect(list).toEqual([{ ...first, left: 1 }, second])
    await done('DELETE', `faults/${first.id}`)
    expect((await call(sandbox, 'auth.test')).body.ok).toBe(true)
    await done('DELETE', 'faults')
    expect((await control(sandbox, 'GET', 'standing')).body).toMatchObject({ faults: [] })
  })

  it('the clock goes ahead, tokens are revoked, the app is thrown out', async () => {
    const before = (await control(sandbox, 'GET', 'people/U0BOB/screen')).body.now
    await done('POST', 'clock', { advanceMs: 3_600_000 })
    const after = (await control(sandbox, 'GET', 'people/U0BOB/screen')).body.now
    expect(Number(after) - Number(before)).toBeGreaterThanOrEqual(3_600_000)
    await done('POST', 'revoke-tokens')
    expect((await call(sandbox, 'auth.test')).body.error).toBe('token_revoked')
    await done('POST', 'uninstall', {})
    expect((await call(sandbox, 'auth.test')).body.error).toBe('account_inactive')
    const { body } = await control(sandbox, 'GET', 'calls')
    expect(body).toMatchObject([{ outcome: 'token_revoked' }, { outcome: 'account_inactive' }])
  })

  it('the tokens are told to whoever may ask', async () => {
    const { botToken, appToken, signingSecret, apiUrl } = sandbox
    const { body } = await control(sandbox, 'GET', 'credentials')
    expect(body).toMatchObject({ botToken, appToken, signingSecret, apiUrl })
  })
})

it('a delivery is sent once more byte for byte, with its old signature', async () => {
  const on = await stage('http')
  try {
    const heard: string[] = []
    on.app.command('/approvals', async ({ ack, command }) => {
      heard.push(command.text)
      await ack()
    })
    await on.sandbox.as('U0BOB').command('/approvals', 'once')
    const sent = on.sandbox.lastDelivery()
    const { body: list } = await control(on.sandbox, 'GET', 'deliveries')
    expect(list).toMatchObject([{ seq: 1, kind: 'slash_commands', about: '/approvals once', result: { acked: true } }])
    const again = await control(on.sandbox, 'POST', 'deliveries/1/replay')
    expect(again.body).toMatchObject({ acked: true, status: 200 })
    expect(on.sandbox.lastDelivery()).toBe(sent)
    expect(heard).toEqual(['once', 'once'])
  } finally {
    await on.stop()
  }
})

it('sockets are told to go', async () => {
  const on = await stage('socket', {}, 1_000)
  on.app.command('/approvals', ({ ack }) => ack())
  try {
    expect((await control(on.sandbox, 'GET', 'standing')).body).toMatchObject({ connections: 1, requestUrl: null })
    await control(on.sandbox, 'POST', 'disconnect', { reason: 'cut' })
    await on.sandbox.until(() => on.sandbox.connections() === 0, 'no connection')
    await on.sandbox.until(() => on.sandbox.connections() === 1, 'a new connection', 10_000)
    expect(await on.sandbox.as('U0BOB').command('/approvals', 'again')).toMatchObject({ acked: true })
  } finally {
    await on.stop()
  }
})

describe('the description', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox({ rateLimits: false })
  })
  afterEach(() => sandbox.stop())

  it('names every route, as docs/sandbox.md does', async () => {
    const { body } = await control(sandbox, 'GET', 'openapi.json')
    const paths = Object.entries(body.paths as Record<string, Record<string, unknown>>)
    const routes = paths.flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`))
    const docs = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')
    const documented = [...docs.matchAll(/`(GET|POST|PATCH|DELETE) (\/control\/[\w{}/.-]*)/g)].map(
      ([, verb, path]) => `${verb} ${path}`,
    )
    expect([...routes].sort()).toEqual([...new Set(documented)].filter((route) => !route.includes('openapi')).sort())
  })

  it('is true of what is answered', async () => {
    const { body: description } = await control(sandbox, 'GET', 'openapi.json')
    const ajv = new Ajv2020({ strict: false, allErrors: true })
    ajv.addSchema(description, 'api')
    const check = async (method: string, path: string, template: string, body?: unknown) => {
      const answer = await control(sandbox, method, path, body)
      const pointer = `api#/paths/~1control~1${template.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}/${method.toLowerCase()}`
      const media = answer.status === 200 ? '200' : '4XX'
      const validate = ajv.compile({ $ref: `${pointer}/responses/${media}/content/application~1json/schema` })
      expect([path, validate(answer.body), validate.errors]).toEqual([path, true, null])
      return answer
    }
    await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'hi', blocks: card() })
    await call(sandbox, 'chat.postMessage', { channel: 'C0PROD', blocks: [{ type: 'section' }] })
    await ok(sandbox, 'chat.postEphemeral', { channel: 'C0PROD', user: 'U0BOB', text: 'for Bob' })
    await ok(sandbox, 'views.publish', { user_id: 'U0BOB', view: { type: 'home', blocks: [] } })
    await check('POST', 'people/U0BOB/command', 'people/{user}/command', { name: '/approvals', text: 'help' })
    await check('POST', 'people/U0BOB/command', 'people/{user}/command', { name: 7 })
    await check('POST', 'faults', 'faults', { api: { method: '*', kind: 'slow', ms: 1 } })
    await check('POST', 'faults', 'faults', { delivery: { kind: 'lost', times: 2 } })
    for (const path of ['workspace', 'standing', 'credentials', 'calls', 'deliveries', 'faults'])
      expect((await check('GET', path, path)).status).toBe(200)
    const { body } = await check('GET', 'people/U0BOB/screen', 'people/{user}/screen')
    expect(body).toMatchObject({ people: { U0BOB: { home: { type: 'home' } } } })
    await check('PATCH', 'users/U0BOB', 'users/{id}', { tz: 'Europe/Madrid' })
  })
})
