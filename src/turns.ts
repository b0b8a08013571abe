/** One piece of work after the other for each key; those of other keys go on meanwhile. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** @returns what `work` comes to, in its turn: after all that took one of this key before, however that ended. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
