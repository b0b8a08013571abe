import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Change } from './approval/change.ts'
import type { Awaitable, OutboxState, Store } from './store/store.ts'

/** What is read at the moment somebody asks for the metrics. */
interface Watched {
  readonly waiters: () => number
  readonly outbox: () => Awaitable<OutboxState>
}

/** From a tenth of a millisecond to ten seconds. */
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 3, 10]

const REFUSALS: ReadonlySet<string> = new Set([
  'decision.refused',
  'grant.refused',
  'admin.refused',
  'admin.ask_refused',
])

/**
 * What an operator watches, in a registry of its own: two houses in one process do not share counts. Labels come from
 * our own lists alone, so that no caller can make series (T20).
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #http = this.#counter('http_requests_total', 'HTTP answers.', ['method', 'route', 'status'])
  readonly #httpSeconds = this.#histogram('http_request_seconds', 'Time to answer, without held waits.', ['route'])
  readonly #opened = this.#counter('requests_opened_total', 'Requests opened, by what the policy said.', ['effect'])
  readonly #ended = this.#counter('requests_ended_total', 'Requests that left pending, by how.', ['status'])
  readonly #decisions = this.#counter('decisions_total', 'Decisions that counted.', ['verdict'])
  readonly #refusals = this.#counter('refusals_total', 'Refused decisions, uses, orders and asks that were recorded.', [
    'code',
  ])
  readonly #consumes = this.#counter('grants_consumed_total', 'Grants used.', [])
  readonly #commitSeconds = this.#histogram('commit_seconds', 'Time from a change to its place on the disk.', [])
  readonly #ackSeconds = this.#histogram('slack_ack_seconds', 'Time to acknowledge what Slack sent.', ['kind'])
  /** Labels are hashed once for each series, not once for each answer. */
  readonly #answers = new Map<string, Counter.Internal>()
  readonly #times = new Map<string, Histogram.Internal<string>>()

  constructor() {
    collectDefaultMetrics({ register: this.#registry, prefix: 'countersign_' })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** @param seconds to answer; null where the asker wanted to be held. */
  answered(route: string, method: string, status: number, seconds: number | null): void {
    const key = `${method} ${status} ${route}`
    let answers = this.#answers.get(key)
    if (!answers) {
      answers = this.#http.labels({
        method: KNOWN_METHODS.has(method) ? method : 'other',
        route,
        status: String(status),
      })
      if (this.#answers.size < MOST_SERIES) this.#answers.set(key, answers)
    }
    answers.inc()
    if (seconds === null) return
    let times = this.#times.get(route)
    if (!times) {
      times = this.#httpSeconds.labels({ route })
      this.#times.set(route, times)
    }
    times.observe(seconds)
  }

  /** @param kind of what Slack sent: a word of ours. Slack waits three seconds, then it shows the person an error. */
  acked(kind: string, seconds: number): void {
    this.#ackSeconds.observe({ kind }, seconds)
  }

  /** Counts what a committed change says of itself in its evidence. */
  committed({ audit, request }: Change): void {
    if (request && !request.before) this.#opened.inc({ effect: request.after.policy.effect })
    if (request && request.after.status !== 'pending' && request.before?.status !== request.after.status) {
      this.#ended.inc({ status: request.after.status })
    }
    for (const { type, body } of audit) {
      if (type === 'decision.recorded') this.#decisions.inc({ verdict: String(body.verdict) })
      if (REFUSALS.has(type)) this.#refusals.inc({ code: String(body.code) })
      if (type === 'grant.consumed') this.#consumes.inc()
    }
  }

  /** The store with its commits timed. */
  timed(store: Store): Store {
    return {
      ...store,
      commit: async (write) => {
        const end = this.#commitSeconds.startTimer()
        try {
          return await store.commit(write)
        } finally {
          end()
        }
      },
    }
  }

  watch(watched: Watched): void {
    this.#gauge('waiters', 'Answers that are held for a decision.', watched.waiters)
    const outbox = async (): Promise<OutboxState> => watched.outbox()
    this.#gauge('outbox_waiting', 'Messages that wait to be said in Slack.', async () => (await outbox()).waiting)
    this.#gauge('outbox_failed', 'Messages that a permanent error stopped.', async () => (await outbox()).failed)
  }

  #counter<T extends string>(name: string, help: string, labelNames: readonly T[]): Counter<T> {
    return new Counter({ name: `countersign_${name}`, help, labelNames: [...labelNames], registers: [this.#registry] })
  }

  #histogram<T extends string>(name: string, help: string, labelNames: readonly T[]): Histogram<T> {
    return new Histogram({
      name: `countersign_${name}`,
      help,
      labelNames: [...labelNames],
      buckets: SECONDS,
      registers: [this.#registry],
    })
  }

  #gauge(name: string, help: string, read: () => Awaitable<number>): void {
    const registers = [this.#registry]
    new Gauge({
      name: `countersign_${name}`,
      help,
      registers,
      async collect() {
        this.set(await read())
      },
    })
  }
}

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])
const MOST_SERIES = 500
