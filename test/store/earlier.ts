import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { payloadDigest } from '../../src/approval/digest.ts'
import type { Json } from '../../src/audit/canonical.ts'
import type { NewAuditEntry } from '../../src/audit/entry.ts'
import { seal } from '../../src/audit/entry.ts'
import { append, type Frontier, frontierText, rootOf } from '../../src/audit/merkle.ts'
import { drizzle, migrate } from '../../src/store/drizzle.ts'
import { ASK, HOUR, T0 } from '../approval/given.ts'
import { aDirectory, aFile } from './places.ts'

/** A database as the version before break-glass, delegation, pauses and tokens left it, word for word. */

const POLICY = { digest: `sha256:${'a'.repeat(64)}`, text: 'version: 1\n' }
const DIGEST = payloadDigest(ASK)

const CLIENT = {
  id: 'cl_alice',
  name: 'nightly export',
  owners: ['U0ALICE'],
  makers: ['slack:U0ADMIN'],
  scopes: ['request'],
  actFor: true,
  createdAtMs: T0,
  revokedAtMs: null,
}

const ASKED = {
  ask: ASK,
  client: { id: 'cl_alice', name: 'nightly export' },
  closure: ['slack:U0ADMIN', 'slack:U0ALICE'],
  completed: null,
  consumed: null,
  createdAtMs: T0,
  decisions: [],
  execution: 'none',
  expiresAtMs: T0 + HOUR,
  grantExpiresAtMs: null,
  id: 'req_00000000',
  outcome: null,
  payloadDigest: DIGEST,
  policy: {
    channels: ['C0PROD'],
    denyCount: 1,
    digest: POLICY.digest,
    effect: 'require_approval',
    grantTtlMs: 300_000,
    reasonRequired: [],
    requirements: [{ from: 'owners', count: 2, group: { users: ['U0BOB', 'U0CAROL', 'U0DAVE'] } }],
    rules: ['prod-export'],
  },
  status: 'pending',
  version: 1,
}

const SAID = {
  approver: { userId: 'U0BOB', teamId: 'T0HOME', name: 'bob', identities: ['email:bob@example.com', 'slack:U0BOB'] },
  decidedAtMs: T0 + 1,
  digestShown: DIGEST.slice(7, 39),
  groups: ['owners'],
  membershipReadAtMs: T0,
  policyDigest: POLICY.digest,
  reason: null,
  surface: 'slack',
  verdict: 'approve',
}

/** What a request and a client of that time are now. */
export const NOW = {
  request: {
    ...ASKED,
    version: 2,
    client: { ...ASKED.client, verifiedBy: 'client_key' },
    policy: { ...ASKED.policy, breakGlass: null },
    decisions: [{ ...SAID, delegatedBy: null, delegatorIdentities: [] }],
    brokenGlass: null,
  },
  client: {
    ...CLIENT,
    secretHash: '0'.repeat(64),
    actions: null,
    environments: null,
    previous: null,
    ipRanges: [],
    expiresAtMs: null,
  },
  policy: POLICY,
}

const LOG: readonly NewAuditEntry[] = [
  { type: 'policy.loaded', actor: 'system', source: 'system', requestId: null, body: POLICY },
  {
    type: 'client.created',
    actor: 'os:root',
    source: 'cli',
    requestId: null,
    body: { by: 'slack:U0ADMIN', client: CLIENT },
  },
  {
    type: 'request.opened',
    actor: 'client:cl_alice',
    source: 'api',
    requestId: ASKED.id,
    body: { request: ASKED as unknown as Json },
  },
  {
    type: 'decision.recorded',
    actor: 'slack:T0HOME:U0BOB',
    source: 'slack',
    requestId: ASKED.id,
    body: { payload_digest: DIGEST, set: { decisions: [SAID] }, verdict: 'approve', version: 2 },
  },
]

/** @returns the file, closed. */
export function anEarlierDatabase(): string {
  const file = aFile()
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  migrate(drizzle(db), { migrationsFolder: earlierMigrations() })
  const insert = (table: string, row: Readonly<Record<string, unknown>>) => {
    const values = Object.values(row).map((value) => (isJson(value) ? JSON.stringify(value) : value))
    const columns = Object.keys(row).map((name) => `"${name}"`)
    db.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`).run(...values)
  }
  insert('clients', CLIENT_ROW)
  insert('requests', REQUEST_ROW)
  insert('decisions', DECISION_ROW)
  insert('cards', { request_id: ASKED.id, channel: 'C0PROD', ts: '1.1', version: 2, stale: 0 })
  insert('outbox', { kind: 'alarm', channel: 'C0AUDIT', text: 'look', version: 0, due_at_ms: T0 })
  writeLog(insert, db)
  db.close()
  return file
}

const isJson = (value: unknown): boolean => typeof value === 'object' && value !== null

const CLIENT_ROW = {
  ...{ id: CLIENT.id, name: CLIENT.name, secret_hash: '0'.repeat(64), owners: CLIENT.owners, makers: CLIENT.makers },
  ...{ scopes: CLIENT.scopes, act_for: 1, created_at_ms: T0, revoked_at_ms: null },
}

const REQUEST_ROW = {
  ...{ id: ASKED.id, version: 2, status: 'pending', execution: 'none' },
  ...{ client_id: 'cl_alice', client_name: 'nightly export' },
  ...{ action: ASK.action, resource: ASK.resource, environment: ASK.environment },
  ...{ created_at_ms: T0, expires_at_ms: T0 + HOUR, idempotency_key: 'key-1', idempotency_digest: 'sha256:body' },
  ...{ payload_digest: DIGEST, closure: ASKED.closure, policy: ASKED.policy, ask: ASK },
}

const DECISION_ROW = {
  ...{ request_id: ASKED.id, position: 0, approver_user_id: 'U0BOB', approver_team_id: 'T0HOME', approver_name: 'bob' },
  ...{ approver_identities: SAID.approver.identities, verdict: 'approve', surface: 'slack', groups: SAID.groups },
  ...{ membership_read_at_ms: T0, digest_shown: SAID.digestShown, policy_digest: POLICY.digest },
  decided_at_ms: T0 + 1,
}

function writeLog(insert: (table: string, row: Readonly<Record<string, unknown>>) => void, db: Database.Database) {
  let frontier: Frontier = []
  for (const [i, entry] of LOG.entries()) {
    const sealed = seal(entry, i + 1, T0 + i, Buffer.alloc(16, i))
    const { seq, envelope, leaf, body, salt } = sealed
    insert('audit_entries', { seq, type: entry.type, request_id: entry.requestId, envelope, leaf, body, salt })
    frontier = append(frontier, i, Buffer.from(leaf, 'hex'))
  }
  db.prepare('UPDATE tree_head SET size = ?, root = ?, frontier = ?, last_at_ms = ?').run(
    LOG.length,
    rootOf(frontier).toString('hex'),
    frontierText(frontier),
    T0 + LOG.length - 1,
  )
}

/** The migrations that there were then. */
function earlierMigrations(): string {
  const all = fileURLToPath(new URL('../../drizzle/sqlite', import.meta.url))
  const earlier = aDirectory()
  mkdirSync(join(earlier, 'meta'))
  const journal = JSON.parse(readFileSync(join(all, 'meta/_journal.json'), 'utf8')) as { entries: { tag: string }[] }
  const entries = journal.entries.slice(0, 2)
  writeFileSync(join(earlier, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }))
  for (const { tag } of entries) copyFileSync(join(all, `${tag}.sql`), join(earlier, `${tag}.sql`))
  return earlier
}
