import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { card, stage } from './bolt.ts'
import { call, ok } from './call.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const section = (length: number) => ({ type: 'section', text: plain('x'.repeat(length)) })
const modal = (more: object = {}) => ({ type: 'modal', title: plain('M'), blocks: [section(1)], ...more })

describe('the record of a call names the limit that it broke', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.stop())
  const bob = () => sandbox.as('U0BOB')
  const trigger = async () => {
    await bob().command('/any', '')
    return sandbox.lastDelivery()?.payload.trigger_id
  }
  const broken = async (method: string, args: Record<string, unknown>) => {
    const { error } = (await call(sandbox, method, args)).body
    const { outcome, problems } = sandbox.calls.at(-1) ?? {}
    expect(outcome).toBe(error)
    return [error, ...(problems ?? [])]
  }
  const post = (more: object) => broken('chat.postMessage', { channel: 'C0PROD', text: 'x', ...more })

  it("in Slack's own lines where it has them", async () => {
    const [error, ...problems] = await post({ blocks: [section(3_001), { type: 'banner' }] })
    expect(error).toBe('invalid_blocks')
    expect(problems).toEqual([
      '[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
      '[ERROR] unsupported type: banner [json-pointer:/blocks/1/type]',
    ])
    expect(await broken('views.open', { trigger_id: await trigger(), view: modal({ title: plain('') }) })).toEqual([
      'invalid_arguments',
      '[ERROR] must be more than 0 characters [json-pointer:/view/title/text]',
    ])
  })

  it('in a sentence where Slack says nothing but a code', async () => {
    const { ts } = await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'x' })
    expect(await broken('chat.update', { channel: 'C0PROD', ts, text: 'x'.repeat(4_001) })).toEqual([
      'msg_too_long',
      'chat.update takes a text of 4000 characters; this one has 4001',
    ])
    expect(await post({ blocks: Array.from({ length: 5 }, () => section(3_000)) })).toEqual([
      'msg_blocks_too_long',
      'blocks may hold 13000 characters in all; these hold 15000',
    ])
    const metadata = { event_type: 'x', event_payload: { text: 'x'.repeat(16_000) } }
    expect(await post({ metadata })).toEqual(['metadata_too_large', expect.stringContaining('16000 bytes')])
    const big = Array.from({ length: 90 }, () => section(2_900))
    const opened = await broken('views.open', { trigger_id: await trigger(), view: modal({ blocks: big }) })
    expect(opened).toEqual(['view_too_large', expect.stringContaining('250000 bytes')])
  })

  it('of triggers, stacks, hashes and ids', async () => {
    const late = await trigger()
    sandbox.advance(3_010)
    const opened = await broken('views.open', { trigger_id: late, view: modal() })
    expect(opened).toEqual([
      'expired_trigger_id',
      expect.stringMatching(/good for 3 seconds; this one came \d+ ms late/),
    ])
    const trigger_id = await trigger()
    await ok(sandbox, 'views.open', { trigger_id, view: modal({ external_id: 'e' }) })
    expect(await broken('views.push', { trigger_id, view: modal() })).toEqual([
      'exchanged_trigger_id',
      expect.stringContaining('opens one view'),
    ])
    expect(await broken('views.push', { trigger_id: await trigger(), view: modal({ external_id: 'e' }) })).toEqual([
      'duplicate_external_id',
      expect.stringContaining('external_id e'),
    ])
    for (let n = 0; n < 2; n += 1) await ok(sandbox, 'views.push', { trigger_id: await trigger(), view: modal() })
    expect(await broken('views.push', { trigger_id: await trigger(), view: modal() })).toEqual([
      'push_limit_reached',
      'at most 3 modals stand on each other',
    ])
    const view_id = bob().modals()[0]?.id
    expect(await broken('views.update', { view_id, hash: 'old', view: modal() })).toEqual([
      'hash_conflict',
      expect.stringMatching(/its hash is [\d.a-f]+, not old/),
    ])
  })

  it('of rates, whether the channel is called by its name or its id', async () => {
    for (let n = 0; n < 5; n += 1) await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'x' })
    const again = await broken('chat.postMessage', { channel: '#prod', text: 'x' })
    expect(again).toEqual(['ratelimited', 'chat.postMessage may post one message a second into C0PROD; Retry-After 1'])
    const update = { channel: 'C0PROD', ts: '1.000001', text: 'x' }
    for (let n = 0; n < 50; n += 1) await call(sandbox, 'chat.update', update)
    expect(await broken('chat.update', update)).toEqual([
      'ratelimited',
      'chat.update may be called 50 times a minute; Retry-After 2',
    ])
  })

  it('of response_urls', async () => {
    await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'card', blocks: card() })
    await bob().click('C0PROD', sandbox.messages('C0PROD')[0]?.ts ?? '', 'approve')
    const url = String(sandbox.lastDelivery()?.payload.response_url)
    const headers = { 'content-type': 'application/json' }
    for (let n = 0; n < 6; n += 1) await fetch(url, { method: 'POST', headers, body: '{"text":"x"}' })
    expect(sandbox.calls.slice(-2)).toMatchObject([
      { method: 'response_url', args: { text: 'x' }, outcome: 'ok', tokenKind: 'none' },
      { outcome: 'used_url', problems: ['a response_url works 5 times within 30 minutes'] },
    ])
    expect(JSON.stringify(sandbox.calls)).not.toContain(new URL(url).pathname)
  })

  it('numbers calls in their order, and replaces a record that changes', async () => {
    sandbox.fault({ method: 'auth.test', kind: 'slow', ms: 30, times: 1 })
    const slow = call(sandbox, 'auth.test')
    const open = await sandbox.until(() => sandbox.calls[0], 'the call')
    expect(open).toMatchObject({ seq: 1, outcome: 'pending' })
    await call(sandbox, 'team.info')
    await slow
    expect(sandbox.calls.map(({ seq, outcome }) => [seq, outcome])).toEqual([
      [1, 'ok'],
      [2, 'missing_scope'],
    ])
    expect(open.outcome).toBe('pending')
  })
})

describe('the answer to a submitted form', () => {
  it.each([
    [
      'a view that is too large',
      { response_action: 'update', view: modal({ title: plain('x'.repeat(25)) }) },
      'invalid_arguments',
    ],
    ['errors at what is no input', { response_action: 'errors', errors: { nowhere: 'x' } }, 'invalid_errors'],
    ['an action Slack does not know', { response_action: 'explode' }, 'unknown response_action: explode'],
  ])('with %s leaves the form open, and says why in the log alone', async (_, answer, problem) => {
    const on = await stage('socket')
    on.app.command('/f', ({ ack }) => ack())
    on.app.view('f', ({ ack }) => ack(answer as never))
    const bob = on.sandbox.as('U0BOB')
    await bob.command('/f', '')
    const trigger_id = on.sandbox.lastDelivery()?.payload.trigger_id
    await ok(on.sandbox, 'views.open', { trigger_id, view: modal({ callback_id: 'f', submit: plain('S') }) })
    const result = await bob.submit(bob.modals()[0]?.id ?? '', {})
    expect(result).toMatchObject({ acked: true, error: 'We had some trouble connecting. Try again?' })
    expect(bob.modals()).toHaveLength(1)
    expect(on.sandbox.deliveries.at(-1)?.problems?.[0]).toBe(problem)
    await on.stop()
  })
})
