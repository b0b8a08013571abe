import { and, asc, eq, gt, sql } from './drizzle.ts'
import { clientUses, delegations, pauses } from './schema.ts'
import { ALLOWANCES_USED } from './sqlite-once.ts'
import type { Db } from './sqlite-statements.ts'
import type { Reads } from './store.ts'

type OrderReads = Pick<
  Reads,
  'pause' | 'delegations' | 'delegationsTo' | 'delegation' | 'allowancesUsed' | 'lastUsedAtMs'
>

/** What people ordered for everybody, and what is counted. */
export function orderReads(db: Db): OrderReads {
  const paused = db.select({ by: pauses.by, reason: pauses.reason, atMs: pauses.atMs }).from(pauses).prepare()
  const standing = db
    .select()
    .from(delegations)
    .where(and(sql`${delegations.revokedAtMs} IS NULL`, gt(delegations.endsAtMs, sql.placeholder('nowMs'))))
    .orderBy(asc(delegations.createdAtMs), asc(delegations.id))
    .prepare()
  const standingTo = db
    .select()
    .from(delegations)
    .where(
      and(
        eq(delegations.to, sql.placeholder('to')),
        sql`${delegations.revokedAtMs} IS NULL`,
        gt(delegations.endsAtMs, sql.placeholder('nowMs')),
      ),
    )
    .orderBy(asc(delegations.createdAtMs), asc(delegations.id))
    .prepare()
  const one = db
    .select()
    .from(delegations)
    .where(eq(delegations.id, sql.placeholder('id')))
    .prepare()
  const allowancesUsed = db.$client.prepare<[string, string, number], number>(ALLOWANCES_USED).pluck()
  const lastUse = db
    .select()
    .from(clientUses)
    .where(eq(clientUses.clientId, sql.placeholder('clientId')))
    .prepare()
  return {
    pause: () => paused.get() ?? null,
    delegations: (nowMs) => standing.all({ nowMs }),
    delegationsTo: (to, nowMs) => standingTo.all({ to, nowMs }),
    delegation: (id) => one.get({ id }) ?? null,
    allowancesUsed: (rule, key, sinceMs) => allowancesUsed.get(rule, key, sinceMs) ?? 0,
    lastUsedAtMs: (clientId) => lastUse.get({ clientId })?.lastUsedAtMs ?? null,
  }
}
