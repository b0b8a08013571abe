import type { SQL } from 'drizzle-orm'
import { and, asc, eq, inArray, sql } from './drizzle.ts'
import { cards, outbox, requests } from './schema.ts'
import { toOutboxRow } from './sqlite-rows.ts'
import type { Db } from './sqlite-statements.ts'
import type { Reads } from './store.ts'

const GIVEN_UP_MS = 24 * 60 * 60_000

/**
 * Rows that a permanent error stopped and that somebody must hear of. A card of a request that ended, in a channel that was
 * dead for a day since, is tried on but no longer told: it would hide what breaks next.
 */
const stopped = sql`${outbox.failed} = 1 AND NOT (${outbox.kind} = 'update' AND EXISTS (
  SELECT 1 FROM ${requests} WHERE ${requests.id} = ${outbox.requestId}
  AND json_extract(${requests.outcome}, '$.atMs') < ${outbox.dueAtMs} - ${GIVEN_UP_MS}))`

/** What the outbox loop and the delivery state read. */
export function outboxReads(db: Db): Pick<Reads, 'due' | 'outboxState' | 'cards' | 'staleCards' | 'delivery'> {
  const shown = { requestId: cards.requestId, channel: cards.channel, ts: cards.ts, version: cards.version }
  const cardsOf = db
    .select(shown)
    .from(cards)
    .where(eq(cards.requestId, sql.placeholder('requestId')))
    .orderBy(asc(cards.ts))
    .prepare()
  const announces = db
    .select({ failed: outbox.failed })
    .from(outbox)
    .where(and(eq(outbox.requestId, sql.placeholder('requestId')), eq(outbox.kind, 'announce')))
    .prepare()
  const stale = db
    .select(shown)
    .from(cards)
    // A row that failed counts as well: it will be tried again, and a second one beside it would be a retry storm (F11).
    .where(sql`${cards.stale} = 1 AND NOT EXISTS (SELECT 1 FROM ${outbox} WHERE ${outbox.requestId} = ${cards.requestId}
      AND ${outbox.channel} = ${cards.channel} AND ${outbox.kind} = 'update')`)
    .orderBy(asc(cards.requestId))
    .limit(sql.placeholder('limit'))
    .prepare()
  const failures = db
    .selectDistinct({ channel: outbox.channel, error: sql<string>`coalesce(${outbox.lastError}, 'being tried again')` })
    .from(outbox)
    .where(stopped)
    .limit(10)
    .prepare()
  const count = (which: SQL) => db.select({ rows: sql<number>`count(*)` }).from(outbox).where(which).prepare()
  const waiting = count(sql`${outbox.failed} = 0`)
  const failed = count(stopped)
  const due = dueRows(db)
  return {
    due,
    outboxState: () => ({
      waiting: waiting.get()?.rows ?? 0,
      failed: failed.get()?.rows ?? 0,
      failures: failures.all(),
    }),
    cards: (requestId) => cardsOf.all({ requestId }),
    staleCards: (limit) => stale.all({ limit }),
    delivery: (requestId) => {
      const said = announces.all({ requestId })
      const messages = cardsOf.all({ requestId }).map(({ channel, ts }) => ({ channel, ts }))
      if (said.some((row) => row.failed)) return { state: 'failed', messages }
      return { state: said.length > 0 ? 'queued' : 'delivered', messages }
    },
  }
}

/**
 * The oldest due row of each channel and kind, found by one step in the index for each of them: however long the backlog
 * of a channel is, it is never read through.
 */
function dueRows(db: Db): Reads['due'] {
  const nextChannel = sql`SELECT min(${outbox.channel}) FROM ${outbox}`
  const oldest = sql`SELECT ${outbox.id} FROM ${outbox}
    WHERE ${outbox.channel} = channel_name AND ${outbox.kind} = kind_name AND ${outbox.dueAtMs} <= ${sql.placeholder('nowMs')}
    ORDER BY ${outbox.dueAtMs}, ${outbox.id} LIMIT 1`
  const ids = sql`(
    WITH RECURSIVE
      channels(channel_name) AS (
        ${nextChannel}
        UNION ALL
        SELECT (${nextChannel} WHERE ${outbox.channel} > channel_name) FROM channels WHERE channel_name IS NOT NULL
      ),
      kinds(kind_name) AS (VALUES ('announce'), ('update'), ('alarm'))
    SELECT (${oldest}) FROM channels CROSS JOIN kinds
  )`
  const rows = db
    .select()
    .from(outbox)
    .where(inArray(outbox.id, ids))
    .orderBy(asc(outbox.dueAtMs), asc(outbox.id))
    .prepare()
  return (nowMs) => rows.all({ nowMs }).map(toOutboxRow)
}
