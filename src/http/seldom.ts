/** Lets each key pass once in a while, for what must not be done or said with every call. */
export class Seldom {
  readonly #everyMs: number
  readonly #most: number
  readonly #last = new Map<string, number>()

  /** @param most how many keys are kept; beyond it all are forgotten, and pass once more. */
  constructor(everyMs: number, most: number) {
    this.#everyMs = everyMs
    this.#most = most
  }

  /** True where the key has not passed for `everyMs`. */
  take(key: string, nowMs: number): boolean {
    const last = this.#last.get(key)
    // By the distance: a clock that was set back must not silence a key for as long as it was wrong.
    if (last !== undefined && Math.abs(nowMs - last) < this.#everyMs) return false
    if (this.#last.size >= this.#most) this.#last.clear()
    this.#last.set(key, nowMs)
    return true
  }

  forget(key: string): void {
    this.#last.delete(key)
  }
}
