import type { OutboxMessage } from '../approval/change.ts'
import { and, eq, lt, lte, or, sql } from './drizzle.ts'
import { cards, outbox, requests } from './schema.ts'
import { type Db, runner, slot, slots } from './sqlite-statements.ts'
import type { Card, Delivery } from './store.ts'

type OutboxStep = Exclude<Delivery, { delivery: 'used' | 'token' }>
type Step<K extends Delivery['delivery']> = Extract<Delivery, { delivery: K }>

/** The outbox's rows and cards, within the transaction of the caller. */
export function outboxWriter(db: Db) {
  const statements = prepare(db)

  /**
   * @param version of the request that the message is to tell of; read from the store where the caller does not know it.
   */
  function queue(message: OutboxMessage, dueAtMs: number, version: number | null): void {
    if (message.kind === 'alarm') {
      const mention = message.mention ?? null
      statements.insert({ ...QUEUED, ...message, mention, requestId: null, version: 0, dueAtMs })
      return
    }
    const { kind, requestId, channel } = message
    const current = version ?? statements.version.get(requestId)
    if (current === undefined) throw new Error(`there is no request ${requestId} to tell of`)
    // What nobody began to say will be said as of then: one row does for both.
    if (kind === 'update' && statements.coalesce({ requestId, channel, version: current }) > 0) return
    statements.insert({ ...QUEUED, kind, requestId, channel, text: null, mention: null, version: current, dueAtMs })
  }

  /** @returns false where the row is gone: somebody else has said it. */
  function step(delivery: OutboxStep): boolean {
    switch (delivery.delivery) {
      case 'attempt':
        return statements.attempt({ id: delivery.row }) === 1
      case 'done':
        return done(delivery)
      case 'later':
      case 'failed':
        return postpone(delivery)
      case 'found':
        statements.found({ ...delivery.card, stale: isStale(delivery.card) })
        return true
      case 'queue':
        queue(delivery.message, delivery.dueAtMs, null)
        return true
      case 'retry':
        statements.retry({ dueAtMs: delivery.dueAtMs })
        return true
    }
  }

  function done({ row: id, cards: shown }: Step<'done'>): boolean {
    // A card that stands in Slack is kept even where its row is gone: one that we forget is never updated again.
    for (const card of shown) statements.shown({ ...card, stale: isStale(card) })
    const row = statements.row.get(id)
    if (!row) return shown.length > 0
    const rendered = shown.length === 0 ? null : Math.min(...shown.map((card) => card.version))
    if (row.kind === 'update' && rendered !== null && rendered < row.version) {
      // Rendered before the version it was to tell of: not said yet.
      return statements.again({ id }) === 1
    }
    statements.remove({ id })
    const { requestId, channel, kind } = row
    if (requestId === null) return true
    statements.removeUpdates({ requestId, channel, id, version: rendered ?? -1 })
    if (kind === 'announce') statements.removeAnnounces({ requestId, channel, id })
    return true
  }

  function postpone({ delivery, row, dueAtMs, error }: Step<'later' | 'failed'>): boolean {
    return statements.postpone({ id: row, dueAtMs, lastError: error, failed: delivery === 'failed' }) === 1
  }

  const isStale = (card: Card): boolean => card.version < (statements.version.get(card.requestId) ?? 0)

  return { queue, step, cardsBehind: statements.cardsBehind }
}

const QUEUED = { attempts: 0, failed: false, lastError: null }

type RowToSay = Pick<typeof outbox.$inferSelect, 'kind' | 'requestId' | 'channel' | 'version'>

function prepare(db: Db) {
  const { id, ...queued } = slots(outbox)
  const thisRow = eq(outbox.id, id)
  const sameCard = and(eq(outbox.requestId, slot('requestId')), eq(outbox.channel, slot('channel')))
  const insertCard = () => db.insert(cards).values(slots(cards))
  return {
    insert: runner<Required<Omit<typeof outbox.$inferInsert, 'id'>>>(db, db.insert(outbox).values(queued)),
    coalesce: runner<Target & { version: number }>(
      db,
      db
        .update(outbox)
        .set({ version: slot('version') })
        .where(and(sameCard, eq(outbox.kind, sql`'update'`), eq(outbox.attempts, sql`0`))),
    ),
    attempt: runner<Id>(
      db,
      db
        .update(outbox)
        .set({ attempts: sql`${outbox.attempts} + 1`, lastError: sql`NULL` })
        .where(thisRow),
    ),
    again: runner<Id>(db, db.update(outbox).set({ attempts: sql`0`, failed: sql`0` }).where(thisRow)),
    postpone: runner<Id & { dueAtMs: number; lastError: string; failed: boolean }>(
      db,
      db
        .update(outbox)
        .set({ dueAtMs: slot('dueAtMs'), lastError: slot('lastError'), failed: slot('failed') })
        .where(thisRow),
    ),
    retry: runner<{ dueAtMs: number }>(
      db,
      db
        .update(outbox)
        .set({ dueAtMs: slot('dueAtMs') })
        .where(sql`${outbox.failed} = 1`),
    ),
    remove: runner<Id>(db, db.delete(outbox).where(thisRow)),
    removeUpdates: runner<Id & Target & { version: number }>(
      db,
      db.delete(outbox).where(
        and(
          sameCard,
          eq(outbox.kind, sql`'update'`),
          // Older rows alone: a later one may be there for a card that was found while this was being said.
          lt(outbox.id, id),
          or(lte(outbox.version, slot('version')), eq(slot('version'), sql`-1`)),
        ),
      ),
    ),
    removeAnnounces: runner<Id & Target>(
      db,
      db.delete(outbox).where(and(sameCard, eq(outbox.kind, sql`'announce'`), lt(outbox.id, id))),
    ),
    shown: runner<typeof cards.$inferInsert>(
      db,
      insertCard().onConflictDoUpdate({
        target: [cards.requestId, cards.channel, cards.ts],
        set: { version: sql`excluded.version`, stale: sql`excluded.stale` },
      }),
    ),
    // Known already: then we know better what it shows.
    found: runner<typeof cards.$inferInsert>(db, insertCard().onConflictDoNothing()),
    cardsBehind: runner<{ requestId: string }>(
      db,
      db
        .update(cards)
        .set({ stale: sql`1` })
        .where(and(eq(cards.requestId, slot('requestId')), sql`${cards.stale} = 0`)),
    ),
    row: db.$client.prepare<[number], RowToSay>(
      'SELECT kind, request_id AS requestId, channel, version FROM outbox WHERE id = ?',
    ),
    version: db.$client
      .prepare<[string], number>(
        db
          .select({ version: requests.version })
          .from(requests)
          .where(eq(requests.id, slot('id')))
          .toSQL().sql,
      )
      .pluck(),
  }
}

type Id = { readonly id: number }
type Target = { readonly requestId: string; readonly channel: string }
