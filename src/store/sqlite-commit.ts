import { setTimeout as sleep } from 'node:timers/promises'
import type { Change } from '../approval/change.ts'
import { isOutcomeUnknown, storageError } from './sqlite-errors.ts'
import type { LogEnd } from './sqlite-log.ts'
import { isFullSync, requireFullSync } from './sqlite-open.ts'
import type { Db } from './sqlite-statements.ts'
import { sqliteWriter, type Writer } from './sqlite-write.ts'
import { type Delivery, StorageError } from './store.ts'

type Answer = 'committed' | 'conflict'

interface Waiting {
  readonly write: Change | Delivery
  /** By the monotonic clock: past it, a database that another process holds is given up. */
  readonly deadline: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** What came of one write, told only when the transaction it shares is on disk. */
type Settled = { readonly answer: Answer } | { readonly defect: unknown }

const COMMITTED: Settled = { answer: 'committed' }
const CONFLICT: Settled = { answer: 'conflict' }
const NOT_ALL = Symbol('one of the batch does not go through')

const BATCH_LIMIT = 256
const MOST_TURNS = 8

export interface CommitOptions {
  /** How long a write waits, by asynchronous retries, for another process that holds the database. */
  readonly busyDeadlineMs: number
  /** UTC milliseconds. */
  readonly now: () => number
  /** Called when a batch is on disk, before its callers are told. */
  readonly committed: (writes: readonly (Change | Delivery)[]) => void
  /** Called once, when nothing more can be written. */
  readonly onFatal: (error: unknown) => void
}

/**
 * Group commit: whatever waits at the end of a turn of the event loop goes to disk in one transaction with one fsync, each
 * write conflicting on its own.
 *
 * A crash before COMMIT has returned leaves nothing of the batch, and nobody was told yes. A crash after it leaves all of
 * the batch, and some callers do not know: they ask again, and the compare-and-swap or the idempotency key answers them.
 */
export class GroupCommit {
  readonly #db: Db
  readonly #writer: Writer
  readonly #options: CommitOptions
  readonly #begin
  readonly #commit
  readonly #rollback
  readonly #savepoint
  readonly #undo
  readonly #release
  #queue: Waiting[] = []
  #flushing: Promise<void> | null = null
  #proven = false
  /** Set by what leaves the outcome unknown: from then on nothing is written, for nobody knows on what it would stand. */
  #fatal: unknown = null
  #closed = false

  constructor(db: Db, options: CommitOptions) {
    this.#db = db
    this.#options = options
    this.#writer = sqliteWriter(db, options.now)
    const prepare = (text: string) => db.$client.prepare(text)
    // Immediate: a deferred one that reads and then writes fails where another has written in between (M8).
    this.#begin = prepare('BEGIN IMMEDIATE')
    this.#commit = prepare('COMMIT')
    this.#rollback = prepare('ROLLBACK')
    this.#savepoint = prepare('SAVEPOINT one_write')
    this.#undo = prepare('ROLLBACK TO one_write')
    this.#release = prepare('RELEASE one_write')
  }

  add(write: Change | Delivery): Promise<Answer> {
    if (this.#fatal) return Promise.reject(this.#fatal)
    if (this.#closed) {
      // What Slack answers after the end is nobody's any more: its attempt is on disk, and the next start looks (C5).
      if ('delivery' in write) return Promise.resolve('conflict')
      return Promise.reject(new StorageError('failed', 'the database is closed'))
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ write, deadline: performance.now() + this.#options.busyDeadlineMs, resolve, reject })
      this.#flushing ??= this.#flush()
    })
  }

  /** Writes what waits, and takes no more. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#flushing
  }

  /** One at a time, and each in a turn of its own: callers of the same turn share it, and the loop breathes in between. */
  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#gather()
      const batch = this.#queue.splice(0, BATCH_LIMIT)
      const held = this.#attempt(batch)
      if (!held) continue
      this.#queue = [...this.#giveUpLate(batch, held), ...this.#queue]
      if (this.#queue.length > 0) await sleep(5 + Math.random() * 20)
    }
    this.#flushing = null
  }

  /**
   * Waits for the end of the turn, and on for as long as each further turn brings more: a lone caller waits one turn, and
   * of many who speak at once nobody pays for an fsync of his own.
   */
  async #gather(): Promise<void> {
    let before = 0
    for (let turn = 0; turn < MOST_TURNS && this.#queue.length > before && this.#queue.length < BATCH_LIMIT; turn++) {
      before = this.#queue.length
      await new Promise((next) => setImmediate(next))
    }
  }

  /** @returns the error where another process holds the file and the batch should be tried again; nothing is written then. */
  #attempt(batch: readonly Waiting[]): StorageError | null {
    try {
      if (this.#fatal) throw this.#fatal
      const settled = this.#transact(batch)
      this.#proveSync()
      this.#options.committed(batch.map((waiting) => waiting.write))
      settle(batch, settled)
      return null
    } catch (error) {
      const known = storageError(error)
      if (known?.kind === 'busy') return known
      for (const waiting of batch) waiting.reject(this.#fatal ?? known ?? error)
      return null
    }
  }

  #giveUpLate(batch: readonly Waiting[], held: StorageError): readonly Waiting[] {
    const now = performance.now()
    for (const waiting of batch) if (waiting.deadline <= now) waiting.reject(held)
    return batch.filter((waiting) => waiting.deadline > now)
  }

  /**
   * All of them as they are first, for nearly always all of them go through, and a savepoint costs each a copy of every page
   * it touches. Where one does not, nothing of that try stays, and each gets a savepoint of its own.
   */
  #transact(batch: readonly Waiting[]): readonly Settled[] {
    try {
      return this.#inOne(() => this.#applyAll(batch))
    } catch (error) {
      if (error !== NOT_ALL) throw error
    }
    return this.#inOne(() => this.#applyEach(batch))
  }

  #inOne(work: () => readonly Settled[]): readonly Settled[] {
    let step: 'before' | 'within' | 'commit' = 'before'
    try {
      this.#begin.run()
      step = 'within'
      const settled = work()
      step = 'commit'
      this.#commit.run()
      return settled
    } catch (error) {
      this.#writer.log.forget()
      if (step === 'commit' && isOutcomeUnknown(error)) {
        this.#giveUp(new Error('the disk did not confirm a commit: its outcome is unknown', { cause: error }))
      }
      // SQLite has rolled back by itself after some errors.
      if (this.#db.$client.inTransaction) this.#rollback.run()
      throw error
    }
  }

  #applyAll(batch: readonly Waiting[]): readonly Settled[] {
    const { log } = this.#writer
    const start = log.begin()
    let end = start
    for (const { write } of batch) {
      const next = this.#applyOrStop(write, end)
      if (next === null) throw NOT_ALL
      end = next
    }
    if (end !== start) log.moveHead(end)
    return batch.map(() => COMMITTED)
  }

  #applyOrStop(write: Change | Delivery, end: LogEnd): LogEnd | null {
    try {
      return this.#writer.apply(write, end)
    } catch (error) {
      // No space, no disk: the others would fare no better. Anything else is this write's own defect.
      if (storageError(error) || !this.#db.$client.inTransaction) throw error
      throw NOT_ALL
    }
  }

  #applyEach(batch: readonly Waiting[]): readonly Settled[] {
    const { log } = this.#writer
    const start = log.begin()
    let end = start
    const settled = batch.map(({ write }): Settled => {
      this.#savepoint.run()
      try {
        const next = this.#writer.apply(write, end)
        if (next === null) this.#undo.run()
        this.#release.run()
        end = next ?? end
        return next === null ? CONFLICT : COMMITTED
      } catch (error) {
        if (storageError(error) || !this.#db.$client.inTransaction) throw error
        this.#undo.run()
        this.#release.run()
        return { defect: error }
      }
    })
    if (end !== start) log.moveHead(end)
    return settled
  }

  #giveUp(error: Error): Error {
    this.#fatal = error
    this.#options.onFatal(error)
    return error
  }

  /** Once, after the first commit: that is when this build of SQLite would fall to NORMAL (M1). */
  #proveSync(): void {
    if (this.#proven) return
    if (!isFullSync(this.#db.$client)) {
      throw this.#giveUp(new Error('a commit was not synced: synchronous is not FULL after it'))
    }
    requireFullSync(this.#db.$client)
    this.#proven = true
  }
}

function settle(batch: readonly Waiting[], settled: readonly Settled[]): void {
  batch.forEach((waiting, i) => {
    const one = settled[i]
    if (one && 'answer' in one) waiting.resolve(one.answer)
    else waiting.reject(one?.defect)
  })
}
