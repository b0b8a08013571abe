import { SYSTEM } from './approval/change.ts'
import type { Log } from './log.ts'
import type { Service } from './service.ts'

const EVERY_MS = 1_000
const AT_ONCE = 500
/** A wall clock that leaves the monotonic one by more than this, either way, is evidence: it moves every expiry (F15). */
const CLOCK_JUMP_MS = 5_000

/** Ends what is overdue, once a second: no timer is ever longer, so none can overflow or be slept through (M15). */
export class Sweeper {
  readonly #service: Service
  readonly #log: Log
  readonly #now: () => number
  #skewMs: number
  #timer: NodeJS.Timeout | undefined
  #sweeping: Promise<void> | null = null

  constructor(service: Service, log: Log, now: () => number) {
    this.#service = service
    this.#log = log
    this.#now = now
    this.#skewMs = now() - performance.now()
  }

  /** Everything that is overdue now. At start this comes before the first click: what ran out while we were away is over. */
  async sweepAll(): Promise<void> {
    while ((await this.#service.sweep(AT_ONCE)) === AT_ONCE);
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#sweeping ??= this.#turn().finally(() => {
        this.#sweeping = null
      })
    }, EVERY_MS)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sweeping
  }

  async #turn(): Promise<void> {
    try {
      await this.#lookAtTheClock()
      await this.#service.sweep(AT_ONCE)
    } catch (error) {
      this.#log.error({ err: error }, 'what is overdue could not be ended; trying again')
    }
  }

  async #lookAtTheClock(): Promise<void> {
    const driftMs = Math.round(this.#now() - performance.now() - this.#skewMs)
    this.#skewMs += driftMs
    if (Math.abs(driftMs) <= CLOCK_JUMP_MS) return
    this.#log.warn({ driftMs }, 'the wall clock jumped')
    await this.#service.record({
      atMs: this.#now(),
      audit: [{ type: 'clock.jump', ...SYSTEM, requestId: null, body: { drift_ms: driftMs } }],
    })
  }
}
