import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Problem } from './problem.ts'

/** How many asks a client may make a minute, by the policy of the moment; counted in memory (T4). */
export class Rates {
  #limiter = new RateLimiterMemory({ points: 1, duration: 60 })

  /** @throws {@link Problem} 429 with Retry-After once the client has used up its minute. */
  async take(clientId: string, perMinute: number): Promise<void> {
    if (this.#limiter.points !== perMinute) this.#limiter.points = perMinute
    try {
      await this.#limiter.consume(clientId)
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000))
      throw new Problem('rate_limited', `This client may ask ${perMinute} times a minute: try again in ${seconds} s.`, {
        headers: { 'retry-after': String(seconds) },
      })
    }
  }
}
