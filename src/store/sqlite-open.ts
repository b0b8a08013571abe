import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { drizzle, migrate, readMigrationFiles } from './drizzle.ts'
import { createPrivate, type FileLock, lockFile } from './lock.ts'
import { OpenError } from './open-error.ts'
import { checkHead } from './sqlite-log.ts'
import { inspectPath } from './sqlite-path.ts'
import type { Db } from './sqlite-statements.ts'

const migrationsFolder = fileURLToPath(new URL('../../drizzle/sqlite', import.meta.url))
/** "CSGN", as the first migration writes it. */
const APPLICATION_ID = 0x4353474e
/** A second server must be told so within a second; a short verb of the command line is waited for. */
const LOCK_WAIT_MS = 300
const OPEN_WAIT_MS = 1000

const withSchema = (client: Database.Database): Db => drizzle(client, { casing: 'snake_case' })

/** The lock of a server, for its life. */
export function serveLock(path: string): FileLock {
  const lock = lockFile(path, LOCK_WAIT_MS)
  if (!lock) {
    throw new OpenError('locked', `another Countersign serves ${path}. Stop it first, or set another DATABASE_URL.`)
  }
  return lock
}

/** For a step that needs the file alone, by a process that does not serve. */
export function whileLocked(path: string, step: () => void): void {
  const lock = lockFile(path, LOCK_WAIT_MS)
  if (!lock)
    throw new OpenError('locked', `another Countersign uses ${path}. Try again when it has started or stopped.`)
  try {
    step()
  } finally {
    lock.release()
  }
}

/**
 * Makes a new database. Needs the lock. It is made under another name and renamed when it is whole: a crash at any step
 * leaves either nothing under the real name or a good database, and the left-over is cleared by the next attempt.
 */
export function create(path: string): void {
  if (existsSync(path)) return
  const unfinished = `${path}-new`
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(unfinished + suffix, { force: true })
  createPrivate(unfinished)
  const client = new Database(unfinished)
  try {
    setPragmas(client)
    migrate(withSchema(client), { migrationsFolder })
  } finally {
    client.close()
  }
  renameSync(unfinished, path)
  syncDirectory(dirname(path))
}

/** A rename is durable once its directory is; Windows has no such handle and journals the rename by itself. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(directory, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

/**
 * Reads a database without writing a byte, and refuses it where it is not ours, not whole, or of a newer schema.
 *
 * @returns true where migrations wait.
 */
export function inspect(path: string): boolean {
  const client = new Database(path, { readonly: true, fileMustExist: true, timeout: OPEN_WAIT_MS })
  try {
    if (client.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
      throw new OpenError('schema', `${path} is a database of another program. Correct DATABASE_URL.`)
    }
    const applied = client.prepare('SELECT created_at FROM __drizzle_migrations ORDER BY created_at').pluck().all()
    const known = readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis)
    if (applied.some((at, i) => Number(at) !== known[i])) {
      throw new OpenError(
        'schema',
        `${path} was written by a newer Countersign. Run that version, or restore a backup.`,
      )
    }
    if (applied.length < known.length) return true
    checkHead(client, path)
    return false
  } finally {
    client.close()
  }
}

/** Brings an older database up to date, in one transaction. Needs the lock: no server may run on the older schema. */
export function upgrade(path: string): void {
  const client = new Database(path, { fileMustExist: true, timeout: OPEN_WAIT_MS })
  try {
    setPragmas(client)
    migrate(withSchema(client), { migrationsFolder })
    checkHead(client, path)
  } finally {
    client.close()
  }
}

export function connect(path: string, busyTimeoutMs: number): Db {
  const client = new Database(path, { fileMustExist: true, timeout: OPEN_WAIT_MS })
  try {
    setPragmas(client)
    // Short from here on: SQLite waits with the event loop blocked (M8). The patience is in the group commit.
    client.pragma(`busy_timeout = ${busyTimeoutMs}`)
    return withSchema(client)
  } catch (error) {
    client.close()
    throw error
  }
}

/** For a process that only looks: it makes and upgrades nothing, and SQLite itself refuses what would change a row. */
export function connectToRead(file: string): Db {
  // Before the place is looked at, which makes the default directory.
  if (!existsSync(file)) {
    throw new OpenError('not_a_file', `there is no database at ${file} yet. Start the server, or correct DATABASE_URL.`)
  }
  const { path } = inspectPath(file)
  if (inspect(path)) {
    throw new OpenError('schema', `${path} is of an older Countersign. Start the server once, which upgrades it.`)
  }
  const db = connect(path, OPEN_WAIT_MS)
  db.$client.pragma('query_only = ON')
  return db
}

function setPragmas(client: Database.Database): void {
  const mode = client.pragma('journal_mode = WAL', { simple: true })
  if (mode !== 'wal') throw new OpenError('durability', `${client.name} cannot keep a write-ahead log (${mode}).`)
  requireFullSync(client)
  // Without it macOS only hands the bytes to the drive's own cache.
  client.pragma('fullfsync = ON')
  client.pragma('foreign_keys = ON')
  // INSERT OR REPLACE deletes without firing delete triggers otherwise.
  client.pragma('recursive_triggers = ON')
  client.pragma('trusted_schema = OFF')
  // Savepoints keep what they may have to undo in memory, not in a file.
  client.pragma('temp_store = MEMORY')
  client.pragma('cache_size = -8192')
  // A checkpoint stops the loop for as long as it copies: many short ones (10 ms) rather than few long ones (60 ms at 4000
  // pages), at the same cost for each commit.
  client.pragma('wal_autocheckpoint = 1000')
  client.pragma('journal_size_limit = 67108864')
}

/** Sets FULL and reads it back: this build of SQLite falls to NORMAL in WAL by itself, and so loses commits (M1). */
export function requireFullSync(client: Database.Database): void {
  client.pragma('synchronous = FULL')
  if (!isFullSync(client)) throw new OpenError('durability', `${client.name} does not keep synchronous=FULL.`)
}

export const isFullSync = (client: Database.Database): boolean => client.pragma('synchronous', { simple: true }) === 2
