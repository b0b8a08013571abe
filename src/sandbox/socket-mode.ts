import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import { DISCONNECT_GRACE_MS, GOODBYE_MS, SERVER_PING_MS, TICKET_MS } from './choices.ts'
import type { Clock } from './clock.ts'
import { foreignSocket } from './control/guard.ts'
import { hex } from './ids.ts'
import { isObject, type Json, type JsonObject, parseJson } from './json.ts'
import { APP } from './seed.ts'
import type { DeliveryKind, DeliveryResult, DisconnectReason } from './types.ts'

/** Slack opens at most this many sockets for one app. */
const MAX_CONNECTIONS = 10

interface Waiting {
  acceptsPayload: boolean
  settle: (payload: Json | undefined) => void
}

/** The server half of Socket Mode: tickets, hello, envelopes to one connection each, acknowledgements, disconnects. */
export class SocketMode {
  readonly protocolFaults: string[] = []
  readonly #server = new WebSocketServer({ noServer: true })
  readonly #tickets = new Map<string, number>()
  /** Usable connections; those told to go; and of these the ones that may still be used while there is no other. */
  readonly #open = new Set<WebSocket>()
  readonly #leaving = new Set<WebSocket>()
  readonly #warned = new Set<WebSocket>()
  readonly #waiting = new Map<string, Waiting>()
  readonly #settled = new Set<string>()
  readonly #clock: Clock
  readonly #keepTcpOpen: boolean
  readonly #changed: () => void
  readonly #refused: (problem: string) => void
  readonly #pings: NodeJS.Timeout
  #turn = 0

  /** @param refused is told why a WebSocket was not opened: the app itself sees a bare 401. */
  constructor(clock: Clock, keepTcpOpen: boolean, changed: () => void, refused: (problem: string) => void) {
    this.#clock = clock
    this.#keepTcpOpen = keepTcpOpen
    this.#changed = changed
    this.#refused = refused
    this.#pings = setInterval(() => this.#ping(), SERVER_PING_MS)
    this.#pings.unref()
  }

  /** A single-use ticket for the url that apps.connections.open answers. */
  ticket(): string {
    const ticket = hex(16)
    this.#tickets.set(ticket, this.#clock.now() + TICKET_MS)
    return ticket
  }

  connections(): number {
    return this.#usable().length
  }

  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Whoever asks may be gone before there is an answer; an error that nobody hears ends the process.
    socket.on('error', () => socket.destroy())
    const url = URL.parse(incoming.url ?? '/', 'http://sandbox')
    if (url === null) return void turnAway(socket, '400 Bad Request')
    // Any page may open a WebSocket here, and a browser always says whose page it is.
    if (foreignSocket(incoming)) return void turnAway(socket, '403 Forbidden')
    const ticket = url.searchParams.get('ticket') ?? ''
    const expires = this.#tickets.get(ticket)
    this.#tickets.delete(ticket)
    if (expires === undefined || expires < this.#clock.now()) {
      this.#refused(expires === undefined ? 'unknown_ticket' : 'expired_ticket')
      return void turnAway(socket, '401 Unauthorized')
    }
    if (this.#keepTcpOpen) socket.end = () => socket
    this.#server.handleUpgrade(incoming, socket, head, (connection) => this.#welcome(connection))
  }

  /** Sends one envelope to one of the open connections and waits for its acknowledgement. */
  send(kind: DeliveryKind, payload: JsonObject, deadlineMs: number, retry?: RetryNote): Promise<DeliveryResult> {
    const fresh = this.#usable()
    const open = fresh.length > 0 ? fresh : [...this.#warned].filter(isOpen)
    const connection = open[this.#turn++ % Math.max(open.length, 1)]
    if (!connection) return Promise.resolve({ acked: false, ackMs: 0, error: 'dispatch_failed' })
    const started = Date.now()
    const envelopeId = randomUUID()
    const acceptsPayload = acceptsResponse(kind, payload)
    return new Promise((resolve) => {
      const finish = (result: Omit<DeliveryResult, 'ackMs'>) => {
        clearTimeout(deadline)
        connection.off('close', dropped)
        this.#waiting.delete(envelopeId)
        this.#settled.add(envelopeId)
        resolve({ ...result, ackMs: Date.now() - started })
      }
      const dropped = () => finish({ acked: false, error: 'dispatch_failed' })
      const deadline = setTimeout(() => finish({ acked: false, error: 'operation_timeout' }), deadlineMs)
      connection.on('close', dropped)
      const settle = (body: Json | undefined) => finish({ acked: true, ...(body === undefined ? {} : { body }) })
      this.#waiting.set(envelopeId, { acceptsPayload, settle })
      const retries = { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' }
      connection.send(
        JSON.stringify({
          envelope_id: envelopeId,
          payload,
          type: kind,
          accepts_response_payload: acceptsPayload,
          ...(kind === 'events_api' ? retries : {}),
        }),
      )
    })
  }

  disconnect(reason: DisconnectReason): void {
    for (const connection of [...this.#open]) {
      if (reason === 'warning') this.#warn(connection)
      else this.#retire(connection, reason)
    }
    this.#changed()
  }

  /** Envelopes still come while the client has no other connection, until it leaves or its time is up. */
  #warn(connection: WebSocket): void {
    this.#open.delete(connection)
    this.#leaving.add(connection)
    this.#warned.add(connection)
    connection.send(disconnectMessage('warning'))
    this.#clock.after(DISCONNECT_GRACE_MS, () => {
      if (this.#warned.delete(connection)) this.#retire(connection, 'refresh_requested')
    })
  }

  /** Says goodbye first, so that a client which is closing itself sees no broken socket. */
  async stop(): Promise<void> {
    clearInterval(this.#pings)
    const all = [...this.#open, ...this.#leaving]
    const gone = all.map((connection) => new Promise((resolve) => connection.once('close', resolve)))
    for (const connection of all) connection.close(1001)
    await Promise.race([Promise.all(gone), sleep(GOODBYE_MS, undefined, { ref: false })])
    for (const connection of all) connection.terminate()
    this.#server.close()
  }

  /** A client that has said goodbye gets nothing more, even while its TCP connection stays. */
  #usable(): WebSocket[] {
    return [...this.#open].filter(isOpen)
  }

  #welcome(connection: WebSocket): void {
    connection.on('error', () => connection.terminate())
    connection.on('close', () => {
      this.#open.delete(connection)
      this.#leaving.delete(connection)
      this.#warned.delete(connection)
      this.#changed()
    })
    connection.on('message', (data, isBinary) => {
      if (!isBinary) this.#acknowledged(String(data))
    })
    this.#open.add(connection)
    if (this.connections() > MAX_CONNECTIONS) this.#retire(connection, 'too_many_websockets')
    else connection.send(JSON.stringify(hello(this.connections())))
    this.#changed()
  }

  #retire(connection: WebSocket, reason: DisconnectReason): void {
    this.#open.delete(connection)
    this.#leaving.add(connection)
    if (reason === 'cut') connection.terminate()
    else connection.send(disconnectMessage(reason))
    setTimeout(() => connection.terminate(), DISCONNECT_GRACE_MS).unref()
  }

  #acknowledged(text: string): void {
    const message = parseJson(text)
    const id = isObject(message) ? String(message.envelope_id) : ''
    const waiting = this.#waiting.get(id)
    if (!isObject(message) || !waiting) {
      const what = this.#settled.has(id) ? 'a late or repeated acknowledgement' : 'an unknown envelope_id'
      this.#fault(`${what}: ${text}`)
      return
    }
    const body = message.payload
    const bare = body === undefined || body === null || (isObject(body) && Object.keys(body).length === 0)
    if (!bare && !waiting.acceptsPayload) this.#fault(`a body where none is accepted: ${text}`)
    waiting.settle(bare || !waiting.acceptsPayload ? undefined : body)
  }

  #fault(sentence: string): void {
    this.protocolFaults.push(sentence)
    this.#changed()
  }

  #ping(): void {
    for (const connection of [...this.#open, ...this.#leaving]) if (isOpen(connection)) connection.ping()
  }
}

function turnAway(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

export interface RetryNote {
  attempt: number
  reason: string
}

function acceptsResponse(kind: DeliveryKind, payload: JsonObject): boolean {
  if (kind === 'slash_commands') return true
  return kind === 'interactive' && (payload.type === 'view_submission' || payload.type === 'block_suggestion')
}

function hello(connections: number) {
  return {
    type: 'hello',
    num_connections: connections,
    debug_info: debugInfo(),
    connection_info: { app_id: APP.id },
  }
}

function isOpen(connection: WebSocket): boolean {
  return connection.readyState === connection.OPEN
}

function disconnectMessage(reason: DisconnectReason): string {
  return JSON.stringify({ type: 'disconnect', reason, debug_info: debugInfo() })
}

function debugInfo() {
  return { host: 'applink-sandbox', build_number: 1, approximate_connection_time: 18_060 }
}
