import { randomUUID } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { leaveAfter } from './linger.ts'
import { type Problem, retryAfter } from './problem.ts'

/** Hears of each answer; for metrics and the log. */
export interface Witness {
  answered(exchange: Exchange, status: number): void
  readonly stopping: boolean
}

/**
 * One request and its answer. Answers are written to the socket from here alone, so that each carries the same safe
 * headers; Hono gets its marker for "already sent". A wait that is held keeps this object and nothing of Hono's.
 */
export class Exchange {
  /** Names this exchange in the answer and in the log; ours, never the caller's (T21). */
  readonly id = randomUUID()
  readonly startedMs = performance.now()
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** The path template, for metrics; never the path itself, which callers choose. */
  route = 'unmatched'
  held = false
  /** Who asks, once that is proven. */
  clientId: string | null = null
  readonly #witness: Witness

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, witness: Witness) {
    this.incoming = incoming
    this.outgoing = outgoing
    this.#witness = witness
  }

  json(status: number, value: unknown, headers?: Readonly<Record<string, string>>): Response {
    return this.send(status, 'application/json', JSON.stringify(value), headers)
  }

  problem(problem: Problem): Response {
    const after = retryAfter(problem.code)
    return this.send(problem.status, 'application/problem+json', problem.document(this.id), {
      ...(after ? { 'retry-after': after } : {}),
      ...problem.extras.headers,
    })
  }

  send(status: number, type: string | null, text: string, headers?: Readonly<Record<string, string>>): Response {
    const { outgoing } = this
    if (outgoing.headersSent || outgoing.destroyed) return RESPONSE_ALREADY_SENT
    const head: OutgoingHttpHeaders = {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': this.id,
      ...headers,
    }
    if (type !== null) {
      head['content-type'] = type
      head['content-length'] = Buffer.byteLength(text)
    }
    if (this.#witness.stopping) {
      // Whoever was held may ask the next process in a moment (F19).
      head.connection = 'close'
      head['retry-after'] ??= '1'
    }
    leaveAfter(this.incoming, outgoing, status, head, text)
    this.#witness.answered(this, status)
    return RESPONSE_ALREADY_SENT
  }
}
