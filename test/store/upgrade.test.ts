import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { verifyLog } from '../../src/audit/verify.ts'
import { lockFile } from '../../src/store/lock.ts'
import { T0 } from '../approval/given.ts'
import { broken } from '../invariants.ts'
import {
  aDelegation,
  allEntries,
  breakGlass,
  committed,
  delegating,
  stored,
  takeBack,
  withdraw,
  yes,
} from './changes.ts'
import { anEarlierDatabase, NOW } from './earlier.ts'
import { aFile, atEnd, opened, stranger } from './places.ts'

/** What the schema consists of, as SQLite wrote it down. */
function schemaOf(file: string): unknown {
  const db = new Database(file, { readonly: true })
  atEnd(() => void db.close())
  return db
    .prepare("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
}

test('what an earlier version kept is read as it was meant: nothing is allowed that was not before', async () => {
  const store = opened(anEarlierDatabase())
  expect(await store.request(NOW.request.id)).toStrictEqual(NOW.request)
  expect(await store.requests({ limit: 10, status: 'pending' })).toStrictEqual([NOW.request])
  expect(await store.client('cl_alice')).toStrictEqual(NOW.client)
  expect(await store.idempotent('cl_alice', 'key-1')).toEqual({ requestId: NOW.request.id, bodyDigest: 'sha256:body' })
  expect(await store.pause()).toBeNull()
  expect(await store.delegations(0)).toEqual([])
  expect(await store.openReviews(10)).toEqual([])
  expect(await store.lastUsedAtMs('cl_alice')).toBeNull()
  expect((await store.due(T0)).map(({ message }) => message)).toEqual([
    { kind: 'alarm', channel: 'C0AUDIT', text: 'look' },
  ])
  expect(await store.policyVersions(10)).toEqual([{ ...NOW.policy, atMs: T0 }])
  expect(await store.policyText(NOW.policy.digest)).toBe(NOW.policy.text)
})

test('INV4 and INV8: the log of an earlier version verifies, and still rebuilds the tables', async () => {
  const file = anEarlierDatabase()
  const store = opened(file)
  const head = await store.head()
  expect(verifyLog(await allEntries(store), head)).toMatchObject({ whole: true, head: { size: 4 } })
  expect(await broken(file)).toEqual([])
})

test('what was begun before an upgrade goes on after it, and its evidence with it', async () => {
  const file = anEarlierDatabase()
  const store = opened(file, { now: () => T0 })
  const asked = await stored(store, NOW.request.id)
  const back = await committed(store, takeBack(asked, 'U0BOB'))
  const voted = await committed(store, yes(back, 'U0CAROL'))
  const again = await committed(store, breakGlass(voted))
  await committed(store, withdraw(again))
  await store.commit(delegating(aDelegation()))
  expect((await stored(store, asked.id)).decisions.map(({ verdict }) => verdict)).toEqual([
    'approve',
    'withdraw',
    'approve',
  ])
  expect(verifyLog(await allEntries(store), await store.head())).toMatchObject({ whole: true })
})

test('an upgraded database has the schema of a new one, and refuses what a new one refuses', async () => {
  const [file, fresh] = [anEarlierDatabase(), aFile()]
  await opened(file).close()
  await opened(fresh).close()
  expect(schemaOf(file)).toEqual(schemaOf(fresh))
  const other = stranger(file)
  for (const harm of [
    'DELETE FROM decisions',
    "UPDATE decisions SET delegated_by = 'U0EVE'",
    "UPDATE requests SET verified_by = 'oidc'",
    'DELETE FROM audit_entries',
  ]) {
    expect(() => other.exec(harm), harm).toThrow(expect.objectContaining({ code: 'SQLITE_CONSTRAINT_TRIGGER' }))
  }
})

test('an older schema is brought up to date, but not beside a server that runs on it', async () => {
  const file = anEarlierDatabase()
  const before = schemaOf(file)
  const server = lockFile(file, 0)
  expect(() => opened(file)).toThrow(expect.objectContaining({ kind: 'locked' }))
  expect(schemaOf(file)).toEqual(before)
  server?.release()
  expect((await opened(file).head()).size).toBe(4)
  expect(schemaOf(file)).not.toEqual(before)
})
