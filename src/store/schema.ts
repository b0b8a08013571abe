import type { Digest } from '../approval/digest.ts'
import type { Client, Identity, Scope, VerifiedBy } from '../approval/principal.ts'
import type {
  Ask,
  BrokenGlass,
  Completion,
  Consumption,
  Decision,
  Execution,
  Outcome,
  PinnedPolicy,
  Status,
} from '../approval/request.ts'
import type { AuditType } from '../audit/entry.ts'
import { index, integer, primaryKey, sql, sqliteTable, text, uniqueIndex } from './drizzle.ts'

/**
 * The tables of the SQLite store. The log (`auditEntries` and `treeHead`) is the evidence; the other tables are its
 * present state, which the log alone can rebuild. Times are UTC milliseconds.
 *
 * What SQL has and drizzle has not (append-only triggers, WITHOUT ROWID) stands in drizzle/sqlite/*.sql.
 */

/** One ask. Columns that lists filter by come first, so that a scan does not read the long texts behind them. */
export const requests = sqliteTable(
  'requests',
  {
    /** Time-ordered: new rows go to the end of the tree, and newest first is the order of the key. */
    id: text().primaryKey(),
    version: integer().notNull(),
    status: text().$type<Status>().notNull(),
    execution: text().$type<Execution>().notNull(),
    clientId: text().notNull(),
    clientName: text().notNull(),
    /** Keys were the one way in before it was kept. */
    verifiedBy: text().$type<VerifiedBy>().notNull().default('client_key'),
    /** Copies out of `ask`, for filtering. */
    action: text().notNull(),
    resource: text(),
    environment: text(),
    createdAtMs: integer().notNull(),
    expiresAtMs: integer().notNull(),
    grantExpiresAtMs: integer(),
    idempotencyKey: text(),
    idempotencyDigest: text(),
    payloadDigest: text().$type<Digest>().notNull(),
    closure: text({ mode: 'json' }).$type<readonly Identity[]>().notNull(),
    outcome: text({ mode: 'json' }).$type<Outcome>(),
    consumed: text({ mode: 'json' }).$type<Consumption>(),
    completed: text({ mode: 'json' }).$type<Completion>(),
    brokenGlass: text({ mode: 'json' }).$type<BrokenGlass>(),
    /** The glass was broken and nobody has signed the review: a copy out of `brokenGlass`, for its index. */
    reviewOpen: integer({ mode: 'boolean' }).notNull().default(false),
    policy: text({ mode: 'json' }).$type<StoredPolicy>().notNull(),
    ask: text({ mode: 'json' }).$type<Ask>().notNull(),
  },
  (t) => [
    // One key of one client opens one request (INV9): the race of two is decided here.
    uniqueIndex('requests_idempotency').on(t.clientId, t.idempotencyKey).where(sql`idempotency_key IS NOT NULL`),
    index('requests_of_client').on(t.clientId, t.id),
    // The sweeper and the pending limit read this index alone, whatever the number of closed requests.
    index('requests_pending').on(t.expiresAtMs, t.clientId, t.id).where(sql`status = 'pending'`),
    index('requests_review_open').on(t.id).where(sql`review_open = 1`),
  ],
)

/** As pinned by this version, or by one that knew no break-glass. */
type StoredPolicy = Omit<PinnedPolicy, 'breakGlass'> & Partial<Pick<PinnedPolicy, 'breakGlass'>>

/** What each person said, and that she took it back. Append-only. */
export const decisions = sqliteTable(
  'decisions',
  {
    requestId: text()
      .notNull()
      .references(() => requests.id),
    /** 0, 1, 2 … in the order they were said. */
    position: integer().notNull(),
    approverUserId: text().notNull(),
    approverTeamId: text().notNull(),
    approverName: text().notNull(),
    approverIdentities: text({ mode: 'json' }).$type<readonly Identity[]>().notNull(),
    verdict: text().$type<Decision['verdict']>().notNull(),
    reason: text(),
    surface: text().$type<Decision['surface']>().notNull(),
    delegatedBy: text(),
    delegatorIdentities: text({ mode: 'json' }).$type<readonly Identity[]>().notNull().default([]),
    groups: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
    membershipReadAtMs: integer().notNull(),
    digestShown: text().notNull(),
    policyDigest: text().notNull(),
    decidedAtMs: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.requestId, t.position] })],
)

/** The log. Append-only; texts stand exactly as they were hashed. */
export const auditEntries = sqliteTable(
  'audit_entries',
  {
    seq: integer().primaryKey(),
    type: text().$type<AuditType>().notNull(),
    requestId: text(),
    envelope: text().notNull(),
    leaf: text().notNull(),
    body: text(),
    salt: text(),
  },
  (t) => [
    index('audit_entries_of_request').on(t.requestId).where(sql`request_id IS NOT NULL`),
    index('audit_entries_policies').on(sql`body ->> '$.digest'`).where(sql`type = 'policy.loaded'`),
  ],
)

/** One row: where the Merkle tree stands. Read and written in the transaction that appends. */
export const treeHead = sqliteTable('tree_head', {
  id: integer().primaryKey(),
  size: integer().notNull(),
  root: text().notNull(),
  frontier: text().notNull(),
  lastAtMs: integer().notNull(),
})

/** What is still to be said, and how often that was tried. */
export const outbox = sqliteTable(
  'outbox',
  {
    /** Never used twice: a late report on a row that is gone must not hit another one. */
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text().$type<'announce' | 'update' | 'alarm'>().notNull(),
    /** Null for an alarm. */
    requestId: text(),
    channel: text().notNull(),
    /** Of an alarm. */
    text: text(),
    /** Of an alarm: whom it mentions. */
    mention: text({ mode: 'json' }).$type<readonly string[]>(),
    /** The request's version that this row is to tell of: a card rendered from an earlier one has not said it. */
    version: integer().notNull(),
    attempts: integer().notNull().default(0),
    /** A permanent error stopped it; it is tried again, seldom. */
    failed: integer({ mode: 'boolean' }).notNull().default(false),
    dueAtMs: integer().notNull(),
    lastError: text(),
  },
  (t) => [
    index('outbox_due').on(t.channel, t.kind, t.dueAtMs),
    index('outbox_of_request').on(t.requestId, t.channel).where(sql`request_id IS NOT NULL`),
    index('outbox_failed').on(t.channel, t.lastError).where(sql`failed = 1`),
  ],
)

/** Messages in Slack that show a request. */
export const cards = sqliteTable(
  'cards',
  {
    requestId: text()
      .notNull()
      .references(() => requests.id),
    channel: text().notNull(),
    ts: text().notNull(),
    version: integer().notNull(),
    /** The request has moved on since the card was rendered. Kept beside, so that finding these reads no others. */
    stale: integer({ mode: 'boolean' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.requestId, t.channel, t.ts] }),
    index('cards_stale').on(t.requestId, t.channel, t.ts, t.version).where(sql`stale = 1`),
  ],
)

export const clients = sqliteTable('clients', {
  id: text().primaryKey(),
  name: text().notNull(),
  secretHash: text().notNull(),
  owners: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
  makers: text({ mode: 'json' }).$type<readonly Identity[]>().notNull(),
  scopes: text({ mode: 'json' }).$type<readonly Scope[]>().notNull(),
  actFor: integer({ mode: 'boolean' }).notNull(),
  actions: text({ mode: 'json' }).$type<readonly string[]>(),
  environments: text({ mode: 'json' }).$type<readonly string[]>(),
  previous: text({ mode: 'json' }).$type<NonNullable<Client['previous']>>(),
  ipRanges: text({ mode: 'json' }).$type<readonly string[]>().notNull().default([]),
  createdAtMs: integer().notNull(),
  expiresAtMs: integer(),
  revokedAtMs: integer(),
})

/** When each key was last seen. Beside the clients, for it is no fact of the log and moves while they stand. */
export const clientUses = sqliteTable('client_uses', {
  clientId: text()
    .primaryKey()
    .references(() => clients.id),
  lastUsedAtMs: integer().notNull(),
})

/** One row while everything is stopped, none otherwise. */
export const pauses = sqliteTable('pauses', {
  id: integer().primaryKey(),
  by: text().notNull(),
  reason: text(),
  atMs: integer().notNull(),
})

/** Who may sit in whose seat, and when. Kept for good; only its end may be set. */
export const delegations = sqliteTable(
  'delegations',
  {
    id: text().primaryKey(),
    from: text('from_user_id').notNull(),
    to: text('to_user_id').notNull(),
    startsAtMs: integer().notNull(),
    endsAtMs: integer().notNull(),
    createdAtMs: integer().notNull(),
    createdBy: text().notNull(),
    revokedAtMs: integer(),
  },
  (t) => [
    index('delegations_to_come').on(t.endsAtMs).where(sql`revoked_at_ms IS NULL`),
    // A click reads those to one person, however many others are written down.
    index('delegations_to').on(t.to, t.endsAtMs).where(sql`revoked_at_ms IS NULL`),
  ],
)

/** Each use of what a rule allows a limited number of times. The key is the index that they are counted by. */
export const allowances = sqliteTable(
  'allowances',
  {
    rule: text().notNull(),
    key: text().notNull(),
    atMs: integer().notNull(),
    requestId: text()
      .notNull()
      .references(() => requests.id),
  },
  (t) => [primaryKey({ columns: [t.rule, t.key, t.atMs, t.requestId] })],
)

/** Bearer tokens that were shown: none opens the door twice. */
export const tokenIds = sqliteTable(
  'token_ids',
  {
    issuer: text().notNull(),
    jti: text().notNull(),
    expiresAtMs: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.issuer, t.jti] }), index('token_ids_over').on(t.expiresAtMs)],
)
