/** An answer and when it was asked for, UTC milliseconds. */
export interface Read<T> {
  readonly value: T
  readonly readAtMs: number
}

const MAX_KEPT = 2_000

/**
 * Answers of a slow source, each kept for `maxAgeMs` from when it was *asked*. Callers who want the same at once share
 * one question; a failure is told to all of them and never kept.
 */
export class Freshly<T> {
  readonly #ask: (key: string) => Promise<T>
  readonly #maxAgeMs: number
  readonly #now: () => number
  readonly #kept = new Map<string, { readonly askedAtMs: number; readonly answer: Promise<Read<T>> }>()

  constructor(maxAgeMs: number, now: () => number, ask: (key: string) => Promise<T>) {
    this.#maxAgeMs = maxAgeMs
    this.#now = now
    this.#ask = ask
  }

  get(key: string): Promise<Read<T>> {
    const nowMs = this.#now()
    const known = this.#kept.get(key)
    // A clock that was set back makes an answer younger than it is: then it is asked again.
    if (known && nowMs >= known.askedAtMs && nowMs - known.askedAtMs < this.#maxAgeMs) return known.answer
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear()
    const answer = this.#ask(key).then((value) => ({ value, readAtMs: nowMs }))
    const entry = { askedAtMs: nowMs, answer }
    this.#kept.set(key, entry)
    answer.catch(() => {
      if (this.#kept.get(key) === entry) this.#kept.delete(key)
    })
    return answer
  }

  /** The next caller asks anew, also where an answer is on its way: it may be older than the news. */
  forget(key: string): void {
    this.#kept.delete(key)
  }
}
