import { closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Held for the life of a process: the sweeper and the outbox of two servers on one file would do everything twice. */
export interface FileLock {
  release(): void
}

/**
 * Takes the lock beside a database, or null where another process (or another store of this one) has it.
 *
 * It is an exclusive transaction on an empty SQLite file, so it rests on the same file locks as the database itself, on
 * every system, and falls with its process: kill -9 leaves nothing behind that somebody would have to clear away.
 *
 * @param waitMs how long to wait for it, with the event loop blocked.
 */
export function lockFile(file: string, waitMs: number): FileLock | null {
  const path = `${file}-lock`
  createPrivate(path)
  const holder = new Database(path, { timeout: waitMs })
  try {
    holder.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    holder.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  return { release: () => void holder.close() }
}

/**
 * An empty file that only its owner reads. Opened with `wx` alone: opening and closing a file that exists would drop
 * every POSIX lock that this process holds on it.
 */
export function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
