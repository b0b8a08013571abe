import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createApp } from './app.ts'
import { refuseBroken, refuseTunnel } from './broken.ts'
import { Exchange, type Witness } from './exchange.ts'
import { headerValues } from './headers.ts'
import { type House, type HttpParts, houseOf } from './parts.ts'
import { Problem } from './problem.ts'
import { Underway } from './underway.ts'

export type { Readiness } from './parts.ts'

export interface HttpDoor {
  /** @returns where it listens; port 0 picks a free one. */
  listen(host: string, port: number): Promise<{ readonly url: string; readonly port: number }>
  /** Stops accepting, answers held waits with what is known, and ends within {@link HARD_STOP_MS}. */
  stop(): Promise<void>
}

const HARD_STOP_MS = 8_000

/** Bounds on how slowly a caller may speak (T20): whoever sends a byte a second must not keep a socket for ever. */
const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
  // We say 400 ourselves, as a problem.
  requireHostHeader: false,
  insecureHTTPParser: false,
} as const

/** The API on one port, beside Slack's events in HTTP mode. */
export function createHttpDoor(parts: HttpParts): HttpDoor {
  const house = houseOf(parts)
  const witness = witnessOf(house)
  const underway = new Underway()
  const handle = dispatch(house, witness, underway)
  const server = createServer({ ...LIMITS, noDelay: true }, handle)
  server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    // Who declares too much is told so before it sends it; the route does the telling.
    if (Number(incoming.headers['content-length'] ?? 0) <= LARGEST_INVITED) outgoing.writeContinue()
    handle(incoming, outgoing)
  })
  server.on('checkExpectation', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const problem = new Problem('expectation_failed', 'Only 100-continue is understood.')
    new Exchange(incoming, outgoing, witness).problem(problem)
  })
  server.on('clientError', refuseBroken)
  server.on('connect', refuseTunnel)
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          const bound = (server.address() as AddressInfo).port
          resolve({ url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound })
        })
      }),
    stop: () =>
      new Promise((resolve) => {
        house.stopping = true
        const hardStop = setTimeout(() => server.closeAllConnections(), HARD_STOP_MS)
        server.close(() => {
          clearTimeout(hardStop)
          resolve()
        })
        house.service.waiters.release()
        server.closeIdleConnections()
        // A connection that never asked anything is not idle to Node, and would hold the door open.
        underway.whenNone(() => server.closeAllConnections())
      }),
  }
}

const LARGEST_INVITED = 64 * 1024
const SLACK_EVENTS = '/slack/events'

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** Slack's own path to Slack's door, everything else through Hono. */
function dispatch(house: House, witness: Witness, underway: Underway): Handler {
  const app = createApp(house)
  const listener = getRequestListener(
    (request, { incoming, outgoing }) =>
      app.fetch(request, new Exchange(incoming as IncomingMessage, outgoing as ServerResponse, witness)),
    // Hono would put its own Request and Response in the place of the process's, and drain bodies that we bound ourselves.
    { overrideGlobalObjects: false, autoCleanupIncoming: false, hostname: 'localhost', errorHandler: badTarget },
  )
  return (incoming, outgoing) => {
    underway.add(outgoing)
    const { url = '' } = incoming
    if (house.slackEvents && (url === SLACK_EVENTS || url.startsWith(`${SLACK_EVENTS}?`))) {
      house.slackEvents(incoming, outgoing)
    } else if (incoming.httpVersionMinor > 0 && headerValues(incoming, 'host').length !== 1) {
      // RFC 9112 section 3.2: a proxy and we could take the one message for two different hosts.
      const problem = new Problem('bad_request', 'Send exactly one Host header.', { headers: { connection: 'close' } })
      new Exchange(incoming, outgoing, witness).problem(problem)
    } else {
      void listener(incoming, outgoing)
    }
  }
}

/** The adapter could not make a URL of Host and target, so that no route was asked. */
function badTarget(): Response {
  const id = randomUUID()
  const problem = new Problem('bad_request', 'The request target or the Host header is not valid.')
  return new Response(problem.document(id), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': id, 'cache-control': 'no-store' },
  })
}

/** Counts each answer; a line in the log for what failed, or for all of them while somebody looks for a fault. */
const witnessOf = (house: House): Witness => ({
  get stopping() {
    return house.stopping
  },
  answered({ incoming, id, route, held, startedMs }, status) {
    const seconds = (performance.now() - startedMs) / 1000
    house.metrics.answered(route, incoming.method ?? '', status, held ? null : seconds)
    if (status < 500 && !house.log.isLevelEnabled('debug')) return
    house.log[status >= 500 ? 'info' : 'debug'](
      { exchange: id, method: incoming.method, route, status, seconds },
      'http',
    )
  },
})
