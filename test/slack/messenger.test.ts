import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LogLevel, WebClient } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DirectoryError } from '../../src/eligibility.ts'
import { DeliveryError, type Messenger } from '../../src/messenger.ts'
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { slackClients } from '../../src/slack/clients.ts'
import { slackDirectory } from '../../src/slack/directory.ts'
import { type MessengerParts, slackMessenger } from '../../src/slack/messenger.ts'
import { approved, buttonsOf, pending } from './cards-given.ts'

const PATIENCE_MS = 200

/** The posting client with less patience, so that no test waits ten seconds for a planned silence. */
const impatient = (sandbox: Sandbox): WebClient =>
  new WebClient(sandbox.botToken, {
    slackApiUrl: sandbox.apiUrl,
    timeout: PATIENCE_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  })

/** In channels that are ours alone, as the bot that we are, where a test does not say otherwise. */
const speaking = (posting: WebClient, more: Partial<MessengerParts> = {}): Messenger =>
  slackMessenger({ posting, isExternal: async () => false, botId: () => 'B0SANDBOXAPP', ...more })

const why = async (work: Promise<unknown>): Promise<{ kind: string; code: string; retryAfterMs: number | null }> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof DeliveryError)) throw new Error(`no DeliveryError: ${String(error)}`)
  return { kind: error.kind, code: error.code, retryAfterMs: error.retryAfterMs }
}

describe('the messenger, speaking to Slack', () => {
  let sandbox: Sandbox
  let messenger: Messenger
  const now = pending()
  // The sandbox stamps messages with the time of this machine.
  const request = { ...now, createdAtMs: Date.now() }
  const card = (ts: string) => ({ requestId: request.id, channel: 'C0PROD', ts, version: 1 })

  beforeEach(async () => {
    sandbox = await startSandbox({ rateLimits: false })
    messenger = speaking(slackClients({ token: sandbox.botToken, apiUrl: sandbox.apiUrl }).posting)
  })
  afterEach(() => sandbox.stop())

  it('announces a card that carries its request and digest, with everything off that makes text live', async () => {
    const { ts } = await messenger.announce(request, 'C0PROD')
    const message = sandbox.message('C0PROD', ts)
    expect(message?.metadata).toEqual({
      event_type: 'countersign_request',
      event_payload: { request_id: request.id, digest: request.payloadDigest },
    })
    expect(buttonsOf(message?.blocks)).toHaveLength(3)
    const args: Record<string, unknown> = sandbox.calls.at(-1)?.args ?? {}
    for (const off of ['mrkdwn', 'link_names', 'unfurl_links', 'unfurl_media']) expect(args[off]).toBe('false')
    expect(args.parse).toBe('none')
  })

  it('brings a card up to date, as often as it is told to', async () => {
    const { ts } = await messenger.announce(request, 'C0PROD')
    await messenger.update(approved(), card(ts))
    await messenger.update(approved(), card(ts))
    const message = sandbox.message('C0PROD', ts)
    expect(buttonsOf(message?.blocks)).toEqual([])
    expect(message?.text).toContain('Approved: data.export')
    expect(sandbox.messages('C0PROD')).toHaveLength(1)
  })

  it('finds the cards of a request, and those of no other', async () => {
    const first = await messenger.announce(request, 'C0PROD')
    await messenger.announce({ ...request, id: 'req_other' }, 'C0PROD')
    await messenger.say('C0PROD', 'hello')
    const second = await messenger.announce(request, 'C0PROD')
    expect((await messenger.find(request, 'C0PROD'))?.toSorted()).toEqual([first.ts, second.ts].toSorted())
    expect(await messenger.find(request, 'C0RANDOM')).toEqual([])
  })

  it('is not taken in by another app’s message with the same id', async () => {
    const metadata = {
      event_type: 'countersign_request',
      event_payload: { request_id: request.id, digest: 'sha256:00' },
    }
    await impatient(sandbox).chat.postMessage({ channel: 'C0PROD', text: 'forged', metadata })
    expect(await messenger.find(request, 'C0PROD')).toEqual([])
  })

  it('T11 posts nothing where people of another organisation read, and says so as an error that stays', async () => {
    const outside = speaking(impatient(sandbox), { isExternal: async (channel) => channel === 'C0PROD' })
    for (const said of [outside.announce(request, 'C0PROD'), outside.say('C0PROD', 'an alarm')]) {
      const error = { kind: 'permanent', code: 'channel_external', reach: 'channel' }
      await expect(said).rejects.toMatchObject(error)
    }
    expect(sandbox.messages('C0PROD')).toEqual([])
    await expect(outside.announce(request, 'C0RANDOM')).resolves.toHaveProperty('ts')
  })

  it.each([
    ['is asked again where Slack was not there', undefined, { kind: 'later', code: 'channel_unknown' }],
    ['is mended where Slack says what is wrong', 'channel_not_found', { kind: 'permanent', code: 'channel_not_found' }],
    ['is asked again where Slack is busy', 'ratelimited', { kind: 'later', code: 'ratelimited' }],
  ])('T11 a channel of which nobody knows who reads it gets nothing: it %s', async (_, error, expected) => {
    if (error) sandbox.fault({ method: 'conversations.info', kind: 'error', error })
    const { reading, posting } = slackClients({ token: sandbox.botToken, apiUrl: sandbox.apiUrl })
    const directory = slackDirectory({ reading, teamId: () => 'T0SANDBOX', now: Date.now })
    const isExternal = error ? directory.isExternal : () => Promise.reject(new DirectoryError('no answer'))
    expect(await why(speaking(posting, { isExternal }).announce(request, 'C0PROD'))).toMatchObject(expected)
    expect(sandbox.messages('C0PROD')).toEqual([])
  })

  it('takes no message of another app for a card, whatever it copied from one', async () => {
    const { ts } = await messenger.announce(request, 'C0PROD')
    const other = speaking(impatient(sandbox), { botId: () => 'B0OTHER' })
    expect(await other.find(request, 'C0PROD')).toEqual([])
    expect(await messenger.find(request, 'C0PROD')).toEqual([ts])
  })

  it('does not look for what it posted before it knows as whom it posts', async () => {
    const nobodyYet = speaking(impatient(sandbox), { botId: () => null })
    expect(await why(nobodyYet.find(request, 'C0PROD'))).toMatchObject({ kind: 'later', code: 'not_connected' })
  })

  it('finds a card over several pages of history', async () => {
    const { ts } = await messenger.announce(request, 'C0PROD')
    for (let i = 0; i < 205; i++) await messenger.say('C0PROD', `message ${i}`)
    expect(await messenger.find(request, 'C0PROD')).toEqual([ts])
  })

  it('says that it may not look where Slack refuses for good, and throws where it may later', async () => {
    sandbox.fault({ method: 'conversations.history', kind: 'error', error: 'missing_scope', times: 1 })
    expect(await messenger.find(request, 'C0PROD')).toBeNull()
    expect(await messenger.find(request, 'G0SECRET')).toBeNull()
    sandbox.fault({ method: 'conversations.history', kind: 'ratelimited', retryAfter: 3, times: 1 })
    expect(await why(messenger.find(request, 'C0PROD'))).toEqual({
      kind: 'later',
      code: 'ratelimited',
      retryAfterMs: 3_000,
    })
    sandbox.fault({ method: 'conversations.history', kind: 'status', status: 502, times: 1 })
    expect(await why(messenger.find(request, 'C0PROD'))).toMatchObject({ kind: 'later', code: 'http_502' })
  })

  it('says a sentence as plain words', async () => {
    await messenger.say('C0AUDIT', 'policy.yaml:3:1 <!channel> & more')
    expect(sandbox.messages('C0AUDIT')[0]?.text).toBe('policy.yaml:3:1 &lt;!channel&gt; &amp; more')
  })

  it('wakes the groups and people it is told to, and nobody whom the sentence names', async () => {
    await messenger.say('C0AUDIT', 'broken: <!channel>\n<@U0ERIN>', ['S0DATA', 'U0BOB', '<!here>'])
    const [said] = sandbox.messages('C0AUDIT')
    expect(said?.text).toBe('broken: &lt;!channel&gt;\n&lt;@U0ERIN&gt;')
    expect(said?.blocks).toMatchObject([
      { type: 'section', text: { type: 'mrkdwn', text: '<!subteam^S0DATA> <@U0BOB> &lt;!here&gt;' } },
      { type: 'section', text: { type: 'plain_text', text: 'broken: <!channel>\n<@U0ERIN>', emoji: false } },
    ])
  })

  it.each([
    ['channel_not_found', 'permanent'],
    ['not_in_channel', 'permanent'],
    ['is_archived', 'permanent'],
    ['restricted_action_read_only_channel', 'permanent'],
    ['invalid_blocks', 'permanent'],
    ['invalid_blocks_format', 'permanent'],
    ['msg_blocks_too_long', 'permanent'],
    ['metadata_too_large', 'permanent'],
    ['invalid_metadata_schema', 'permanent'],
    ['missing_scope', 'permanent'],
    ['invalid_auth', 'permanent'],
    ['token_revoked', 'permanent'],
    ['account_inactive', 'permanent'],
    ['ratelimited', 'later'],
    ['service_unavailable', 'later'],
    ['request_timeout', 'later'],
    ['team_added_to_org', 'later'],
    ['internal_error', 'unknown'],
    ['fatal_error', 'unknown'],
  ])('takes %s of an announcement as %s', async (error, kind) => {
    sandbox.fault({ method: 'chat.postMessage', kind: 'error', error, times: 1 })
    expect(await why(messenger.announce(request, 'C0PROD'))).toEqual({ kind, code: error, retryAfterMs: null })
  })

  it('tries an error that nobody has classed again, but seldom', async () => {
    sandbox.fault({ method: 'chat.postMessage', kind: 'error', error: 'brand_new_error', times: 1 })
    const seldom = { kind: 'later', code: 'brand_new_error', retryAfterMs: 60_000 }
    expect(await why(messenger.announce(request, 'C0PROD'))).toEqual(seldom)
  })

  it('hands on how long a rate limit lasts, and does not wait for it', async () => {
    sandbox.fault({ method: 'chat.postMessage', kind: 'ratelimited', retryAfter: 30, times: 1 })
    expect(await why(messenger.announce(request, 'C0PROD'))).toEqual({
      kind: 'later',
      code: 'ratelimited',
      retryAfterMs: 30_000,
    })
    sandbox.fault({ method: 'chat.postMessage', kind: 'ratelimited', retryAfter: null, times: 1 })
    expect(await why(messenger.announce(request, 'C0PROD'))).toMatchObject({ kind: 'later', retryAfterMs: null })
    // Nothing is held up behind it.
    await expect(messenger.announce(request, 'C0PROD')).resolves.toHaveProperty('ts')
  })

  const unclear: readonly (readonly [Fault['kind'], Fault, number])[] = [
    ['timeout_after_commit', { method: '*', kind: 'timeout_after_commit', times: 1 }, 1],
    ['timeout_before_commit', { method: '*', kind: 'timeout_before_commit', times: 1 }, 0],
    ['reset_after_commit', { method: '*', kind: 'reset_after_commit', times: 1 }, 1],
    ['status_after_commit', { method: '*', kind: 'status_after_commit', status: 500, times: 1 }, 1],
    ['status', { method: '*', kind: 'status', status: 503, times: 1 }, 0],
    ['malformed', { method: '*', kind: 'malformed', times: 1 }, 1],
  ]

  it.each(unclear)('takes %s as maybe said, says it once, and finds out by looking', async (_, fault, said) => {
    const hasty = speaking(impatient(sandbox))
    sandbox.fault(fault)
    expect(await why(hasty.announce(request, 'C0PROD'))).toMatchObject({ kind: 'unknown' })
    expect(sandbox.messages('C0PROD')).toHaveLength(said)
    expect(await hasty.find(request, 'C0PROD')).toHaveLength(said)
  })

  it.each(unclear)('takes %s of an update as not said yet: saying it again changes nothing', async (_, fault) => {
    const { ts } = await messenger.announce(request, 'C0PROD')
    sandbox.fault(fault)
    expect(await why(speaking(impatient(sandbox)).update(approved(), card(ts)))).toMatchObject({ kind: 'later' })
  })

  it('reports a card that is gone by Slack’s own word', async () => {
    expect(await why(messenger.update(request, card('1.000001')))).toMatchObject({
      kind: 'permanent',
      code: 'message_not_found',
    })
  })

  it('fails for good once the app is uninstalled', async () => {
    sandbox.uninstall()
    expect(await why(messenger.announce(request, 'C0PROD'))).toMatchObject({
      kind: 'permanent',
      code: 'account_inactive',
    })
  })
})

describe('the messenger, where nobody answers', () => {
  it('knows that nothing was said when the call never left', async () => {
    const server: Server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const { posting } = slackClients({ token: 'xoxb-none', apiUrl: `http://127.0.0.1:${port}/api/` })
    expect(await why(speaking(posting).announce(pending(), 'C0PROD'))).toEqual({
      kind: 'later',
      code: 'ECONNREFUSED',
      retryAfterMs: null,
    })
  })
})
