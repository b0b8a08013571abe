import type { Allowance } from '../approval/change.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import { allowances, tokenIds } from './schema.ts'
import { type Db, runner, slots } from './sqlite-statements.ts'
import type { Delivery } from './store.ts'

/** What may happen only once, or only so often: counted where it is written, so exactly. In the transaction of the caller. */
export function onceWriter(db: Db, now: () => number) {
  const { used, use, show, sweep } = prepare(db)

  /** @returns false where one of them is used up. */
  function useAllowances(uses: readonly Allowance[], request: ApprovalRequest): boolean {
    for (const { rule, key, most, sinceMs } of uses) {
      // A time that is none would count nothing; a limit that is none (NaN) allows nothing.
      if (!Number.isFinite(sinceMs)) throw new Error(`the uses of ${rule} are counted since no time`)
      if (!((used.get(rule, key, sinceMs) ?? most) < most)) return false
    }
    // The request's own time, which its entry in the log holds: that entry alone must rebuild these rows (INV4).
    for (const { rule, key } of uses) use({ rule, key, atMs: request.createdAtMs, requestId: request.id })
    return true
  }

  /** @returns false where the token was shown before, or is so old that nobody could tell any more. */
  function showToken({ issuer, jti, expiresAtMs }: Extract<Delivery, { delivery: 'token' }>): boolean {
    const forgottenMs = now() - KEPT_MS
    if (!(expiresAtMs >= forgottenMs)) return false
    sweep.run(forgottenMs, MOST_SWEPT)
    return show({ issuer, jti, expiresAtMs }) === 1
  }

  return { useAllowances, showToken }
}

/** Past a token's end: longer than any leeway, and than most clocks are set back by. */
const KEPT_MS = 60 * 60_000
/** More than one, so that they are fewer after each; not so many that a click would wait for them. */
const MOST_SWEPT = 20

/** Uses of a rule by a key since a moment, that moment included. */
export const ALLOWANCES_USED = 'SELECT count(*) FROM allowances WHERE rule = ? AND key = ? AND at_ms >= ?'

function prepare(db: Db) {
  return {
    used: db.$client.prepare<[string, string, number], number>(ALLOWANCES_USED).pluck(),
    use: runner<typeof allowances.$inferInsert>(
      db,
      db.insert(allowances).values(slots(allowances)).onConflictDoNothing(),
    ),
    show: runner<typeof tokenIds.$inferInsert>(db, db.insert(tokenIds).values(slots(tokenIds)).onConflictDoNothing()),
    sweep: db.$client.prepare<[number, number]>(
      `DELETE FROM token_ids WHERE (issuer, jti) IN (SELECT issuer, jti FROM token_ids WHERE expires_at_ms < ? LIMIT ?)`,
    ),
  }
}
