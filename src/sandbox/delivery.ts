import { boundedBody } from './bounded.ts'
import { DELIVERIES_KEPT, EVENT_RETRY_MS } from './choices.ts'
import type { Clock } from './clock.ts'
import type { Faults } from './faults.ts'
import { type HttpAnswer, post, signedDelivery } from './http-delivery.ts'
import { Journal } from './journal.ts'
import { isObject, type JsonObject, objectsOf, textOf } from './json.ts'
import type { RetryNote, SocketMode } from './socket-mode.ts'
import type { DeliverOptions, Delivery, DeliveryKind, DeliveryRecord, DeliveryResult } from './types.ts'

/** Does what an acknowledged answer says, and tells what in it broke a rule. */
export type Judge = (answer: DeliveryResult) => readonly string[]

interface Parts {
  signingSecret: string
  sockets: SocketMode
  clock: Clock
  faults: Faults
  deadlineMs: number
  changed: () => void
}

/** Brings payloads to the app: signed HTTP where a request URL is set, Socket Mode otherwise. */
export class Deliveries {
  requestUrl: string | null = null
  last: Delivery | undefined
  readonly journal = new Journal<DeliveryRecord>(DELIVERIES_KEPT)
  /** By payload: a record holds the payload it came with, and keeps its delivery as long as itself. */
  readonly #prepared = new WeakMap<JsonObject, Delivery>()
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async deliver(kind: DeliveryKind, payload: JsonObject, opts: DeliverOptions = {}): Promise<DeliveryResult[]> {
    return this.#copies(this.#prepare(kind, payload, opts), opts.copies ?? 1, {})
  }

  async one(kind: DeliveryKind, payload: JsonObject, judge?: Judge): Promise<DeliveryResult> {
    const settle = (answer: DeliveryResult) => (answer.acked && judge ? judge(answer) : [])
    return this.#throughFaults(this.#prepare(kind, payload, {}), { settle })
  }

  replay(delivery: Delivery): Promise<DeliveryResult> {
    return this.#send(delivery, {})
  }

  /** What a record is about, verbatim, to be sent once more. */
  sent({ payload }: DeliveryRecord): Delivery | undefined {
    return this.#prepared.get(payload)
  }

  /** Events are sent up to three more times, with the same event_id but a new timestamp and signature. */
  async event(payload: JsonObject, retry?: RetryNote): Promise<DeliveryResult> {
    const extraHeaders: Record<string, string> = retry
      ? { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason }
      : {}
    const delivery = this.#prepare('events_api', payload, { extraHeaders })
    const settle = (answer: HttpAnswer) => this.#tryAgain(payload, retry?.attempt ?? 0, answer)
    return this.#throughFaults(delivery, { retry, settle })
  }

  #tryAgain(payload: JsonObject, attempt: number, { acked, noRetry, error }: HttpAnswer): readonly string[] {
    const delay = EVENT_RETRY_MS[attempt]
    if (acked || noRetry || delay === undefined) return []
    const reason = error === 'operation_timeout' ? 'http_timeout' : 'http_error'
    this.#parts.clock.after(delay, () => void this.event(payload, { attempt: attempt + 1, reason }))
    return []
  }

  #prepare(
    kind: DeliveryKind,
    payload: JsonObject,
    opts: DeliverOptions & { extraHeaders?: Record<string, string> },
  ): Delivery {
    this.last =
      this.requestUrl === null
        ? { kind, headers: {}, body: JSON.stringify(payload), payload }
        : signedDelivery(kind, payload, this.#parts.signingSecret, opts)
    this.#prepared.set(payload, this.last)
    return this.last
  }

  async #throughFaults(delivery: Delivery, how: How): Promise<HttpAnswer> {
    const fault = this.#parts.faults.strikeDelivery(delivery.kind)
    switch (fault?.kind) {
      case 'duplicate':
        return this.#copies(delivery, fault.copies, how).then(([first]) => first ?? UNANSWERED)
      case 'late':
        return this.#recorded(delivery, () => this.#late(delivery, fault.ms, how), how)
      case 'lost':
        return this.#recorded(delivery, () => this.#afterDeadline(), how)
      default:
        return this.#send(delivery, how)
    }
  }

  /** Byte-identical, so they are signed once and sent at the same moment. The answer to the first one counts. */
  #copies(delivery: Delivery, copies: number, how: How): Promise<HttpAnswer[]> {
    const others = { retry: how.retry }
    return Promise.all(
      Array.from({ length: Math.max(copies, 1) }, (_, index) => this.#send(delivery, index === 0 ? how : others)),
    )
  }

  /** On its way for `ms`, signed before. Slack stops waiting at its deadline all the same. */
  #late(delivery: Delivery, ms: number, how: How): Promise<HttpAnswer> {
    const arrived = new Promise<HttpAnswer>((resolve) => {
      const send = () => this.#transport(delivery, how).then((answer) => ({ ...answer, ackMs: answer.ackMs + ms }))
      this.#parts.clock.after(ms, () => void send().then(resolve))
    })
    return Promise.race([arrived, this.#afterDeadline()])
  }

  #afterDeadline(): Promise<HttpAnswer> {
    const { clock, deadlineMs } = this.#parts
    return new Promise((resolve) => clock.after(deadlineMs, () => resolve({ ...UNANSWERED, ackMs: deadlineMs })))
  }

  #send(delivery: Delivery, how: How): Promise<HttpAnswer> {
    return this.#recorded(delivery, () => this.#transport(delivery, how), how)
  }

  async #recorded(delivery: Delivery, send: () => Promise<HttpAnswer>, { settle }: How): Promise<HttpAnswer> {
    const { kind, payload } = delivery
    const user = userOf(payload)
    const what = { kind, about: about(kind, payload), ...(user === '' ? {} : { user }), at: Date.now(), payload }
    const seq = this.journal.add((number) => ({ seq: number, ...what }))
    this.#parts.changed()
    const answer = await send()
    const { noRetry: _, body, ...came } = answer
    const result = { ...came, ...(body === undefined ? {} : { body: boundedBody(body) }) }
    const problems = settle?.(answer) ?? []
    this.journal.change(seq, { result, ...(problems.length > 0 ? { problems } : {}) })
    this.#parts.changed()
    return answer
  }

  #transport(delivery: Delivery, { retry }: How): Promise<HttpAnswer> {
    const { sockets, deadlineMs } = this.#parts
    return this.requestUrl === null
      ? sockets.send(delivery.kind, delivery.payload, deadlineMs, retry)
      : post(this.requestUrl, delivery, deadlineMs)
  }
}

interface How {
  readonly retry?: RetryNote | undefined
  /** Called with the answer before anybody hears of it. */
  readonly settle?: (answer: HttpAnswer) => readonly string[]
}

const UNANSWERED: HttpAnswer = { acked: false, ackMs: 0, error: 'operation_timeout' }

/** One line on what a delivery is about. */
function about(kind: DeliveryKind, payload: JsonObject): string {
  const { event, actions, view, command, text, type, callback_id, action_id } = payload
  if (kind === 'events_api') return textOf(isObject(event) ? event.type : type)
  if (kind === 'slash_commands') return `${textOf(command)} ${textOf(text)}`.trim()
  const id = objectsOf(actions)[0]?.action_id ?? action_id ?? callback_id ?? (isObject(view) ? view.callback_id : '')
  return `${textOf(type)} ${textOf(id)}`.trim()
}

function userOf({ user, user_id, event }: JsonObject): string {
  const there = isObject(event) ? event.user : (user_id ?? user)
  return textOf(isObject(there) ? there.id : there)
}
