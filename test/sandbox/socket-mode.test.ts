import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { postCard, type Stage, stage } from './bolt.ts'
import { call } from './call.ts'

interface Envelope {
  type: string
  envelope_id: string
  reason?: string
  num_connections?: number
  accepts_response_payload?: boolean
  payload: Record<string, unknown>
}

describe('Socket Mode on the wire', () => {
  let sandbox: Sandbox
  const clients: Client[] = []
  beforeEach(async () => {
    sandbox = await startSandbox({ ackTimeoutMs: 300 })
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.terminate()
    await sandbox.stop()
  })

  interface Client {
    socket: WebSocket
    got: Envelope[]
    closed: boolean
    ack: (envelope: Envelope | undefined, payload?: object) => void
  }

  const address = async () => String((await call(sandbox, 'apps.connections.open', {}, sandbox.appToken)).body.url)
  const connect = async (url: string): Promise<Client> => {
    const socket = new WebSocket(url)
    const client: Client = {
      socket,
      got: [],
      closed: false,
      ack: (envelope, payload) =>
        socket.send(
          JSON.stringify({ envelope_id: envelope?.envelope_id ?? 'unknown', ...(payload ? { payload } : {}) }),
        ),
    }
    clients.push(client)
    socket.on('message', (data) => client.got.push(JSON.parse(String(data))))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      client.closed = true
    })
    await sandbox.until(() => client.got.length > 0 || client.closed, 'hello or refusal')
    return client
  }

  it('greets first, and an address works once', async () => {
    const url = await address()
    const first = await connect(url)
    expect(first.got[0]).toMatchObject({
      type: 'hello',
      num_connections: 1,
      connection_info: { app_id: sandbox.appId },
    })
    expect((await connect(url)).closed).toBe(true)
    const late = await address()
    sandbox.advance(30_001)
    expect((await connect(late)).closed).toBe(true)
    expect(sandbox.connections()).toBe(1)
    const refused = sandbox.calls.filter(({ method }) => method === 'WebSocket')
    expect(refused.map(({ outcome }) => outcome)).toEqual(['unknown_ticket', 'expired_ticket'])
  })

  it('gives each envelope to one connection, in turn', async () => {
    const [one, two] = [await connect(await address()), await connect(await address())]
    const sent = [sandbox.as('U0BOB').command('/a', ''), sandbox.as('U0BOB').command('/b', '')]
    await sandbox.until(() => one.got.length === 2 && two.got.length === 2, 'one envelope each')
    expect(one.got[1]).toMatchObject({ type: 'slash_commands', accepts_response_payload: true })
    one.ack(one.got[1], { text: 'from one' })
    two.ack(two.got[1])
    const [first, second] = await Promise.all(sent)
    expect([first?.reply?.text, second?.reply]).toEqual(['from one', undefined])
  })

  it('turns away the eleventh connection', async () => {
    for (let n = 0; n < 10; n += 1) await connect(await address())
    const eleventh = await connect(await address())
    expect(eleventh.got[0]).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' })
    expect(sandbox.connections()).toBe(10)
  })

  it('writes down acknowledgements that break the protocol', async () => {
    const client = await connect(await address())
    client.ack(undefined)
    await sandbox.until(() => sandbox.protocolFaults.length === 1, 'the unknown id')
    const late = await sandbox.as('U0BOB').command('/a', '')
    expect(late.error).toContain('operation_timeout')
    client.ack(client.got[1])
    await sandbox.until(() => sandbox.protocolFaults.length === 2, 'the late one')
    const delivered = sandbox.deliver('interactive', { type: 'block_actions' })
    const envelope = await sandbox.until(() => client.got[2], 'the click')
    client.ack(envelope, { text: 'not asked for' })
    expect(await delivered).toMatchObject([{ acked: true }])
    expect(sandbox.protocolFaults.map((fault) => fault.split(':')[0])).toEqual([
      'an unknown envelope_id',
      'a late or repeated acknowledgement',
      'a body where none is accepted',
    ])
  })

  it('a click meets nobody while no socket is open', async () => {
    const client = await connect(await address())
    sandbox.disconnectSockets('cut')
    await sandbox.until(() => client.closed, 'the cut')
    const result = await sandbox.as('U0BOB').command('/a', '')
    expect(result).toMatchObject({ acked: false, error: '/a failed with the error "dispatch_failed"' })
  })

  it('a warned connection serves while there is no other, and goes when its time is up', async () => {
    const warned = await connect(await address())
    sandbox.disconnectSockets('warning')
    await sandbox.until(() => warned.got.length === 2, 'the warning')
    expect(warned.got[1]).toMatchObject({ type: 'disconnect', reason: 'warning' })
    const still = sandbox.as('U0BOB').command('/a', '')
    warned.ack(await sandbox.until(() => warned.got[2], 'the command'))
    expect(await still).toMatchObject({ acked: true })
    const next = await connect(await address())
    const moved = sandbox.as('U0BOB').command('/b', '')
    next.ack(await sandbox.until(() => next.got[1], 'the next command'))
    expect(await moved).toMatchObject({ acked: true })
    sandbox.advance(10_000)
    await sandbox.until(() => warned.got.length === 4, 'the end')
    expect(warned.got[3]).toMatchObject({ type: 'disconnect', reason: 'refresh_requested' })
    expect(sandbox.connections()).toBe(1)
  })

  it('closes TCP after the close handshake, or keeps it open as the real Slack does', async () => {
    const polite = await connect(await address())
    polite.socket.close(1000)
    await sandbox.until(() => polite.closed, 'the end of TCP')
    const stubborn = await startSandbox({ socketKeepTcpOpen: true })
    const opened = await call(stubborn, 'apps.connections.open', {}, stubborn.appToken)
    const socket = new WebSocket(String(opened.body.url))
    await stubborn.until(() => stubborn.connections() === 1 && socket.readyState === WebSocket.OPEN, 'the socket')
    socket.close(1000)
    await stubborn.until(() => stubborn.connections() === 0, 'the close handshake')
    await call(stubborn, 'auth.test')
    expect(socket.readyState).toBe(WebSocket.CLOSING)
    socket.terminate()
    await stubborn.stop()
  })
})

describe('the real SocketModeClient', () => {
  let on: Stage
  afterEach(() => on.stop())

  it.each(['refresh_requested', 'cut'] as const)('comes back after %s and hears clicks again', async (reason) => {
    on = await stage('socket', {}, 1_000)
    const { sandbox, app } = on
    app.action('approve', ({ ack }) => ack())
    const ts = await postCard(on)
    sandbox.disconnectSockets(reason)
    expect(sandbox.connections()).toBe(0)
    const lost = await sandbox.as('U0BOB').click('C0APPROVALS', ts, 'approve')
    expect(lost.error).toContain('dispatch_failed')
    await sandbox.until(() => sandbox.connections() === 1, 'the reconnect', 9_000)
    expect(await sandbox.as('U0BOB').click('C0APPROVALS', ts, 'approve')).toMatchObject({ acked: true })
    expect(sandbox.protocolFaults).toEqual([])
  })
})
