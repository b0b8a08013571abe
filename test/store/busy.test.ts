import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { T0 } from '../approval/given.ts'
import { ask, fact } from './changes.ts'
import { aFile, opened, stranger } from './places.ts'

test('F5 while another process holds the database the loop turns, and the commit succeeds once it is let go', async () => {
  const file = aFile()
  const store = opened(file)
  const other = stranger(file)
  other.exec('BEGIN IMMEDIATE')
  const commits = [ask(), ask(), fact()].map((change) => store.commit(change))
  // Were the loop held, these timers would not fire before the commits had given up.
  let ticks = 0
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (++ticks < 60) return
      clearInterval(timer)
      resolve()
    }, 5)
  })
  expect(await store.requests({ limit: 10 })).toEqual([])
  other.exec('ROLLBACK')
  expect(await Promise.all(commits)).toEqual(['committed', 'committed', 'committed'])
  expect((await store.head()).size).toBe(3)
})

test('F5 a database that stays held is given up as busy, with nothing written, and serves again afterwards', async () => {
  const file = aFile()
  const store = opened(file, { busyDeadlineMs: 60 })
  const other = stranger(file)
  other.exec('BEGIN IMMEDIATE')
  const commits = await Promise.allSettled([store.commit(ask()), store.commit(fact())])
  for (const commit of commits) expect(commit).toMatchObject({ reason: { name: 'StorageError', kind: 'busy' } })
  other.exec('COMMIT')
  expect(await store.requests({ limit: 10 })).toEqual([])
  expect(await store.commit(fact())).toBe('committed')
  expect((await store.head()).size).toBe(1)
})

test('closing waits for what is being written, also where it must be tried again', async () => {
  const file = aFile()
  const store = opened(file)
  const other = stranger(file)
  other.exec('BEGIN IMMEDIATE')
  const commit = store.commit(ask())
  await turn()
  const closed = store.close()
  other.exec('ROLLBACK')
  await closed
  expect(await commit).toBe('committed')
  expect(await opened(file).overdue(T0 * 2, 10)).toHaveLength(1)
})
