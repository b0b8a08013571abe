import { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { call } from './call.ts'

const post = { channel: 'C0PROD', text: 'once' }

describe('planned faults, seen by the real WebClient', () => {
  let sandbox: Sandbox
  let client: WebClient
  beforeEach(async () => {
    sandbox = await startSandbox()
    const retryConfig = { retries: 0 }
    client = new WebClient(sandbox.botToken, {
      slackApiUrl: sandbox.apiUrl,
      retryConfig,
      timeout: 200,
      rejectRateLimitedCalls: true,
    })
  })
  afterEach(() => sandbox.stop())
  const posted = () => sandbox.messages('C0PROD').length
  const method = 'chat.postMessage'

  it('an error, as often as planned, and only in the channel it was planned for', async () => {
    sandbox.fault({ method, kind: 'error', error: 'fatal_error', times: 2, channel: 'C0PROD' })
    await client.chat.postMessage({ ...post, channel: 'C0AUDIT' })
    await expect(client.chat.postMessage(post)).rejects.toMatchObject({ data: { error: 'fatal_error' } })
    await expect(client.chat.postMessage(post)).rejects.toMatchObject({ data: { error: 'fatal_error' } })
    await client.chat.postMessage(post)
    expect(posted()).toBe(1)
  })

  it('a fault without a number stays until it is taken away', async () => {
    const mend = sandbox.fault({ method: '*', kind: 'status', status: 503 })
    await expect(client.auth.test()).rejects.toMatchObject({ statusCode: 503 })
    await expect(client.chat.postMessage(post)).rejects.toMatchObject({ statusCode: 503 })
    mend()
    await client.chat.postMessage(post)
    expect(sandbox.calls.map((each) => each.outcome)).toEqual(['503', '503', 'ok'])
  })

  it('a rate limit with and without the time to wait', async () => {
    sandbox.fault({ method, kind: 'ratelimited', retryAfter: 7, times: 1 })
    await expect(client.chat.postMessage(post)).rejects.toMatchObject({ retryAfter: 7 })
    sandbox.fault({ method, kind: 'ratelimited', retryAfter: null, times: 1 })
    await expect(client.chat.postMessage(post)).rejects.toThrow()
    expect(posted()).toBe(0)
  })

  it.each([
    ['timeout_before_commit', 0],
    ['timeout_after_commit', 1],
    ['reset_after_commit', 1],
    ['malformed', 1],
  ] as const)('%s leaves %i messages behind', async (kind, left) => {
    sandbox.fault({ method, kind, times: 1 })
    await expect(client.chat.postMessage(post)).rejects.toThrow()
    expect(posted()).toBe(left)
    expect(sandbox.calls.at(-1)?.outcome).toBe(kind)
  })

  it('a 500 after the message was posted', async () => {
    sandbox.fault({ method, kind: 'status_after_commit', status: 500, times: 1 })
    await expect(client.chat.postMessage(post)).rejects.toMatchObject({ statusCode: 500 })
    expect(posted()).toBe(1)
  })

  it('a slow answer is still an answer', async () => {
    sandbox.fault({ method, kind: 'slow', ms: 30, times: 1 })
    expect(await client.chat.postMessage(post)).toMatchObject({ ok: true })
  })
})

describe('rate limits', () => {
  let sandbox: Sandbox
  afterEach(() => sandbox.stop())

  it('hold posts to one a second in a channel after a short burst, and spare other channels', async () => {
    sandbox = await startSandbox()
    const statuses: number[] = []
    for (let n = 0; n < 6; n += 1) statuses.push((await call(sandbox, 'chat.postMessage', post)).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
    const limited = await call(sandbox, 'chat.postMessage', post)
    expect(limited).toMatchObject({ status: 429, retryAfter: '1', body: { ok: false, error: 'ratelimited' } })
    expect((await call(sandbox, 'chat.postMessage', { ...post, channel: 'C0AUDIT' })).status).toBe(200)
    sandbox.advance(1_000)
    expect((await call(sandbox, 'chat.postMessage', post)).status).toBe(200)
  })

  it('count each method by its tier', async () => {
    sandbox = await startSandbox()
    const list = async () => (await call(sandbox, 'usergroups.users.list', { usergroup: 'S0DATA' })).status
    for (let n = 0; n < 20; n += 1) expect(await list()).toBe(200)
    expect(await call(sandbox, 'usergroups.users.list')).toMatchObject({ status: 429, retryAfter: '3' })
    expect((await call(sandbox, 'users.info', { user: 'U0BOB' })).status).toBe(200)
    sandbox.advance(3_000)
    expect(await list()).toBe(200)
  })

  it('can be switched off', async () => {
    sandbox = await startSandbox({ rateLimits: false })
    for (let n = 0; n < 25; n += 1) expect((await call(sandbox, 'chat.postMessage', post)).status).toBe(200)
  })
})

describe('waiting', () => {
  it('ends with the name of what was waited for and the latest calls', async () => {
    const sandbox = await startSandbox()
    await call(sandbox, 'chat.postMessage', { channel: 'C0NOWHERE', text: 'x' })
    const waiting = sandbox.until(() => false, 'a miracle', 50)
    await expect(waiting).rejects.toThrow(/a miracle.*chat\.postMessage.*channel_not_found/s)
    await sandbox.stop()
  })
})
