import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { sign } from '../../src/sandbox/signature.ts'
import { type Stage, stage } from './bolt.ts'

interface Got {
  headers: IncomingMessage['headers']
  body: string
}

describe('signed HTTP deliveries', () => {
  let sandbox: Sandbox
  let server: Server
  let got: Got[]
  let answer: { status: number; headers?: Record<string, string> }
  beforeEach(async () => {
    sandbox = await startSandbox()
    got = []
    answer = { status: 200 }
    server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      got.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() })
      outgoing.writeHead(answer.status, answer.headers).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    sandbox.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  })
  afterEach(async () => {
    await sandbox.stop()
    await new Promise((resolve) => server.close(resolve))
  })

  it('carry a signature over the raw body and a bare content type', async () => {
    await sandbox.as('U0BOB').command('/approvals', 'a b')
    const { headers, body } = got[0] ?? { headers: {}, body: '' }
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
    const timestamp = String(headers['x-slack-request-timestamp'])
    expect(headers['x-slack-signature']).toBe(sign(sandbox.signingSecret, timestamp, body))
    expect(new URLSearchParams(body).get('is_enterprise_install')).toBe('false')
  })

  it('only a 200 counts as an acknowledgement', async () => {
    answer = { status: 500 }
    expect(await sandbox.as('U0BOB').command('/approvals', '')).toMatchObject({
      acked: false,
      status: 500,
      error: '/approvals failed with the error "dispatch_failed"',
    })
    expect(got).toHaveLength(1)
  })

  it('events come again three times, with the same id and a note of why', async () => {
    answer = { status: 500 }
    sandbox.setUser('U0BOB', { deleted: true })
    await sandbox.until(() => got.length === 2, 'the first retry at once')
    sandbox.advance(60_000)
    await sandbox.until(() => got.length === 3, 'the second retry')
    sandbox.advance(300_000)
    await sandbox.until(() => got.length === 4, 'the third retry')
    sandbox.advance(3_600_000)
    expect(got.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1', '2', '3'])
    expect(got[3]?.headers['x-slack-retry-reason']).toBe('http_error')
    expect(new Set(got.map(({ body }) => JSON.parse(body).event_id)).size).toBe(1)
  })

  it('an app can decline retries', async () => {
    answer = { status: 500, headers: { 'x-slack-no-retry': '1' } }
    await sandbox.as('U0BOB').openHome()
    sandbox.advance(600_000)
    answer = { status: 200 }
    await sandbox.as('U0CAROL').openHome()
    expect(got.map(({ body }) => JSON.parse(body).event.user)).toEqual(['U0BOB', 'U0CAROL'])
  })

  it('copies and replays are identical to the byte', async () => {
    await sandbox.deliver('interactive', { type: 'block_actions' }, { copies: 2 })
    const last = sandbox.lastDelivery()
    if (!last) throw new Error('nothing was delivered')
    await sandbox.replay(last)
    const seen = got.map(({ headers, body }) => [headers['x-slack-signature'], body])
    expect(seen).toHaveLength(3)
    expect(new Set(seen.map(String)).size).toBe(1)
  })
})

describe('the real Bolt receiver', () => {
  let on: Stage
  beforeEach(async () => {
    on = await stage('http')
    on.app.action('approve', ({ ack }) => ack())
  })
  afterEach(() => on.stop())
  const payload = { type: 'block_actions', actions: [{ action_id: 'approve', type: 'button', block_id: 'b' }] }
  const body = { ...payload, user: { id: 'U0BOB' }, team: { id: 'T0SANDBOX' } }
  const status = async (opts: object) => (await on.sandbox.deliver('interactive', body, opts))[0]?.status

  it('takes a good delivery and refuses forged, stale and oddly typed ones', async () => {
    expect(await status({})).toBe(200)
    expect(await status({ signature: 'wrong' })).toBe(401)
    expect(await status({ timestampOffsetSeconds: -301 })).toBe(401)
    expect(await status({ contentType: 'application/x-www-form-urlencoded; charset=utf-8' })).toBe(400)
  })

  it('answers the url_verification that Slack sends when a request URL is set', async () => {
    const verification = { type: 'url_verification', token: 'x', challenge: 'abc' }
    const [result] = await on.sandbox.deliver('events_api', verification)
    expect(result).toMatchObject({ status: 200, body: { challenge: 'abc' } })
  })
})
