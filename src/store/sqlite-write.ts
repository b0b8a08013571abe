import { isDeepStrictEqual } from 'node:util'
import type { Change } from '../approval/change.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import { and, eq } from './drizzle.ts'
import { decisions, requests } from './schema.ts'
import { clientWriter } from './sqlite-clients.ts'
import { type LogEnd, LogWriter } from './sqlite-log.ts'
import { onceWriter } from './sqlite-once.ts'
import { orderWriter } from './sqlite-orders.ts'
import { outboxWriter } from './sqlite-outbox.ts'
import { decisionRow, requestRow } from './sqlite-rows.ts'
import { type Db, runner, slot, slots } from './sqlite-statements.ts'
import type { Delivery } from './store.ts'

/** Applies one change or delivery step inside the transaction of the caller, who undoes it where it does not end well. */
export type Writer = ReturnType<typeof sqliteWriter>

/** @param now UTC milliseconds: the time that a change must not be written after is the time of its transaction (INV10). */
export function sqliteWriter(db: Db, now: () => number) {
  const log = new LogWriter(db)
  const outbox = outboxWriter(db)
  const clients = clientWriter(db, now)
  const orders = orderWriter(db, now)
  const once = onceWriter(db, now)
  const statements = prepare(db)

  /** @returns where the log stands now, or null for a conflict: then a part may have been written, and must be undone. */
  function apply(write: Change | Delivery, end: LogEnd): LogEnd | null {
    if ('delivery' in write) return step(write) ? end : null
    if (write.notAfterMs !== undefined && now() >= write.notAfterMs) return null
    if (write.unlessPaused && orders.isPaused()) return null
    if (write.whileDelegated && !orders.areActive(write.whileDelegated)) return null
    if (write.whileClient !== undefined && !clients.isLive(write.whileClient)) return null
    if (!putAll(write)) return null
    for (const message of write.outbox ?? []) {
      const known = message.kind !== 'alarm' && write.request?.after.id === message.requestId
      outbox.queue(message, write.atMs, known ? (write.request?.after.version ?? null) : null)
    }
    return log.append(end, write.audit, write.atMs)
  }

  /** @returns false for a conflict. */
  function putAll({ request, idempotency, client, delegation, pause, allowances }: Change): boolean {
    if (request && !putRequest(request, idempotency)) return false
    if (client && !clients.put(client)) return false
    if (delegation && !orders.putDelegation(delegation)) return false
    if (pause && !orders.putPause(pause)) return false
    if (!allowances) return true
    if (request?.before !== null) throw new Error('only a new request uses an allowance')
    return once.useAllowances(allowances, request.after)
  }

  /** @returns false for a conflict. */
  function step(delivery: Delivery): boolean {
    if (delivery.delivery === 'used') return clients.used(delivery.clientId, delivery.atMs)
    if (delivery.delivery === 'token') return once.showToken(delivery)
    return outbox.step(delivery)
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
  if (!isReviewAlone(before.brokenGlass, after.brokenGlass)) {
    throw new Error(`${before.id}: a broken glass stays broken, and is reviewed once`)
  }
}

function isReviewAlone(before: ApprovalRequest['brokenGlass'], after: ApprovalRequest['brokenGlass']): boolean {
  if (before === null || isSame(before, after)) return true
  return before.review === null && after !== null && isSame(before, { ...after, review: null })
}

const isSame = (a: unknown, b: unknown): boolean => a === b || isDeepStrictEqual(a, b)

function prepare(db: Db) {
  const { id, version, status, execution, expiresAtMs, grantExpiresAtMs, outcome, consumed, completed } =
    slots(requests)
  const { brokenGlass, reviewOpen } = slots(requests)
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
        .set({
          ...{ version, status, execution, expiresAtMs, grantExpiresAtMs },
          ...{ outcome, brokenGlass, reviewOpen, consumed, completed },
        })
        .where(and(eq(requests.id, id), eq(requests.version, slot('before')))),
    ),
    insertDecision: runner<ReturnType<typeof decisionRow>>(db, db.insert(decisions).values(slots(decisions))),
  }
}
