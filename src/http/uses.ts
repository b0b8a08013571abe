import { Seldom } from './seldom.ts'

const EVERY_MS = 60_000
const GATHER_MS = 200
const MOST_CLIENTS = 100_000

/**
 * When each key was last used, for its owners, who look for keys that nobody needs (T10). Written once a minute for each
 * client, some time after the call: a moment's worth of them in one turn, so that they share an fsync and no call waits.
 * Dies before it is written: the next call tells again.
 */
export class Uses {
  readonly #keep: (clientId: string, atMs: number) => Promise<void>
  readonly #failed: (error: unknown) => void
  readonly #seldom = new Seldom(EVERY_MS, MOST_CLIENTS)
  #waiting = new Map<string, number>()

  constructor(keep: (clientId: string, atMs: number) => Promise<void>, failed: (error: unknown) => void) {
    this.#keep = keep
    this.#failed = failed
  }

  note(clientId: string, nowMs: number): void {
    if (!this.#seldom.take(clientId, nowMs)) return
    if (this.#waiting.size === 0) setTimeout(() => this.#write(), GATHER_MS).unref()
    this.#waiting.set(clientId, nowMs)
  }

  #write(): void {
    const written = this.#waiting
    this.#waiting = new Map()
    for (const [clientId, atMs] of written) {
      this.#keep(clientId, atMs).catch((error: unknown) => {
        this.#seldom.forget(clientId)
        this.#failed(error)
      })
    }
  }
}
