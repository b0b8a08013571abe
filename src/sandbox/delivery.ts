import { EVENT_RETRY_MS } from './choices.ts'
import type { Clock } from './clock.ts'
import { type HttpAnswer, post, signedDelivery } from './http-delivery.ts'
import type { JsonObject } from './json.ts'
import type { RetryNote, SocketMode } from './socket-mode.ts'
import type { DeliverOptions, Delivery, DeliveryKind, DeliveryResult } from './types.ts'

/** Brings payloads to the app: signed HTTP where a request URL is set, Socket Mode otherwise. */
export class Deliveries {
  requestUrl: string | null = null
  last: Delivery | undefined
  readonly #signingSecret: string
  readonly #sockets: SocketMode
  readonly #clock: Clock
  readonly #deadlineMs: number

  constructor(signingSecret: string, sockets: SocketMode, clock: Clock, deadlineMs: number) {
    this.#signingSecret = signingSecret
    this.#sockets = sockets
    this.#clock = clock
    this.#deadlineMs = deadlineMs
  }

  async deliver(kind: DeliveryKind, payload: JsonObject, opts: DeliverOptions = {}): Promise<DeliveryResult[]> {
    const copies = Math.max(opts.copies ?? 1, 1)
    // Copies are byte-identical, so they are signed once and sent at the same moment.
    const delivery = this.#prepare(kind, payload, opts)
    return Promise.all(Array.from({ length: copies }, () => this.#send(delivery)))
  }

  async one(kind: DeliveryKind, payload: JsonObject): Promise<DeliveryResult> {
    return this.#send(this.#prepare(kind, payload, {}))
  }

  replay(delivery: Delivery): Promise<DeliveryResult> {
    return this.#send(delivery)
  }

  /** Events are sent up to three more times, with the same event_id but a new timestamp and signature. */
  async event(payload: JsonObject, retry?: RetryNote): Promise<DeliveryResult> {
    const extraHeaders: Record<string, string> = retry
      ? { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason }
      : {}
    const delivery = this.#prepare('events_api', payload, { extraHeaders })
    const result = await this.#send(delivery, retry)
    const attempt = retry?.attempt ?? 0
    const delay = EVENT_RETRY_MS[attempt]
    if (!result.acked && !result.noRetry && delay !== undefined) {
      const reason = result.error === 'operation_timeout' ? 'http_timeout' : 'http_error'
      this.#clock.after(delay, () => void this.event(payload, { attempt: attempt + 1, reason }))
    }
    return result
  }

  #prepare(
    kind: DeliveryKind,
    payload: JsonObject,
    opts: DeliverOptions & { extraHeaders?: Record<string, string> },
  ): Delivery {
    this.last =
      this.requestUrl === null
        ? { kind, headers: {}, body: JSON.stringify(payload), payload }
        : signedDelivery(kind, payload, this.#signingSecret, opts)
    return this.last
  }

  async #send(delivery: Delivery, retry?: RetryNote): Promise<HttpAnswer> {
    if (this.requestUrl === null) return this.#sockets.send(delivery.kind, delivery.payload, this.#deadlineMs, retry)
    return post(this.requestUrl, delivery, this.#deadlineMs)
  }
}
