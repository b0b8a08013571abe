import { CALLS_KEPT } from './choices.ts'
import { Journal } from './journal.ts'
import type { ApiCall } from './types.ts'

interface Waiter {
  check: () => void
  fail: (error: Error) => void
}

/** Says that something changed: to tests that wait for a condition, and to whoever mirrors the workspace. */
export class Watch {
  readonly calls = new Journal<ApiCall>(CALLS_KEPT)
  readonly #waiters = new Set<Waiter>()
  readonly #listeners = new Set<(revision: number) => void>()
  #revision = 0

  get revision(): number {
    return this.#revision
  }

  /** To be called after every change of state. */
  changed(): void {
    this.#revision += 1
    for (const waiter of [...this.#waiters]) waiter.check()
    for (const listener of [...this.#listeners]) listener(this.#revision)
  }

  /** @returns what ends it. */
  onChange(listener: (revision: number) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  until<T>(what: () => T | undefined | null | false, label = 'a condition', timeoutMs = 5_000): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const finish = (settle: () => void) => {
        this.#waiters.delete(waiter)
        clearTimeout(deadline)
        clearInterval(poll)
        settle()
      }
      const fail = (error: Error) => finish(() => reject(error))
      const check = () => {
        try {
          const found = what()
          if (found !== undefined && found !== null && found !== false) finish(() => resolve(found))
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)))
        }
      }
      const waiter: Waiter = { check, fail }
      // The condition may look at the app under test, whose changes nobody announces to us.
      const poll = setInterval(check, 20)
      const deadline = setTimeout(() => {
        fail(new Error(`waited ${timeoutMs} ms in vain for ${label}; the latest calls:\n${this.#dump()}`))
      }, timeoutMs)
      this.#waiters.add(waiter)
      check()
    })
  }

  stop(): void {
    this.#listeners.clear()
    for (const waiter of [...this.#waiters]) waiter.fail(new Error('the sandbox was stopped while somebody waited'))
  }

  #dump(): string {
    const lines = this.calls.records.slice(-15).map((call) => {
      const { channel, ts, user } = call.args
      return `  ${call.method} ${JSON.stringify({ channel, ts, user })} -> ${call.outcome}`
    })
    return lines.length > 0 ? lines.join('\n') : '  (none)'
  }
}
