import type Database from 'better-sqlite3'
import { beforeEach, describe, expect, test } from 'vitest'
import { verifyLog } from '../../src/audit/verify.ts'
import type { SqliteStore } from '../../src/store/sqlite.ts'
import { T0 } from '../approval/given.ts'
import { aDelegation, allEntries, ask, committed, delegating, limitedAsk, TWO, yes } from './changes.ts'
import { aFile, opened, stranger } from './places.ts'

let store: SqliteStore
let other: Database.Database
let before: string

const everything = (): string =>
  JSON.stringify(
    ['audit_entries', 'decisions', 'tree_head', 'delegations', 'allowances'].map((table) =>
      other.prepare(`SELECT * FROM ${table}`).all(),
    ),
  )

describe.each(['OFF', 'ON'])('for another program with recursive_triggers = %s', (recursive) => {
  beforeEach(async () => {
    const file = aFile()
    store = opened(file, { now: () => T0 })
    const asked = await committed(store, ask({ evaluated: TWO }))
    await committed(store, yes(await committed(store, yes(asked, 'U0BOB')), 'U0CAROL'))
    await store.commit(limitedAsk([{ rule: 'reads', key: 'cl_alice', most: 1, sinceMs: 0 }]))
    await store.commit(delegating(aDelegation()))
    const over = aDelegation({ id: 'del_2' })
    await store.commit(delegating(over))
    await store.commit(delegating({ ...over, revokedAtMs: T0 }, over))
    other = stranger(file)
    other.pragma(`recursive_triggers = ${recursive}`)
    before = everything()
  })

  const entry = (seq: string) =>
    `SELECT ${seq}, type, request_id, envelope, leaf, body, salt FROM audit_entries WHERE seq = 1`
  const decision = (position: string, approver: string) =>
    `SELECT request_id, ${position}, ${approver}, approver_team_id, approver_name, approver_identities, verdict, 'forged',
       surface, groups, membership_read_at_ms, digest_shown, policy_digest, decided_at_ms, NULL, '[]' FROM decisions WHERE position = 0`

  test.each([
    ['an entry is changed', "UPDATE audit_entries SET body = '{}' WHERE seq = 1"],
    ['an entry is erased', 'UPDATE audit_entries SET body = NULL, salt = NULL WHERE seq = 1'],
    ['an entry is deleted', 'DELETE FROM audit_entries WHERE seq = 1'],
    ['the last entry is deleted', 'DELETE FROM audit_entries WHERE seq = (SELECT max(seq) FROM audit_entries)'],
    ['an entry is replaced by its number', `INSERT OR REPLACE INTO audit_entries ${entry('1')}`],
    [
      'an entry is replaced by its row id',
      "REPLACE INTO audit_entries (rowid, type, envelope, leaf) VALUES (1, 'x', 'x', 'x')",
    ],
    ['an entry is put at a gap', `INSERT INTO audit_entries ${entry('99')}`],
    ['an entry is put before the others', `INSERT INTO audit_entries ${entry('0')}`],
    ['an entry takes the number of another', 'UPDATE OR REPLACE audit_entries SET seq = 1 WHERE seq = 2'],
    ['an entry is upserted', `INSERT INTO audit_entries ${entry('1')} ON CONFLICT (seq) DO UPDATE SET body = 'x'`],
    ['a decision is changed', "UPDATE decisions SET verdict = 'deny'"],
    ['a decision is deleted', 'DELETE FROM decisions WHERE position = 1'],
    ['a decision is replaced at its place', `INSERT OR REPLACE INTO decisions ${decision('0', 'approver_user_id')}`],
    ['a decision is replaced at its place by another person', `REPLACE INTO decisions ${decision('0', "'U0EVE'")}`],
    ['a decision is replaced by its approver', `INSERT OR REPLACE INTO decisions ${decision('2', 'approver_user_id')}`],
    ['a decision is put at a gap', `INSERT INTO decisions ${decision('7', "'U0EVE'")}`],
    ['the head goes back', 'UPDATE tree_head SET size = size - 1'],
    ['the head is replaced', "REPLACE INTO tree_head VALUES (1, 0, '', '', 0)"],
    ['a second head is made', "INSERT INTO tree_head VALUES (2, 0, '', '', 0)"],
    ['the head is deleted', 'DELETE FROM tree_head'],
    ['what was asked is changed', "UPDATE requests SET ask = '{}'"],
    ['the digest is changed', "UPDATE requests SET payload_digest = 'sha256:00'"],
    ['those behind the ask are changed', "UPDATE requests SET closure = '[]'"],
    ['how the asker was verified is changed', "UPDATE requests SET verified_by = 'oidc'"],
    ['a delegation is widened', "UPDATE delegations SET ends_at_ms = ends_at_ms + 1 WHERE id = 'del_1'"],
    ['a delegation changes hands', "UPDATE delegations SET to_user_id = 'U0EVE' WHERE id = 'del_1'"],
    ['a delegation that ended comes back', "UPDATE delegations SET revoked_at_ms = NULL WHERE id = 'del_2'"],
    ['a delegation is deleted', 'DELETE FROM delegations'],
    ['a use of a limited rule is changed', 'UPDATE allowances SET at_ms = 0'],
    ['a use of a limited rule is deleted', 'DELETE FROM allowances'],
  ])('it is refused that %s', async (_, statement) => {
    expect(() => other.exec(statement)).toThrow(expect.objectContaining({ code: 'SQLITE_CONSTRAINT_TRIGGER' }))
    expect(everything()).toBe(before)
    expect(verifyLog(await allEntries(store), await store.head()).whole).toBe(true)
  })

  test('a new entry of anybody is ignored rather than written twice', () => {
    expect(() => other.exec(`INSERT OR IGNORE INTO audit_entries ${entry('1')}`)).toThrow(/append-only/)
    expect(everything()).toBe(before)
  })
})
