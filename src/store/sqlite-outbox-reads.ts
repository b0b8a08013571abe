import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import { cards, outbox, requests } from './schema.ts'
import type { Db } from './sqlite-open.ts'
import { toOutboxRow } from './sqlite-rows.ts'
import type { Reads } from './store.ts'

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
    .innerJoin(requests, eq(requests.id, cards.requestId))
    // A row that failed counts as well: it will be tried again, and a second one beside it would be a retry storm (F11).
    .where(sql`${cards.stale} = 1 AND NOT EXISTS (SELECT 1 FROM ${outbox} WHERE ${outbox.requestId} = ${cards.requestId}
      AND ${outbox.channel} = ${cards.channel} AND ${outbox.kind} = 'update')`)
    .orderBy(asc(cards.requestId))
    .limit(sql.placeholder('limit'))
    .prepare()
  const failures = db
    .selectDistinct({ channel: outbox.channel, error: sql<string>`coalesce(${outbox.lastError}, '')` })
    .from(outbox)
    .where(sql`${outbox.failed} = 1`)
    .limit(10)
    .prepare()
  const counts = db
    .select({
      all: sql<number>`count(*)`,
      failed: sql<number>`(SELECT count(*) FROM ${outbox} WHERE ${outbox.failed} = 1)`,
    })
    .from(outbox)
    .prepare()
  return {
    due: (nowMs, limit, exceptChannels = []) => dueRows(db, nowMs, limit, exceptChannels),
    outboxState: () => {
      const { all, failed } = counts.get() ?? { all: 0, failed: 0 }
      return { waiting: all - failed, failed, failures: failures.all() }
    },
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
