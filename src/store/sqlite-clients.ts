import type { Change } from '../approval/change.ts'
import { and, eq, sql } from './drizzle.ts'
import { clients } from './schema.ts'
import { clientRow } from './sqlite-rows.ts'
import { type Db, type Run, runner, slot, slots } from './sqlite-statements.ts'

type Row = ReturnType<typeof clientRow>

/** The clients and when their keys were used, within the transaction of the caller. */
export function clientWriter(db: Db, now: () => number) {
  const insert = runner<Row>(db, db.insert(clients).values(slots(clients)).onConflictDoNothing())
  const update = compareAndSwap(db)
  const used = db.$client.prepare<[number, string]>(USED)

  /** @returns false where the client is there already, or is not as it was read. */
  function put({ before, after }: NonNullable<Change['client']>): boolean {
    if (before === null) return insert(clientRow(after)) === 1
    if (before.id !== after.id) throw new Error('a client keeps its id')
    const read = Object.entries(clientRow(before)).map(([name, value]) => [`${READ}${name}`, value])
    return update({ ...clientRow(after), ...Object.fromEntries(read) }) === 1
  }

  /** @returns false where there is no such client. */
  const isKept = (clientId: string, atMs: number): boolean => used.run(atMs, clientId).changes === 1

  const live = db.$client.prepare<[string, number], number>(LIVE).pluck()
  /** Looked at in the transaction of what its key asked for. */
  const isLive = (clientId: string): boolean => live.get(clientId, now()) !== undefined

  return { put, used: isKept, isLive }
}

/** Before the name of a column: its value as the change was judged on it. */
const READ = 'read_'

/** Every column is compared: a key that got other limits meanwhile must not be rotated back to the old ones. */
function compareAndSwap(db: Db): Run<Row & { readonly [read: string]: unknown }> {
  const { id, ...changing } = slots(clients)
  const asRead = Object.keys(changing).map(
    (name) => sql`${clients[name as keyof typeof changing]} IS ${slot(`${READ}${name}`)}`,
  )
  return runner(
    db,
    db
      .update(clients)
      .set(changing)
      .where(and(eq(clients.id, id), ...asRead)),
  )
}

const LIVE =
  'SELECT 1 FROM clients WHERE id = ? AND revoked_at_ms IS NULL AND (expires_at_ms IS NULL OR expires_at_ms > ?)'

/** Of two processes the later use stays. */
const USED = `INSERT INTO client_uses (client_id, last_used_at_ms) SELECT id, ? FROM clients WHERE id = ?
  ON CONFLICT (client_id) DO UPDATE SET last_used_at_ms = max(last_used_at_ms, excluded.last_used_at_ms)`
