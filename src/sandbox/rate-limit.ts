import { POST_BURST } from './choices.ts'
import type { Clock } from './clock.ts'

interface Bucket {
  tokens: number
  at: number
}

export interface Held {
  /** Whole seconds. */
  retryAfter: number
  /** Which limit it was. */
  limit: string
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

  /** Undefined where the call may pass. */
  take(method: string, perMinute: number, channel: string | undefined): Held | undefined {
    if (!this.#on) return undefined
    const wait = this.#take(method, perMinute, perMinute / 60)
    if (wait > 0) return held(wait, `${method} may be called ${perMinute} times a minute`)
    if (method !== 'chat.postMessage') return undefined
    const inChannel = this.#take(`${method} ${channel}`, POST_BURST, 1)
    return inChannel > 0 ? held(inChannel, `${method} may post one message a second into ${channel}`) : undefined
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

function held(retryAfter: number, rule: string): Held {
  return { retryAfter, limit: `${rule}; Retry-After ${retryAfter}` }
}
