import type { Change } from '../approval/change.ts'
import type { FileLock } from './lock.ts'
import { GroupCommit } from './sqlite-commit.ts'
import { openError } from './sqlite-errors.ts'
import { connect, connectToRead, create, inspect, serveLock, upgrade, whileLocked } from './sqlite-open.ts'
import { inspectPath } from './sqlite-path.ts'
import { sqliteReads } from './sqlite-reads.ts'
import type { Db } from './sqlite-statements.ts'
import type { Delivery, Store } from './store.ts'

export interface SqliteStore extends Store {
  /** What whoever runs this should know of the file: open to other users, on a doubtful disk. */
  readonly warnings: readonly string[]
}

export interface SqliteOptions {
  readonly file: string
  /** True for the one that serves: a second one is refused. False for the command line beside it. */
  readonly exclusive: boolean
  /** For looking at it alone: nothing is made, upgraded or written. */
  readonly readOnly?: boolean
  /** How long SQLite itself waits for another writer, with the event loop blocked. */
  readonly busyTimeoutMs?: number
  /** How long a commit waits for another process, with the loop free, before it gives up as `busy`. */
  readonly busyDeadlineMs?: number
  /** UTC milliseconds. */
  readonly now?: () => number
  /** Called once where the disk left the outcome of a commit unknown: nothing more is written, and a restart must tell. */
  readonly onFatal?: (error: unknown) => void
}

/**
 * Opens the store on a SQLite file, or makes the file where there is none. One connection reads and writes; it is
 * synchronous, and short by design: a batch of writes is one fsync.
 *
 * @throws {@link OpenError}; the file is then as it was.
 */
export function openSqlite(options: SqliteOptions): SqliteStore {
  const { file, exclusive } = options
  let lock: FileLock | null = null
  try {
    if (options.readOnly === true) return assemble(connectToRead(file), options, null, [])
    const place = inspectPath(file)
    const { path } = place
    if (exclusive) lock = serveLock(path)
    const alone = (step: () => void) => (exclusive ? step() : whileLocked(path, step))
    if (!place.exists) alone(() => create(path))
    if (inspect(path)) alone(() => upgrade(path))
    const db = connect(path, options.busyTimeoutMs ?? BUSY_TIMEOUT_MS)
    return assemble(db, options, lock, place.warnings)
  } catch (error) {
    lock?.release()
    throw openError(error, file)
  }
}

const BUSY_TIMEOUT_MS = 5
const BUSY_DEADLINE_MS = 5000

function assemble(
  db: Db,
  { busyDeadlineMs = BUSY_DEADLINE_MS, now = Date.now, onFatal = () => {} }: SqliteOptions,
  lock: FileLock | null,
  warnings: readonly string[],
): SqliteStore {
  const { forgetClients, ...reads } = sqliteReads(db)
  const committed = (batch: readonly (Change | Delivery)[]) => {
    if (batch.some((write) => 'client' in write)) forgetClients()
  }
  const writes = new GroupCommit(db, { busyDeadlineMs, now, committed, onFatal })
  return {
    ...reads,
    warnings,
    commit: (write) => writes.add(write),
    close: async () => {
      await writes.close()
      db.$client.close()
      lock?.release()
    },
  }
}
