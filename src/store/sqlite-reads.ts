import type { Client } from '../approval/principal.ts'
import { asc, desc, eq, lte, sql } from './drizzle.ts'
import { clients, decisions, requests } from './schema.ts'
import { storageError } from './sqlite-errors.ts'
import { logReads } from './sqlite-log-reads.ts'
import { orderReads } from './sqlite-order-reads.ts'
import { outboxReads } from './sqlite-outbox-reads.ts'
import { joined, openReviews, search } from './sqlite-search.ts'
import type { Db } from './sqlite-statements.ts'
import type { Reads } from './store.ts'

/** Every read of the store: one statement each, so that nobody sees a part of a commit. */
export function sqliteReads(db: Db): Reads & { forgetClients(): void } {
  const { forget, ...ofClients } = clientReads(db)
  const reads = { ...requestReads(db), ...ofClients, ...orderReads(db), ...outboxReads(db), ...logReads(db) }
  return { ...asStorage(reads), forgetClients: forget }
}

type RequestReads = Pick<Reads, 'request' | 'requests' | 'idempotent' | 'overdue' | 'pendingCounts' | 'openReviews'>

function requestReads(db: Db): RequestReads {
  const one = db
    .select()
    .from(requests)
    .leftJoin(decisions, eq(decisions.requestId, requests.id))
    .where(eq(requests.id, sql.placeholder('id')))
    .orderBy(asc(decisions.position))
    .prepare()
  const opened = db
    .select({ requestId: requests.id, bodyDigest: sql<string>`coalesce(${requests.idempotencyDigest}, '')` })
    .from(requests)
    .where(
      sql`${requests.clientId} = ${sql.placeholder('clientId')} AND ${requests.idempotencyKey} = ${sql.placeholder('key')}`,
    )
    .prepare()
  // The literal is what lets SQLite use the index of pending requests.
  const pending = sql`${requests.status} = 'pending'`
  const overdue = db
    .select({ id: requests.id })
    .from(requests)
    .where(sql`${pending} AND ${lte(requests.expiresAtMs, sql.placeholder('nowMs'))}`)
    .orderBy(asc(requests.expiresAtMs))
    .limit(sql.placeholder('limit'))
    .prepare()
  const counts = db
    .select({ clientId: requests.clientId, pending: sql<number>`count(*)` })
    .from(requests)
    .where(pending)
    // The plus keeps SQLite from walking the index of all requests by client instead.
    .groupBy(sql`+${requests.clientId}`)
    .prepare()
  return {
    request: (id) => {
      const rows = one.all({ id })
      return rows.length === 0 ? null : joined(rows)
    },
    requests: search(db),
    openReviews: openReviews(db),
    idempotent: (clientId, key) => opened.get({ clientId, key }) ?? null,
    overdue: (nowMs, limit) => overdue.all({ nowMs, limit }).map((row) => row.id),
    pendingCounts: () => new Map(counts.all().map((row) => [row.clientId, row.pending])),
  }
}

/**
 * Clients are asked for with every call of the API, so the known ones are kept, for as long as nobody else has written:
 * a key that the command line revokes is refused by the next call.
 */
function clientReads(db: Db): Pick<Reads, 'client' | 'clients'> & { forget(): void } {
  const dataVersion = db.$client.prepare<[], number>('PRAGMA data_version').pluck()
  const one = db
    .select()
    .from(clients)
    .where(eq(clients.id, sql.placeholder('id')))
    .prepare()
  const all = db.select().from(clients).orderBy(desc(clients.createdAtMs), asc(clients.id)).prepare()
  const known = new Map<string, Client>()
  let seen: number | undefined
  let isChecked = false
  /** Once for all that one turn of the event loop asks: what another process wrote in between was written meanwhile. */
  const check = (): void => {
    const now = dataVersion.get()
    if (now !== seen) known.clear()
    seen = now
    isChecked = true
    setImmediate(() => {
      isChecked = false
    })
  }
  return {
    client: (id) => {
      if (!isChecked) check()
      const kept = known.get(id)
      if (kept) return kept
      const found = one.get({ id }) ?? null
      // Ids that nobody has are not kept: whoever guesses them must not fill the memory.
      if (found) known.set(id, found)
      return found
    },
    clients: () => all.all(),
    forget: () => known.clear(),
  }
}

/** The same reads, with the disk's troubles as {@link StorageError}. */
function asStorage(reads: Reads): Reads {
  const guarded = Object.entries(reads).map(([name, read]) => [
    name,
    (...given: unknown[]) => {
      try {
        return read(...given)
      } catch (error) {
        throw storageError(error) ?? error
      }
    },
  ])
  return Object.fromEntries(guarded)
}
