import { isDeepStrictEqual } from 'node:util'
import type { Change } from '../approval/change.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import { and, eq, sql } from './drizzle.ts'
import { clients, decisions, requests } from './schema.ts'
import { type LogEnd, LogWriter } from './sqlite-log.ts'
import { outboxWriter } from './sqlite-outbox.ts'
import { clientRow, decisionRow, requestRow } from './sqlite-rows.ts'
import { type Db, runner, slot, slots } from './sqlite-statements.ts'
import type { Delivery } from './store.ts'

/** Applies one change or delivery step inside the transaction of the caller, who undoes it where it does not end well. */
export type Writer = ReturnType<typeof sqliteWriter>

/** @param now UTC milliseconds: the time that a change must not be written after is the time of its transaction (INV10). */
export function sqliteWriter(db: Db, now: () => number) {
  const log = new LogWriter(db)
  const outbox = outboxWriter(db)
  const statements = prepare(db)

  /** @returns where the log stands now, or null for a conflict: then a part may have been written, and must be undone. */
  function apply(write: Change | Delivery, end: LogEnd): LogEnd | null {
    if ('delivery' in write) return outbox.step(write) ? end : null
    if (write.notAfterMs !== undefined && now() >= write.notAfterMs) return null
    if (write.request && !putRequest(write.request, write.idempotency)) return null
    if (write.client && !putClient(write.client)) return null
    for (const message of write.outbox ?? []) {
      const known = message.kind !== 'alarm' && write.request?.after.id === message.requestId
      outbox.queue(message, write.atMs, known ? (write.request?.after.version ?? null) : null)
    }
    return log.append(end, write.audit, write.atMs)
  }

  function putRequest(change: NonNullable<Change['request']>, idempotency: Change['idempotency']): boolean {
    const { before, after } = change
    if (before === null) {
      // The id or the idempotency key is taken: the other one of the race was faster (INV9).
      if (statements.insertRequest(requestRow(after, idempotency)) !== 1) return false
    } else {
      requireSameAsk(before, after)
      if (statements.updateRequest({ ...requestRow(after, undefined), before: before.version }) !== 1) return false
      outbox.cardsBehind({ requestId: after.id })
    }
    for (let i = before?.decisions.length ?? 0; i < after.decisions.length; i++) {
      const decision = after.decisions[i]
      if (decision) statements.insertDecision(decisionRow(after.id, i, decision))
    }
    return true
  }

  function putClient({ before, after }: NonNullable<Change['client']>): boolean {
    const row = clientRow(after)
    if (before === null) return statements.insertClient(row) === 1
    if (before.id !== after.id) throw new Error('a client keeps its id')
    const read = { beforeHash: before.secretHash, beforeRevoked: before.revokedAtMs }
    return statements.updateClient({ ...row, ...read }) === 1
  }

  return { apply, log }
}

/** A rule that changes what was asked, or drops a decision, is a defect, and a grave one: it must not reach the disk (INV5). */
function requireSameAsk(before: ApprovalRequest, after: ApprovalRequest): void {
  const kept = (['id', 'client', 'ask', 'payloadDigest', 'closure', 'policy', 'createdAtMs'] as const).every((member) =>
    isSame(before[member], after[member]),
  )
  if (!kept) throw new Error(`${before.id}: what was asked does not change`)
  if (after.version !== before.version + 1) throw new Error(`${before.id}: a change is one version`)
  if (!before.decisions.every((decision, i) => isSame(decision, after.decisions[i]))) {
    throw new Error(`${before.id}: decisions only grow`)
  }
}

const isSame = (a: unknown, b: unknown): boolean => a === b || isDeepStrictEqual(a, b)

function prepare(db: Db) {
  const { id, version, status, execution, expiresAtMs, grantExpiresAtMs, outcome, consumed, completed } =
    slots(requests)
  const { id: clientId, ...client } = slots(clients)
  return {
    insertRequest: runner<ReturnType<typeof requestRow>>(
      db,
      db.insert(requests).values(slots(requests)).onConflictDoNothing(),
    ),
    // Compare and swap: the version is in the condition, never read first and written after (M7).
    updateRequest: runner<ReturnType<typeof requestRow> & { before: number }>(
      db,
      db
        .update(requests)
        .set({ version, status, execution, expiresAtMs, grantExpiresAtMs, outcome, consumed, completed })
        .where(and(eq(requests.id, id), eq(requests.version, slot('before')))),
    ),
    insertDecision: runner<ReturnType<typeof decisionRow>>(db, db.insert(decisions).values(slots(decisions))),
    insertClient: runner<ReturnType<typeof clientRow>>(
      db,
      db.insert(clients).values(slots(clients)).onConflictDoNothing(),
    ),
    updateClient: runner<ReturnType<typeof clientRow> & { beforeHash: string; beforeRevoked: number | null }>(
      db,
      db
        .update(clients)
        .set(client)
        .where(
          and(
            eq(clients.id, clientId),
            eq(clients.secretHash, slot('beforeHash')),
            sql`${clients.revokedAtMs} IS ${slot('beforeRevoked')}`,
          ),
        ),
    ),
  }
}
