interface Timer {
  due: number
  run: () => void
  handle: NodeJS.Timeout
}

/** Real time plus what a test has skipped. Expiries and delays are measured on it. */
export class Clock {
  #skipped = 0
  readonly #timers = new Set<Timer>()

  now(): number {
    return Date.now() + this.#skipped
  }

  /** Runs once after `ms`; never keeps the process alive. */
  after(ms: number, run: () => void): void {
    const timer: Timer = { due: this.now() + ms, run, handle: setTimeout(() => this.#fire(timer), ms) }
    timer.handle.unref()
    this.#timers.add(timer)
  }

  advance(ms: number): void {
    this.#skipped += ms
    for (const timer of [...this.#timers]) if (timer.due <= this.now()) this.#fire(timer)
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer.handle)
    this.#timers.clear()
  }

  #fire(timer: Timer): void {
    if (!this.#timers.delete(timer)) return
    clearTimeout(timer.handle)
    timer.run()
  }
}
