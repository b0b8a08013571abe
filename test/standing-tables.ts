import { isDeepStrictEqual } from 'node:util'
import Database from 'better-sqlite3'
import type { AuditEntry } from '../src/audit/entry.ts'
import { type LoggedClient, rebuildStanding } from './replay.ts'

/** INV4 of what is no request: the log alone rebuilds clients, delegations, the pause and the uses of limited rules. */
export function standingProblems(entries: readonly AuditEntry[], file: string): string[] {
  const { clients, delegations, pause, uses } = rebuildStanding(entries)
  const tables = stored(file)
  const pairs: [string, unknown, unknown][] = [
    ['clients', tables.clients, sorted([...clients.values()])],
    ['delegations', tables.delegations, sorted([...delegations.values()])],
    ['the pause', tables.pauses, pause ? [pause] : []],
    ['the uses', tables.uses, sorted(uses)],
  ]
  return pairs
    .filter(([, table, log]) => !isDeepStrictEqual(table, log))
    .map(
      ([what, table, log]) => `INV4 ${what}: the table holds ${JSON.stringify(table)}, the log ${JSON.stringify(log)}`,
    )
}

/** Facts in an order of their own, so that two sets of them compare. */
const sorted = <T>(rows: readonly T[]): T[] => rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
const key = (row: unknown): string => JSON.stringify(Object.entries(row as object).sort(([a], [b]) => (a < b ? -1 : 1)))

/** The tables as they are, whatever the store's own reads say of them. */
function stored(file: string) {
  const db = new Database(file, { readonly: true })
  try {
    const all = (statement: string) => db.prepare<[], Record<string, unknown>>(statement).all()
    return {
      clients: sorted(all('SELECT * FROM clients').map(asLogged)),
      delegations: sorted(
        all(`SELECT id, from_user_id AS "from", to_user_id AS "to", starts_at_ms AS startsAtMs, ends_at_ms AS endsAtMs,
          created_at_ms AS createdAtMs, created_by AS createdBy, revoked_at_ms AS revokedAtMs FROM delegations`),
      ),
      pauses: all('SELECT "by", reason, at_ms AS atMs FROM pauses'),
      uses: sorted(all('SELECT rule, key, at_ms AS atMs, request_id AS requestId FROM allowances')),
    }
  } finally {
    db.close()
  }
}

function asLogged(row: Record<string, unknown>): LoggedClient {
  const json = (column: string) => JSON.parse(String(row[column]))
  const previous = json('previous') as { untilMs: number } | null
  return {
    id: String(row['id']),
    name: String(row['name']),
    owners: json('owners'),
    makers: json('makers'),
    scopes: json('scopes'),
    actFor: row['act_for'] === 1,
    actions: json('actions'),
    environments: json('environments'),
    previous: previous && { untilMs: previous.untilMs },
    ipRanges: json('ip_ranges'),
    createdAtMs: Number(row['created_at_ms']),
    expiresAtMs: row['expires_at_ms'] as number | null,
    revokedAtMs: row['revoked_at_ms'] as number | null,
  }
}
