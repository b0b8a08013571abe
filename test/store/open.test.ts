import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/audit/canonical.ts'
import type { OpenError } from '../../src/store/open-error.ts'
import { ask, fact } from './changes.ts'
import { aDirectory, aFile, atEnd, opened } from './places.ts'

/** A closed database with some history. */
async function aDatabase(): Promise<string> {
  const file = aFile()
  const store = opened(file)
  await Promise.all([...Array(40)].map(() => store.commit(ask())))
  await store.close()
  return file
}

/** Changes a closed database as somebody with the file could. */
async function meddled(statements: string): Promise<string> {
  const file = await aDatabase()
  const client = new Database(file)
  const triggers = client.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all()
  client.exec(triggers.map((name) => `DROP TRIGGER ${name};`).join(''))
  client.exec(statements)
  client.close()
  return file
}

async function overwritten(at: number, bytes: Buffer): Promise<string> {
  const file = await aDatabase()
  const content = readFileSync(file)
  bytes.copy(content, at)
  writeFileSync(file, content)
  return file
}

function written(content: string): string {
  const file = aFile()
  writeFileSync(file, content)
  return file
}

function anotherProgram(): string {
  const file = aFile()
  const client = new Database(file)
  client.exec('CREATE TABLE requests (id)')
  client.close()
  return file
}

const CASES: readonly [string, OpenError['kind'], () => string | Promise<string>][] = [
  ['a text', 'damaged', () => written('these are not the tables you are looking for\n'.repeat(200))],
  ['an empty file', 'damaged', () => written('')],
  ['a database cut in half', 'damaged', async () => cutInHalf(await aDatabase())],
  ['a database without its header', 'damaged', () => overwritten(0, Buffer.alloc(100, 0x20))],
  ['a database whose schema is overwritten', 'damaged', () => overwritten(100, Buffer.alloc(3900, 0xff))],
  ['a log that lost its last entry', 'damaged', () => meddled('DELETE FROM audit_entries WHERE seq = 40')],
  [
    'a log with one entry too many',
    'damaged',
    () => meddled("INSERT INTO audit_entries VALUES (41,'x',NULL,'','',NULL,NULL)"),
  ],
  ['a last entry that was edited', 'damaged', () => meddled("UPDATE audit_entries SET envelope = '{}' WHERE seq = 40")],
  ['a head with another root', 'damaged', () => meddled("UPDATE tree_head SET root = 'abcd'")],
  ['a head with a broken frontier', 'damaged', () => meddled("UPDATE tree_head SET frontier = 'abcd'")],
  ['a database without its head', 'damaged', () => meddled('DELETE FROM tree_head')],
  ['a database without its tables', 'damaged', () => meddled('DROP TABLE tree_head')],
  ['a newer schema', 'schema', () => meddled("INSERT INTO __drizzle_migrations VALUES (NULL, 'x', 9999999999999)")],
  ['another history of migrations', 'schema', () => meddled('UPDATE __drizzle_migrations SET created_at = 1')],
  ['the database of another program', 'schema', anotherProgram],
]

describe('F6 nothing is served, and no byte of the file changes, from', () => {
  test.each(CASES)('%s (%s)', async (_, kind, make) => {
    const file = await make()
    const before = sha256Hex(readFileSync(file))
    for (const exclusive of [true, false]) {
      expect(() => opened(file, { exclusive })).toThrow(expect.objectContaining({ name: 'OpenError', kind }))
      expect(() => opened(file, { exclusive })).toThrow(file)
    }
    expect(sha256Hex(readFileSync(file))).toBe(before)
  })
})

describe('F6 nothing is made at', () => {
  test.each<[string, OpenError['kind'], () => string]>([
    ['a directory', 'not_a_file', aDirectory],
    ['a path in a directory that is missing', 'missing_dir', () => join(aDirectory(), 'no', 'countersign.db')],
    ['a path under a file', 'not_a_file', () => join(written('x'), 'countersign.db')],
    ['a link to nothing', 'not_a_file', danglingLink],
    ['a path whose database is gone but not its log', 'damaged', orphanedLog],
  ])('%s (%s)', (_, kind, make) => {
    const file = make()
    expect(() => opened(file, { exclusive: true })).toThrow(expect.objectContaining({ name: 'OpenError', kind }))
    expect(existsSync(file) && statSync(file).isFile()).toBe(false)
  })
})

test('F21 a database that is marked read-only is not written, not even by root', async () => {
  const file = await aDatabase()
  chmodSync(file, 0o444)
  expect(() => opened(file)).toThrow(expect.objectContaining({ kind: 'readonly' }))
})

test('only the default directory is made when it is missing, for its owner alone', () => {
  const home = process.cwd()
  atEnd(() => process.chdir(home))
  process.chdir(aDirectory())
  opened('./data/countersign.db')
  expect(statSync('data').mode & 0o777).toBe(0o700)
})

test('C15 what a crash left while a database was made is no hindrance', async () => {
  const file = aFile()
  writeFileSync(`${file}-new`, 'half a database')
  writeFileSync(`${file}-new-wal`, 'half a log')
  const store = opened(file, { exclusive: true })
  expect(await store.commit(fact())).toBe('committed')
  expect(existsSync(`${file}-new`)).toBe(false)
})

test('a file that others can read is served, and they are told of', async () => {
  const file = await aDatabase()
  chmodSync(file, 0o644)
  expect(opened(file).warnings).toEqual([expect.stringContaining('chmod 600')])
})

test('M5 a log file that was cut anywhere gives a whole earlier state', async () => {
  const file = aFile()
  const store = opened(file)
  for (let i = 0; i < 12; i++) await store.commit(ask())
  const [main, log] = [readFileSync(file), readFileSync(`${file}-wal`)]
  for (let i = 0; i < 60; i++) {
    const copy = aFile()
    writeFileSync(copy, main)
    writeFileSync(`${copy}-wal`, log.subarray(0, Math.floor((log.length * i) / 60)))
    const found = opened(copy)
    const { size } = await found.head()
    expect(await found.requests({ limit: 100 })).toHaveLength(size)
    expect((await found.outboxState()).waiting).toBe(size)
    expect(await found.auditEntries(0, 100)).toHaveLength(size)
    await found.close()
  }
})

function cutInHalf(file: string): string {
  truncateSync(file, Math.floor(statSync(file).size / 2))
  return file
}

function danglingLink(): string {
  const link = aFile()
  symlinkSync(join(aDirectory(), 'nothing'), link)
  return link
}

function orphanedLog(): string {
  const directory = aDirectory()
  mkdirSync(join(directory, 'sub'))
  const file = join(directory, 'sub', 'countersign.db')
  writeFileSync(`${file}-wal`, 'the log of a database that is gone')
  return file
}
