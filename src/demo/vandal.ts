import type { AuditEntry } from '../audit/entry.ts'
import { intrude } from './intruder.ts'
import type { LogWatch } from './log-watch.ts'
import { planned } from './tampering.ts'
import type { Restored, Tampering } from './wire.ts'

/** Tampers with the log and remembers how it was, so that it can be put back. */
export class Vandal {
  readonly #databaseFile: string
  readonly #log: LogWatch
  /** The entries as they were before anybody touched them. */
  readonly #originals = new Map<number, AuditEntry>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(databaseFile: string, log: LogWatch) {
    this.#databaseFile = databaseFile
    this.#log = log
  }

  tamper(how: unknown): Promise<Tampering> {
    return this.#inTurn(async () => {
      const { entries } = await this.#log.look()
      const { put, ...plan } = planned(how, entries, (seq) => this.#originals.get(seq))
      const original = entries.find(({ seq }) => seq === plan.seq)
      if (original && !this.#originals.has(plan.seq)) this.#originals.set(plan.seq, original)
      await intrude({
        databaseFile: this.#databaseFile,
        put: put ? [put] : [],
        drop: put ? [] : [plan.seq],
      })
      const { check } = await this.#log.look()
      const done = { ...plan, found: check }
      this.#log.tampered = [...this.#log.tampered, done]
      return done
    })
  }

  restore(): Promise<Restored> {
    return this.#inTurn(async () => {
      const put = [...this.#originals.values()]
      if (put.length > 0) await intrude({ databaseFile: this.#databaseFile, put, drop: [] })
      this.#originals.clear()
      const { check } = await this.#log.look()
      this.#log.tampered = []
      return { entries: put.length, check }
    })
  }

  /** Two at once would each remember the other's work as the original. */
  #inTurn<T>(deed: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(deed)
    this.#turn = done.catch(() => undefined)
    return done
  }
}
