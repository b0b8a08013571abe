import Database from 'better-sqlite3'
import { OpenError } from './open-error.ts'
import { StorageError } from './store.ts'

/**
 * The error that callers act on, or null where the cause is not the storage but a defect of ours.
 *
 * A full disk comes as SQLITE_FULL, or as SQLITE_IOERR_WRITE where a limit of the process cuts the write (M9).
 */
export function storageError(error: unknown): StorageError | null {
  if (error instanceof StorageError) return error
  if (!(error instanceof Database.SqliteError)) return null
  const { code } = error
  if (code === 'SQLITE_FULL') return new StorageError('full', 'the database has no space left', { cause: error })
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new StorageError('busy', 'another process holds the database', { cause: error })
  }
  if (/^SQLITE_(IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN|PERM|NOMEM|PROTOCOL)/.test(code)) {
    return new StorageError('failed', `the database cannot be used (${code})`, { cause: error })
  }
  return null
}

/**
 * A sync that failed at COMMIT: the commit may lie complete in the log file all the same, and come to life after a crash.
 * Neither yes nor no would be the truth.
 */
export const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_IOERR_(FSYNC|DIR_FSYNC)/.test(error.code)

/** What SQLite says while a file is being opened, in words for the person who started us. */
export function openError(thrown: unknown, file: string): unknown {
  // drizzle wraps what a migration throws.
  const error = thrown instanceof Error && thrown.cause instanceof Database.SqliteError ? thrown.cause : thrown
  if (!(error instanceof Database.SqliteError)) return thrown
  const { code } = error
  const because = { cause: error }
  if (code === 'SQLITE_NOTADB') {
    return new OpenError(
      'damaged',
      `${file} is not a SQLite database. Check DATABASE_URL, or restore a backup.`,
      because,
    )
  }
  if (/^SQLITE_(CORRUPT|ERROR|CONSTRAINT)/.test(code)) {
    return new OpenError('damaged', `${file} is damaged (${error.message}). Keep it, and restore a backup.`, because)
  }
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) {
    return new OpenError('locked', `${file} is held by another process. Stop that one first.`, because)
  }
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code)) {
    return new OpenError('readonly', `${file} or its directory cannot be written. Check owner and mode.`, because)
  }
  return new OpenError('durability', `${file} cannot be written (${code}). Check the disk and its free space.`, because)
}
