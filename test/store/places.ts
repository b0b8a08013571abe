import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach } from 'vitest'
import { openSqlite, type SqliteOptions, type SqliteStore } from '../../src/store/sqlite.ts'

const cleaning: (() => void | Promise<void>)[] = []

afterEach(async () => {
  for (const clean of cleaning.splice(0).reverse()) await clean()
})

/** Called at the end of the test, last one first. */
export const atEnd = (clean: () => void | Promise<void>): void => void cleaning.push(clean)

/** A directory of its own for one test. */
export function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-store-'))
  atEnd(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export const aFile = (): string => join(aDirectory(), 'countersign.db')

/** A store that is closed at the end of the test. Not the server's own, unless asked for. */
export function opened(file: string, options: Partial<SqliteOptions> = {}): SqliteStore {
  const store = openSqlite({ file, exclusive: false, ...options })
  atEnd(() => store.close())
  return store
}

/** Another program's connection to the file: it knows nothing of our pragmas. */
export function stranger(file: string): Database.Database {
  const client = new Database(file, { timeout: 0 })
  atEnd(() => void client.close())
  return client
}
