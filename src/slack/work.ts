import { within } from './deadline.ts'

/** What is being done right now, so that nothing is cut off half way: Bolt itself waits for none of it. */
export class Work {
  #running = 0
  #idle: (() => void)[] = []

  async run(task: () => Promise<void>): Promise<void> {
    this.#running += 1
    try {
      await task()
    } finally {
      this.#running -= 1
      if (this.#running === 0) for (const tell of this.#idle.splice(0)) tell()
    }
  }

  /** Resolves when nothing runs, or after `ms`. */
  async drained(ms: number): Promise<void> {
    if (this.#running > 0) await within(new Promise<void>((resolve) => this.#idle.push(resolve)), ms)
  }
}
