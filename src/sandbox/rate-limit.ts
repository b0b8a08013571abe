import { POST_BURST } from './choices.ts'
import type { Clock } from './clock.ts'

interface Bucket {
  tokens: number
  at: number
}

/** Token buckets: one per method, and for posts one per channel. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>()
  readonly #clock: Clock
  readonly #on: boolean

  constructor(clock: Clock, on: boolean) {
    this.#clock = clock
    this.#on = on
  }

  /** 0 where the call may pass, else the whole seconds to wait. */
  take(method: string, perMinute: number, channel: string | undefined): number {
    if (!this.#on) return 0
    const wait = this.#take(method, perMinute, perMinute / 60)
    if (wait > 0 || method !== 'chat.postMessage') return wait
    return this.#take(`${method} ${channel}`, POST_BURST, 1)
  }

  #take(key: string, capacity: number, perSecond: number): number {
    const now = this.#clock.now()
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, at: now }
    const tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
    const passes = tokens >= 1
    this.#buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at: now })
    return passes ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond))
  }
}
