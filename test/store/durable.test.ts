import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { verifyLog } from '../../src/audit/verify.ts'
import { GroupCommit } from '../../src/store/sqlite-commit.ts'
import { connect } from '../../src/store/sqlite-open.ts'
import { T0 } from '../approval/given.ts'
import { allEntries, ask, fact } from './changes.ts'
import { aFile, atEnd, opened } from './places.ts'

/** The store's own connection, in the hands of the test. */
function workshop(file: string) {
  opened(file)
  const db = connect(file, 5)
  atEnd(() => void db.$client.close())
  const writes = new GroupCommit(db, { busyDeadlineMs: 200, now: () => T0, committed: () => {}, onFatal: () => {} })
  const pragma = (name: string) => db.$client.pragma(name, { simple: true })
  return { writes, pragma }
}

test('M1 synchronous is FULL when the file is opened, and still after it was written to and opened again', async () => {
  const file = aFile()
  for (const _ of [1, 2]) {
    const { writes, pragma } = workshop(file)
    expect([pragma('journal_mode'), pragma('synchronous')]).toEqual(['wal', 2])
    for (let i = 0; i < 3; i++) {
      expect(await writes.add(fact())).toBe('committed')
      expect(pragma('synchronous')).toBe(2)
    }
    expect([pragma('foreign_keys'), pragma('recursive_triggers'), pragma('trusted_schema')]).toEqual([1, 1, 0])
    expect(pragma('busy_timeout')).toBeLessThanOrEqual(10)
  }
})

test('M1 the trap is still there: without our pragma this build of SQLite does not sync commits', () => {
  const plain = new Database(aFile())
  atEnd(() => void plain.close())
  plain.pragma('journal_mode = WAL')
  plain.exec('CREATE TABLE t (x)')
  expect(plain.pragma('synchronous', { simple: true })).toBe(1)
})

test('a connection that fell to NORMAL takes no more writes', async () => {
  const { writes, pragma } = workshop(aFile())
  pragma('synchronous = NORMAL')
  await expect(writes.add(fact())).rejects.toThrow('was not synced')
  pragma('synchronous = FULL')
  await expect(writes.add(fact())).rejects.toThrow('was not synced')
})

test('F4 a full database takes nothing in part, says so to every caller, and goes on once there is room', async () => {
  const file = aFile()
  const { writes, pragma } = workshop(file)
  pragma(`max_page_count = ${Number(pragma('page_count')) + 20}`)
  const rounds: PromiseSettledResult<string>[] = []
  while (!rounds.some((result) => result.status === 'rejected')) {
    rounds.push(...(await Promise.allSettled(Array.from({ length: 4 }, () => writes.add(ask())))))
  }
  const refused = rounds.filter((result) => result.status === 'rejected')
  expect(refused).toHaveLength(4)
  for (const { reason } of refused) expect(reason).toMatchObject({ name: 'StorageError', kind: 'full' })
  const store = opened(file)
  const kept = rounds.length - 4
  expect(await store.requests({ limit: 1000 })).toHaveLength(kept)
  expect(await store.head()).toMatchObject({ size: kept })
  pragma('max_page_count = 1000000')
  expect(await writes.add(ask())).toBe('committed')
  const head = await store.head()
  expect(verifyLog(await allEntries(store), head)).toMatchObject({ whole: true, head })
  expect(head.size).toBe(kept + 1)
})

test.skipIf(process.platform === 'win32')(
  'M9 a write that the system cuts off is a failure of the storage, and the file stays whole',
  async () => {
    const file = aFile()
    await opened(file).close()
    const child = fileURLToPath(new URL('fill.child.ts', import.meta.url))
    // 512-byte blocks: the log file may grow to 400 KiB.
    const filled = spawnSync('sh', ['-c', 'ulimit -f 800; exec "$0" "$@"', process.execPath, child, file])
    const said = JSON.parse(filled.stdout.toString()) as { kind: string; committed: number; after: string }
    expect(said).toMatchObject({ kind: 'failed', after: 'whole' })
    const store = opened(file)
    const head = await store.head()
    expect(head.size).toBe(said.committed)
    expect(verifyLog(await allEntries(store), head)).toMatchObject({ whole: true, head })
  },
)
