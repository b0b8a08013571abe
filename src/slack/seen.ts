/**
 * What came by lately, so that it has one effect however often it comes (INV1). Bounded: whoever can fill it holds the
 * signing secret already, and then the rules behind it still count each person once.
 */
export class Seen {
  readonly #keepMs: number
  readonly #now: () => number
  readonly #limit: number
  readonly #until = new Map<string, number>()

  /** @param keepMs how long a key is remembered, milliseconds. */
  constructor(keepMs: number, now: () => number, limit = 50_000) {
    this.#keepMs = keepMs
    this.#now = now
    this.#limit = limit
  }

  /** True the first time within `keepMs`. Looking and remembering are one step: two at once cannot both be first. */
  isFirst(key: string): boolean {
    this.#forget()
    if (this.#until.has(key)) return false
    this.#until.set(key, this.#now() + this.#keepMs)
    return true
  }

  /** A Map keeps insertion order and every key lives equally long, so the oldest stand first. */
  #forget(): void {
    const now = this.#now()
    for (const [key, until] of this.#until) {
      if (until > now && this.#until.size < this.#limit) return
      this.#until.delete(key)
    }
  }
}
