import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { ACTION } from '../../src/slack/cards/ids.ts'
import { eventually, MODES, type Stage, stage, status, told } from './door.ts'

/** A rejection that nobody handles would end the process of an operator. */
function unhandled(): unknown[] {
  const caught: unknown[] = []
  const note = (reason: unknown) => void caught.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return caught
}

describe.each(MODES)('the door over %s', (mode) => {
  let on: Stage
  afterEach(() => on.stop())

  it('says who it is once Slack has said so', async () => {
    on = await stage(mode, { connect: false })
    expect(on.door.state()).toMatchObject({ connected: false, teamId: null, reason: 'not connected to Slack yet' })
    on.door.start()
    expect(await on.door.ready(5_000)).toBe(true)
    const { teamId, botUserId } = on.sandbox
    expect(on.door.state()).toEqual({
      connected: true,
      reason: null,
      teamId,
      enterpriseId: null,
      botUserId,
      botId: 'B0SANDBOXAPP',
    })
  })

  it('with a bad token stays up, says why, and connects once it is good', async () => {
    const caught = unhandled()
    on = await stage(mode, { connect: false })
    const mend = on.sandbox.fault({ method: 'auth.test', kind: 'error', error: 'invalid_auth' })
    on.door.start()
    await eventually(() => on.door.state().reason === 'Slack answered invalid_auth', 'the reason')
    expect(await on.door.ready(10)).toBe(false)
    mend()
    expect(await on.door.ready(5_000)).toBe(true)
    expect(caught).toEqual([])
    expect(on.fatal).toEqual([])
  })

  it.each([
    ['status', { kind: 'status', status: 503 }, 'Slack answered HTTP 503'],
    ['reset', { kind: 'reset_after_commit' }, 'Slack cannot be reached'],
    ['rate limit', { kind: 'ratelimited', retryAfter: 1 }, 'Slack limits our rate'],
    ['garbage', { kind: 'malformed' }, 'Slack'],
  ] as const)('while Slack answers with a %s says so and goes on trying', async (_, fault, reason) => {
    const caught = unhandled()
    on = await stage(mode, { connect: false })
    const mend = on.sandbox.fault({ method: 'auth.test', ...fault })
    on.door.start()
    await eventually(() => on.door.state().reason?.startsWith(reason), `the reason ${reason}`)
    mend()
    expect(await on.door.ready(8_000)).toBe(true)
    expect(caught).toEqual([])
  })

  it('is not ready once its token is revoked, says so, and serves nobody on its word', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    on.sandbox.revokeTokens()
    await eventually(() => !on.door.state().connected, 'the door to know')
    expect(on.door.state().teamId).toBeNull()
    expect(on.door.state().reason).toMatch(/revoked|account_inactive/)
    const result = await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    expect(result.acked).toBe(false)
    expect(await status(on, request.id)).toBe('pending')
  })

  it('is not ready once the app is uninstalled', async () => {
    on = await stage(mode)
    on.sandbox.uninstall()
    await eventually(() => !on.door.state().connected && on.door.state().reason !== null, 'the door to know')
    expect(on.door.state().reason).toMatch(/uninstalled|account_inactive/)
  })

  it('closes only when what is being answered was answered', async () => {
    on = await stage(mode)
    const { request, card } = await on.askAndPost()
    on.sandbox.fault({ method: 'users.info', kind: 'slow', ms: 700, times: 1 })
    const click = on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    await on.sandbox.until(() => on.sandbox.calls.some(({ method }) => method === 'users.info'), 'the look')
    await on.door.stop()
    expect(await status(on, request.id)).toBe('approved')
    expect(await click).toMatchObject({ acked: true })
    expect((await on.sandbox.as('U0CAROL').click(card.channel, card.ts, 'x', { overrideValue: '' })).acked).toBe(false)
  })

  it('never logs a token, a secret or what somebody typed', async () => {
    on = await stage(mode)
    const { card } = await on.askAndPost()
    await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.deny)
    const form = await eventually(() => on.sandbox.as('U0BOB').modals()[0], 'the form')
    await on.sandbox
      .as('U0BOB')
      .submit(form.id, { 'countersign:reason_block': { 'countersign:reason': 'tell nobody' } })
    await on.sandbox.as('U0BOB').command('/approvals', 'nonsense-typed')
    const log = on.logged.join('\n')
    const { botToken, appToken, signingSecret } = on.sandbox
    for (const secret of [
      botToken,
      appToken,
      signingSecret,
      'tell nobody',
      'nonsense-typed',
      'response_url',
      'ticket=',
    ]) {
      expect(log).not.toContain(secret)
    }
    expect(log).toContain('connected to Slack')
  })
})

describe('Socket Mode', () => {
  let on: Stage
  afterEach(() => on.stop())

  const connectedAgain = () =>
    eventually(() => on.sandbox.connections() === 1 && on.door.state().connected, 'the next socket')

  it.each(['refresh_requested', 'warning', 'too_many_websockets', 'link_disabled', 'cut'] as const)(
    'is there again after %s, and a click counts once',
    async (reason) => {
      on = await stage('socket')
      const { request, card } = await on.askAndPost()
      on.sandbox.disconnectSockets(reason)
      await connectedAgain()
      expect(await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
      expect((await on.store.request(request.id))?.decisions).toHaveLength(1)
    },
  )

  it('is there again although Slack leaves the old connection open', async () => {
    on = await stage('socket', { socketKeepTcpOpen: true })
    const { card } = await on.askAndPost()
    on.sandbox.disconnectSockets('refresh_requested')
    await connectedAgain()
    expect(await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
  })

  it('is not ready from the moment on that Slack tells the socket to go', async () => {
    on = await stage('socket')
    const mend = on.sandbox.fault({ method: 'apps.connections.open', kind: 'error', error: 'internal_error' })
    on.sandbox.disconnectSockets('refresh_requested')
    await eventually(() => on.door.state().reason === 'Slack answered internal_error', 'the reason')
    expect(on.door.state()).toMatchObject({ connected: false, teamId: on.sandbox.teamId })
    mend()
    await connectedAgain()
  })

  it('survives a reconnect that is refused for good: no unhandled rejection, and no deaf process', async () => {
    const caught = unhandled()
    on = await stage('socket')
    const mend = on.sandbox.fault({ method: 'apps.connections.open', kind: 'error', error: 'account_inactive' })
    on.sandbox.disconnectSockets('cut')
    await eventually(() => on.door.state().reason === 'Slack answered account_inactive', 'the reason')
    mend()
    await connectedAgain()
    expect(caught).toEqual([])
    expect(on.fatal).toEqual([])
  })

  it('answers a storm of disconnects with patience, not with one of its own', async () => {
    on = await stage('socket')
    const opened = () => on.sandbox.calls.filter(({ method }) => method === 'apps.connections.open').length
    const before = opened()
    const began = Date.now()
    const storm = setInterval(() => on.sandbox.disconnectSockets('cut'), 5)
    await eventually(() => opened() - before >= 2, 'two tries').finally(() => clearInterval(storm))
    // A second before the first, two before the next: never more than one a second.
    expect(opened() - before).toBeLessThanOrEqual((Date.now() - began) / 1_000 + 1)
  })

  it('is stopped for good also in the middle of a reconnect', async () => {
    on = await stage('socket')
    on.sandbox.fault({ method: 'apps.connections.open', kind: 'slow', ms: 300 })
    on.sandbox.disconnectSockets('cut')
    await on.sandbox.until(() => on.sandbox.connections() === 0, 'no socket')
    await on.sandbox.until(() => on.sandbox.calls.at(-1)?.method === 'apps.connections.open', 'the reconnect')
    await on.door.stop()
    expect(on.sandbox.connections()).toBe(0)
    expect(on.door.state()).toMatchObject({ connected: false, reason: 'stopped' })
  })

  it('with an app token that Slack does not know says so', async () => {
    on = await stage('socket', { connect: false, appToken: 'xapp-wrong' })
    on.door.start()
    await eventually(() => on.door.state().reason === 'Slack answered invalid_auth', 'the reason')
    expect(on.logged.join('\n')).not.toContain('xapp-wrong')
  })
})

describe('HTTP mode', () => {
  let on: Stage
  afterEach(() => on.stop())

  it('answers 503 before it knows who it is: Slack then tells the person, and nothing is lost in silence', async () => {
    on = await stage('http', { connect: false })
    const request = await on.ask()
    const card = await eventually(async () => (await on.store.cards(request.id))[0], 'the card')
    const result = await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    expect(result).toMatchObject({ acked: false, status: 503 })
    on.door.start()
    await on.door.ready(5_000)
    await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)
    expect(await status(on, request.id)).toBe('approved')
  })

  it('acknowledges within Slack’s time also what takes longer, so that nobody sees a false failure', async () => {
    on = await stage('http', { ackTimeoutMs: 2_500 })
    const { request, card } = await on.askAndPost()
    on.sandbox.fault({ method: 'conversations.info', kind: 'slow', ms: 1_300, times: 1 })
    on.sandbox.fault({ method: 'users.info', kind: 'slow', ms: 1_300, times: 1 })
    expect(await on.sandbox.as('U0BOB').click(card.channel, card.ts, ACTION.approve)).toMatchObject({ acked: true })
    await told(on.sandbox.as('U0BOB'), /Recorded/)
    expect(await status(on, request.id)).toBe('approved')
  })
})
