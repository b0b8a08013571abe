import { createHmac } from 'node:crypto'
import { createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, Server } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Fault } from '../../src/sandbox/index.ts'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { slackClients } from '../../src/slack/clients.ts'
import { slackDirectory } from '../../src/slack/directory.ts'
import { slackMessenger } from '../../src/slack/messenger.ts'
import { pending } from './cards-given.ts'
import { eventually, MODES, type Stage, status, told } from './door.ts'
import { called, decisions, loggedTimes, offenders, setUps, staged, unhandled, unsentClick } from './traps.ts'

/**
 * The traps of Bolt 5 that lie in how it and the SDK are set up, one test for each; those of the wire are in
 * traps-wire.test.ts.
 */

describe.each(MODES)('over %s', (mode) => {
  it('trap 1: nothing calls Slack a second time by itself, whichever client it is', async () => {
    const on = await staged(mode)
    const { card } = await on.askAndPost()
    const bob = on.sandbox.as('U0BOB')
    on.sandbox.fault({ method: 'views.open', kind: 'status', status: 503, times: 1 })
    await bob.click(card.channel, card.ts, ACTION.deny)
    await told(bob, /did not open the form/)
    expect(called(on, 'views.open')).toHaveLength(1)
    on.sandbox.fault({ method: 'users.info', kind: 'status', status: 503, times: 1 })
    await bob.click(card.channel, card.ts, ACTION.approve)
    await told(bob, /Slack did not tell us who you are/)
    expect(called(on, 'users.info')).toHaveLength(1)
  })

  it('trap 2: the app token opens sockets, the bot token does all else, and neither stands in for the other', async () => {
    const on = await staged(mode)
    const { request, card } = await on.askAndPost()
    await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    expect(await status(on, request.id)).toBe('approved')
    const kinds = on.sandbox.calls.map(({ method, tokenKind }) => `${method} ${tokenKind}`)
    const swapped = kinds.filter((call) => call.startsWith('apps.connections.open') !== call.endsWith(' app'))
    expect(swapped).toEqual([])
    expect(called(on, 'apps.connections.open')).toHaveLength(mode === 'socket' ? 1 : 0)
  })

  it('trap 3: nothing is called before start, and a bad token ends no process', async () => {
    const caught = unhandled()
    const on = await staged(mode, { connect: false })
    const mend = on.sandbox.fault({ method: 'auth.test', kind: 'error', error: 'invalid_auth' })
    expect(on.sandbox.calls).toEqual([])
    on.door.start()
    await eventually(() => on.door.state().reason === 'Slack answered invalid_auth', 'the reason')
    const [click] = await on.sandbox.deliver('interactive', { type: 'block_actions' })
    expect(click).toMatchObject({ acked: false })
    mend()
    expect(await on.door.ready(5_000)).toBe(true)
    expect(caught).toEqual([])
    expect(on.fatal).toEqual([])
  })

  it('trap 8: a rate limit on one kind of call stalls no other, with or without Retry-After', async () => {
    const on = await staged(mode)
    const first = await on.askAndPost()
    const second = await on.askAndPost()
    on.sandbox.fault({ method: 'chat.postMessage', kind: 'ratelimited', retryAfter: 60 })
    await on.ask()
    await on.sandbox.until(() => called(on, 'chat.postMessage').at(-1)?.outcome === 'ratelimited', 'the limit')
    // Cards are still brought up to date, by the very client whose posts are held.
    await on.sandbox.as('U0BOB').click(first.card.channel, first.card.ts, ACTION.approve)
    const updated = () =>
      called(on, 'chat.update').some(({ args, outcome }) => args.ts === first.card.ts && outcome === 'ok')
    await on.sandbox.until(updated, 'the card of the first')
    for (const retryAfter of [60, null]) {
      const mend = on.sandbox.fault({ method: 'users.info', kind: 'ratelimited', retryAfter })
      const carol = on.sandbox.as('U0CAROL')
      const before = carol.ephemerals().length
      await carol.click(second.card.channel, second.card.ts, ACTION.approve)
      await eventually(() => carol.ephemerals().length > before, 'an answer to Carol')
      expect(carol.ephemerals().at(-1)?.text).toMatch(/Slack did not tell us who you are/)
      await carol.click(second.card.channel, second.card.ts, ACTION.deny)
      await eventually(() => carol.modals().length > 0, 'the form of Carol')
      for (const form of carol.modals()) await carol.close(form.id)
      mend()
    }
    await on.sandbox.as('U0CAROL').click(second.card.channel, second.card.ts, ACTION.approve)
    expect(await status(on, second.request.id)).toBe('approved')
  })

  it('trap 9: a post that failed after it was taken is not posted again, and no silence is waited out', async () => {
    const on = await staged(mode)
    on.sandbox.fault({ method: 'chat.postMessage', kind: 'status_after_commit', status: 500, times: 1 })
    const { request, card } = await on.askAndPost()
    expect(called(on, 'chat.postMessage').map(({ outcome }) => outcome)).toEqual(['500'])
    expect(on.sandbox.messages(card.channel)).toHaveLength(1)
    on.sandbox.fault({ method: 'users.info', kind: 'timeout_before_commit' })
    const bob = on.sandbox.as('U0BOB')
    expect(await bob.click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
    await told(bob, /Slack did not tell us who you are/)
    expect(await status(on, request.id)).toBe('pending')
  })

  it('trap 13: no token, secret or single-use address is in any log line, down to debug', async () => {
    const printed = (['debug', 'info', 'log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name))
    onTestFinished(() => void vi.restoreAllMocks())
    const on = await staged(mode)
    await everythingGoesWrong(on)
    const { botToken, appToken, signingSecret } = on.sandbox
    const secrets = [
      botToken,
      appToken,
      signingSecret,
      'xoxb-',
      'xapp-',
      'verification-token',
      'ticket=',
      'response_url',
    ]
    const addresses = [`${on.sandbox.url}/actions/`, `${on.sandbox.url}/commands/`]
    const log = on.logged.join('')
    expect([...secrets, ...addresses].filter((secret) => log.includes(secret))).toEqual([])
    for (const words of ['Slack refuses this for good', 'not ours', 'not connected']) expect(log).toContain(words)
    // Nor does Bolt or the SDK print anything past our log.
    for (const print of printed) expect(print).not.toHaveBeenCalled()
  })

  it('trap 15: the door opens no port of its own', async () => {
    const on = await staged(mode, { connect: false })
    const listens = vi.spyOn(Server.prototype, 'listen')
    onTestFinished(() => void vi.restoreAllMocks())
    on.door.start()
    expect(await on.door.ready(5_000)).toBe(true)
    const { payload, request } = await unsentClick(on)
    await on.sandbox.deliver('interactive', payload)
    expect(await status(on, request.id)).toBe('approved')
    expect(listens).not.toHaveBeenCalled()
  })
})

async function everythingGoesWrong(on: Stage): Promise<void> {
  const { card, payload, bob } = await unsentClick(on)
  const faults: Fault[] = [
    { method: 'users.info', kind: 'malformed', times: 1 },
    { method: 'users.info', kind: 'reset_after_commit', times: 1 },
    { method: 'users.info', kind: 'status', status: 500, times: 1 },
    { method: 'users.info', kind: 'ratelimited', times: 1 },
  ]
  for (const fault of faults) {
    on.sandbox.fault(fault)
    await bob.click(card.channel, card.ts, ACTION.approve)
  }
  await bob.command('/approvals', 'show req_nothing')
  await on.sandbox.deliver('interactive', payload, { signature: 'wrong', copies: 2 })
  on.sandbox.fault({ method: 'chat.postMessage', kind: 'error', error: 'invalid_auth', times: 1 })
  await on.ask()
  await eventually(() => loggedTimes(on, 'Slack refuses this for good') > 0, 'the post to fail')
  on.sandbox.disconnectSockets('cut')
  on.sandbox.revokeTokens()
  await eventually(() => loggedTimes(on, 'not connected to Slack') > 0, 'the connection to be lost')
}

describe('trap 12: what comes while it is not known who we are is never acknowledged in silence', () => {
  it('a click that is still on its way when the token is revoked ends in an error that she sees', async () => {
    const on = await staged('http')
    const { request, payload } = await unsentClick(on)
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
    const { answer, finish } = await halfSent(on, body)
    on.sandbox.revokeTokens()
    await eventually(() => on.door.state().teamId === null, 'the door to know')
    finish()
    expect(await answer).not.toBe(200)
    expect(await decisions(on, request.id)).toEqual([])
    expect(loggedTimes(on, 'while nobody was there')).toBe(1)
  })

  it('and over the socket each click is answered in words, or fails where she sees it', async () => {
    const on = await staged('socket')
    const { request, card, bob } = await unsentClick(on)
    const before = bob.ephemerals().length
    const clicks: ReturnType<typeof bob.click>[] = []
    on.sandbox.revokeTokens()
    while (on.sandbox.connections() > 0) {
      clicks.push(bob.click(card.channel, card.ts, 'probe', { overrideValue: 'x' }))
      await new Promise((resolve) => setImmediate(resolve))
    }
    const results = await Promise.all(clicks)
    const taken = results.filter(({ acked }) => acked).length
    for (const { acked, error } of results) expect(acked).toBe(error === undefined)
    await eventually(() => bob.ephemerals().length - before === taken, 'an answer to each that was acknowledged')
    expect(await decisions(on, request.id)).toEqual([])
  })
})

/** A signed request of which the door has the head and half of the body. */
async function halfSent(on: Stage, body: string) {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signed = createHmac('sha256', on.sandbox.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${signed}`,
    expect: '100-continue',
  }
  const sending = httpRequest(on.requestUrl ?? '', { method: 'POST', headers })
  const answer = new Promise<number | undefined>((resolve, reject) => {
    sending.on('error', reject)
    sending.on('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
  })
  const taken = new Promise<void>((resolve) => sending.on('continue', resolve))
  sending.write(body.slice(0, 100))
  await taken
  return { answer, finish: () => sending.end(body.slice(100)) }
}

describe('trap 16: a token follows no redirect, and no odd status is taken for a yes', () => {
  let stop: () => Promise<void> = async () => undefined
  afterEach(() => stop())

  /** A Slack that answers everything with `status`, pointing elsewhere. */
  async function answering(code: number) {
    const paths: string[] = []
    const server = createServer((incoming, outgoing) => {
      paths.push(incoming.url ?? '')
      incoming.resume()
      outgoing
        .writeHead(code, { location: '/elsewhere', 'content-type': 'application/json' })
        .end('{"ok":true,"ts":"1.1"}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stop = async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
    return { paths, apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/` }
  }

  it.each([201, 202, 301, 302, 307, 308, 404])('HTTP %d', async (code) => {
    const { paths, apiUrl } = await answering(code)
    const clients = slackClients({ token: 'xoxb-not-to-be-handed-on', apiUrl })
    const directory = slackDirectory({ reading: clients.reading, teamId: () => 'T0', now: Date.now })
    await expect(
      slackMessenger({ posting: clients.posting, isExternal: async () => false, botId: () => null }).announce(
        pending(),
        'C0',
      ),
    ).rejects.toMatchObject({
      name: 'DeliveryError',
      kind: code === 404 ? 'later' : 'unknown',
    })
    await expect(directory.member('U0BOB')).rejects.toThrow('users.info')
    await expect(clients.answering.views.open({ trigger_id: '1', view: { type: 'modal' } as never })).rejects.toThrow()
    expect(paths).toEqual(['/api/chat.postMessage', '/api/users.info', '/api/views.open'])
  })
})

describe('settings that are never used', () => {
  it('trap 1: options objects are literals of one client each, since the SDK writes into the one it is given', () => {
    const shared = /clientOptions(?!:\s*\{)|installerOptions(?!:\s*\{)/
    expect(
      offenders(shared, 'the SDK changes the object it is given, and with it every client that shares it'),
    ).toEqual([])
  })

  it('trap 2: no headers are given to Bolt or the SDK', () => {
    const because = 'in Socket Mode they replace the app token by the bot token'
    const sdk = setUps().filter(([, code]) => /new (?:App|WebClient|\w+Receiver)\(/.test(code))
    expect(sdk.map(([file]) => file)).toEqual(
      expect.arrayContaining(['slack/app.ts', 'slack/clients.ts', 'slack/request-listener.ts', 'slack/socket.ts']),
    )
    expect(sdk.filter(([, code]) => /\bheaders:/.test(code)).map(([file]) => `${file}: headers: ${because}`)).toEqual(
      [],
    )
  })

  it('trap 3 and 12: Bolt has no token to try or to lose', () => {
    expect(offenders(/\btoken:.*\bApp\b|new App\(\{[^}]*\btoken\b/, 'its auth.test is an unhandled rejection')).toEqual(
      [],
    )
    expect(offenders(/botToken/, 'authorize fails in silence').filter((line) => line.startsWith('slack/'))).toEqual([])
  })

  it('trap 13: developerMode is never set', () => {
    expect(offenders(/developerMode|LogLevel\.DEBUG/, 'it logs whole payloads, tokens included')).toEqual([])
  })

  it('trap 15: customRoutes and Bolt’s own server are never used', () => {
    const because = 'it listens by itself, and its errors are nobody’s'
    expect(offenders(/customRoutes|receiver\.start\(|app\.start\(|\binstallPath/, because)).toEqual([])
  })
})
