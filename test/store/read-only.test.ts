import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSqlite } from '../../src/store/sqlite.ts'
import { newClient } from './changes.ts'
import { anEarlierDatabase } from './earlier.ts'
import { aDirectory, aFile, opened } from './places.ts'

/** A store for looking at it alone. */

test('reads beside the server what it has just written, and SQLite itself refuses every write', async () => {
  const file = aFile()
  const server = opened(file, { exclusive: true })
  const onlooker = opened(file, { readOnly: true })
  await server.commit(newClient())
  expect(await onlooker.clients()).toHaveLength(1)
  await expect(onlooker.commit(newClient({ id: 'cl_other' }))).rejects.toThrow()
  expect(await server.clients()).toHaveLength(1)
})

test('makes no database, and no directory for one', () => {
  const file = join(aDirectory(), 'data', 'countersign.db')
  expect(() => openSqlite({ file, exclusive: false, readOnly: true })).toThrow('there is no database')
  expect(existsSync(join(file, '..'))).toBe(false)
})

test('upgrades nothing: it says that the server does', () => {
  const file = anEarlierDatabase()
  const before = readFileSync(file)
  expect(() => openSqlite({ file, exclusive: false, readOnly: true })).toThrow(
    'Start the server once, which upgrades it',
  )
  expect(readFileSync(file).equals(before)).toBe(true)
})
