import type { Change } from '../approval/change.ts'
import type { Delegation } from '../approval/delegation.ts'
import type { Pause } from '../approval/pause.ts'
import { and, eq, sql } from './drizzle.ts'
import { delegations, pauses } from './schema.ts'
import { delegationRow } from './sqlite-rows.ts'
import { type Db, runner, slot, slots } from './sqlite-statements.ts'

/** What people ordered for everybody: a pause, and who sits in whose seat. Within the transaction of the caller. */
export function orderWriter(db: Db, now: () => number) {
  const statements = prepare(db)

  /** @returns false where the pause is another one than was read, or none. */
  function putPause({ before, after }: NonNullable<Change['pause']>): boolean {
    if (before !== null && statements.endPause(before) !== 1) return false
    return after === null || statements.beginPause({ ...pauseRow(after), id: 1 }) === 1
  }

  /** @returns false where the id is taken, or the delegation is not as it was read. */
  function putDelegation({ before, after }: NonNullable<Change['delegation']>): boolean {
    const row = delegationRow(after)
    if (before === null) return statements.insertDelegation(row) === 1
    requireSameDelegation(before, after)
    return statements.endDelegation({ ...row, before: before.revokedAtMs }) === 1
  }

  /** Looked at in the transaction of what rests on them: none that was ended, or has run out, lends anybody a seat. */
  const areActive = (ids: readonly string[]): boolean => {
    const nowMs = now()
    return ids.every((id) => statements.isActive.get(id, nowMs, nowMs) !== undefined)
  }

  return { putPause, putDelegation, areActive, isPaused: () => statements.isPaused.get() !== undefined }
}

const pauseRow = ({ by, reason, atMs }: Pause): Pause => ({ by, reason, atMs })

/** Widening one that stands would be a new right without a new record: that is a defect, and a grave one. */
function requireSameDelegation(before: Delegation, after: Delegation): void {
  const [a, b] = [before, after].map((one) => JSON.stringify(delegationRow({ ...one, revokedAtMs: null })))
  if (a !== b) throw new Error(`${before.id}: a delegation does not change, it is ended`)
}

const ACTIVE =
  'SELECT 1 FROM delegations WHERE id = ? AND revoked_at_ms IS NULL AND starts_at_ms <= ? AND ends_at_ms > ?'

function prepare(db: Db) {
  const { id, revokedAtMs } = slots(delegations)
  return {
    isPaused: db.$client.prepare('SELECT 1 FROM pauses').pluck(),
    isActive: db.$client.prepare<[string, number, number], number>(ACTIVE).pluck(),
    beginPause: runner<Pause & { id: number }>(db, db.insert(pauses).values(slots(pauses)).onConflictDoNothing()),
    endPause: runner<Pause>(
      db,
      db
        .delete(pauses)
        .where(
          and(eq(pauses.by, slot('by')), eq(pauses.atMs, slot('atMs')), sql`${pauses.reason} IS ${slot('reason')}`),
        ),
    ),
    insertDelegation: runner<Delegation>(db, db.insert(delegations).values(slots(delegations)).onConflictDoNothing()),
    endDelegation: runner<Delegation & { before: number | null }>(
      db,
      db
        .update(delegations)
        .set({ revokedAtMs })
        .where(and(eq(delegations.id, id), sql`${delegations.revokedAtMs} IS ${slot('before')}`)),
    ),
  }
}
