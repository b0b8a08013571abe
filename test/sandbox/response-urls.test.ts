import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { card } from './bolt.ts'
import { ok } from './call.ts'

describe('a response_url', () => {
  let sandbox: Sandbox
  let ts: string
  beforeEach(async () => {
    sandbox = await startSandbox()
    ts = String((await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'card', blocks: card() })).ts)
  })
  afterEach(() => sandbox.stop())

  const lastUrl = () => String(sandbox.lastDelivery()?.payload.response_url)
  const clicked = async (user = 'U0BOB') => {
    await sandbox.as(user).click('C0PROD', ts, 'approve')
    return lastUrl()
  }
  const respond = async (url: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, text: await response.text() }
  }

  it('works five times', async () => {
    const url = await clicked()
    for (let use = 1; use <= 5; use += 1) expect((await respond(url, { text: `answer ${use}` })).status).toBe(200)
    expect(await respond(url, { text: 'once more' })).toEqual({ status: 404, text: 'used_url' })
    expect(sandbox.as('U0BOB').ephemerals()).toHaveLength(5)
  })

  it('works for thirty minutes', async () => {
    const url = await clicked()
    sandbox.advance(29 * 60_000)
    expect((await respond(url, { text: 'still' })).status).toBe(200)
    sandbox.advance(60_001)
    expect(await respond(url, { text: 'late' })).toEqual({ status: 404, text: 'expired_url' })
  })

  it('replaces or deletes the message it came from', async () => {
    await respond(await clicked(), { text: 'done', blocks: [], replace_original: true })
    expect(sandbox.message('C0PROD', ts)).toMatchObject({ text: 'done', blocks: [] })
    const forged = await sandbox.as('U0BOB').click('C0PROD', ts, 'approve', { overrideValue: 'req_2' })
    expect(forged.acked).toBe(false)
    await respond(lastUrl(), { delete_original: true })
    expect(sandbox.messages('C0PROD')).toEqual([])
  })

  it('changes an ephemeral message, which nothing else can', async () => {
    await respond(await clicked(), { text: 'sure?', blocks: card() })
    const bob = sandbox.as('U0BOB')
    const whisper = bob.ephemerals()[0]?.ts ?? ''
    await bob.click('C0PROD', whisper, 'deny')
    expect(sandbox.lastDelivery()?.payload).toMatchObject({ container: { is_ephemeral: true, message_ts: whisper } })
    expect(sandbox.lastDelivery()?.payload).not.toHaveProperty('message')
    const url = lastUrl()
    await respond(url, { text: 'denied', replace_original: true })
    expect(bob.ephemerals()).toMatchObject([{ ts: whisper, text: 'denied' }])
    await respond(url, { delete_original: true })
    expect(bob.ephemerals()).toEqual([])
  })

  it('speaks to the channel where asked to, and refuses what is no message', async () => {
    const url = await clicked()
    await respond(url, { text: 'all of you', response_type: 'in_channel' })
    expect(sandbox.messages('C0PROD').at(-1)?.text).toBe('all of you')
    expect((await respond(url, {})).text).toContain('no_text')
    expect((await respond(url, { blocks: [{ type: 'banner' }] })).text).toContain('invalid_blocks')
    expect((await respond(`${sandbox.url}/actions/T0/X/guessed`, { text: 'x' })).status).toBe(404)
  })
})
