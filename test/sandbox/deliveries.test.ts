import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { type Stage, stage } from './bolt.ts'
import { call } from './call.ts'

describe('faults on the way to the app', () => {
  let sandbox: Sandbox
  let server: Server
  let bodies: string[]
  let status: number
  beforeEach(async () => {
    sandbox = await startSandbox({ ackTimeoutMs: 300 })
    bodies = []
    status = 200
    server = createServer(async (incoming, outgoing) => {
      let body = ''
      for await (const chunk of incoming) body += String(chunk)
      bodies.push(`${incoming.headers['x-slack-signature']} ${body}`)
      outgoing.writeHead(status).end(bodies.length === 1 ? 'first' : 'another')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    sandbox.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  })
  afterEach(async () => {
    await sandbox.stop()
    await new Promise((resolve) => server.close(resolve))
  })
  const command = () => sandbox.as('U0BOB').command('/approvals', 'help')

  it('a duplicate is the same to the byte, and the answer to the first one counts', async () => {
    sandbox.deliveryFault({ kind: 'duplicate', copies: 3, times: 1 })
    const { reply } = await command()
    expect(bodies).toHaveLength(3)
    expect(new Set(bodies).size).toBe(1)
    expect(sandbox.as('U0BOB').ephemerals()).toEqual([reply])
    expect(sandbox.deliveries.map(({ seq, result }) => [seq, result?.acked])).toEqual([
      [1, true],
      [2, true],
      [3, true],
    ])
    await command()
    expect(bodies).toHaveLength(4)
  })

  it('a late one arrives, though Slack has stopped waiting when it is too late', async () => {
    sandbox.deliveryFault({ kind: 'late', ms: 20, times: 1 })
    const late = await command()
    expect(late).toMatchObject({ acked: true, status: 200 })
    expect(late.ackMs).toBeGreaterThanOrEqual(20)
    sandbox.deliveryFault({ kind: 'late', ms: 3_600_000, times: 1 })
    expect((await command()).error).toContain('operation_timeout')
    expect(bodies).toHaveLength(1)
    sandbox.advance(3_600_000)
    await sandbox.until(() => bodies.length === 2, 'the late one')
  })

  it('a late answer changes nothing for who was told already that there was none', async () => {
    const bob = sandbox.as('U0BOB')
    sandbox.deliveryFault({ kind: 'late', ms: 3_600_000, times: 1 })
    expect((await bob.command('/approvals', 'help')).reply).toBeUndefined()
    const { trigger_id } = sandbox.lastDelivery()?.payload ?? {}
    sandbox.advance(3_600_000)
    await sandbox.until(() => bodies.length === 1, 'the late one')
    // Over the same connection to the app, so that the late answer was read before this one.
    await command()
    expect(bob.ephemerals().map(({ text }) => text)).toEqual(['another'])
    const view = { type: 'modal', title: { type: 'plain_text', text: 'Late' }, blocks: [] }
    expect((await call(sandbox, 'views.open', { trigger_id, view })).body.error).toBe('expired_trigger_id')
    expect(sandbox.deliveries[0]?.result).toMatchObject({ acked: false, error: 'operation_timeout' })
  })

  it('a lost one is never seen, and an event that was lost comes again', async () => {
    sandbox.deliveryFault({ kind: 'lost', times: 2 })
    expect((await command()).error).toBe('/approvals failed with the error "operation_timeout"')
    expect(bodies).toEqual([])
    await sandbox.as('U0BOB').openHome()
    await sandbox.until(() => bodies.length === 1, 'the event, sent again')
    expect(sandbox.deliveries.map(({ about, result }) => [about, result?.error])).toEqual([
      ['/approvals help', 'operation_timeout'],
      ['app_home_opened', 'operation_timeout'],
      ['app_home_opened', undefined],
    ])
  })

  it('strike the kinds they were planned for, and spare what a test delivers itself', async () => {
    sandbox.deliveryFault({ kind: 'lost', kinds: ['events_api'] })
    expect(await command()).toMatchObject({ acked: true })
    const [result] = await sandbox.deliver('events_api', { type: 'url_verification' })
    expect(result).toMatchObject({ acked: true })
  })

  it('are listed with how often they will still strike, and taken away by their id', async () => {
    sandbox.deliveryFault({ kind: 'late', ms: 1, times: 2 })
    const mend = sandbox.fault({ method: '*', kind: 'status', status: 503 })
    await command()
    const [late, down] = sandbox.standing().faults
    expect(late).toMatchObject({ fault: { delivery: { kind: 'late' } }, left: 1 })
    expect(down).toMatchObject({ fault: { api: { kind: 'status' } }, left: null })
    expect([sandbox.removeFault(late?.id ?? ''), sandbox.removeFault(late?.id ?? '')]).toEqual([true, false])
    mend()
    expect(sandbox.standing().faults).toEqual([])
  })
})

describe('the log of deliveries', () => {
  let on: Stage | undefined
  afterEach(async () => {
    await on?.stop()
    on = undefined
  })

  it('says what each was about, for whom, and how the app answered', async () => {
    on = await stage('socket', { ackTimeoutMs: 200 })
    on.app.shortcut('find', ({ ack }) => ack())
    const carol = on.sandbox.as('U0CAROL')
    await carol.shortcut('find')
    await carol.command('/nobody-listens', '')
    const [shortcut, command] = on.sandbox.deliveries
    expect(shortcut).toMatchObject({ about: 'shortcut find', user: 'U0CAROL', result: { acked: true } })
    expect(command).toMatchObject({ about: '/nobody-listens', user: 'U0CAROL', result: { error: 'operation_timeout' } })
  })

  it('shows a record before it is answered, and another one after', async () => {
    on = await stage('socket')
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    on.app.shortcut('find', ({ ack }) => held.then(() => ack()))
    const done = on.sandbox.as('U0BOB').shortcut('find')
    const open = on.sandbox.deliveries[0]
    expect(open?.result).toBeUndefined()
    release()
    await done
    expect(on.sandbox.deliveries[0]).not.toBe(open)
    expect(on.sandbox.deliveries[0]?.result).toMatchObject({ acked: true })
  })

  it('keeps the latest thousand', async () => {
    const alone = await startSandbox()
    for (let n = 0; n < 1_002; n += 1) await alone.deliver('interactive', { type: 'shortcut', callback_id: `${n}` })
    expect(alone.deliveries).toHaveLength(1_000)
    expect(alone.deliveries[0]).toMatchObject({ seq: 3, about: 'shortcut 2', result: { error: 'dispatch_failed' } })
    await alone.stop()
  })

  it('names what was wrong in the answer, while the person is told only that something was', async () => {
    on = await stage('socket')
    on.app.command('/wrong', ({ ack }) => ack({ text: '', blocks: [{ type: 'section' }] }))
    const result = await on.sandbox.as('U0BOB').command('/wrong', '')
    expect(result.error).toBe('/wrong failed with the error "invalid_command_response"')
    expect(on.sandbox.deliveries[0]?.problems).toEqual([
      'invalid_blocks',
      '[ERROR] must provide one of: text, fields [json-pointer:/blocks/0]',
    ])
  })
})
