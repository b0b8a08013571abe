import type Database from 'better-sqlite3'
import type { SQL } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { getTableColumns, is, Param, Placeholder, sql } from './drizzle.ts'

/** One connection: drizzle words and reads, `$client` runs what must be fast. */
export type Db = BetterSQLite3Database & { $client: Database.Database }

/** Runs a prepared write with named values. @returns how many rows it changed. */
export type Run<Values> = (values: Values) => number

/** A slot for each column of a table, named as the column: what a prepared insert or update takes its values by. */
export function slots<T extends SQLiteTable>(table: T): { [K in keyof T['$inferInsert']]-?: SQL } {
  const names = Object.keys(getTableColumns(table))
  return Object.fromEntries(names.map((name) => [name, slot(name)])) as { [K in keyof T['$inferInsert']]-?: SQL }
}

export const slot = (name: string): SQL => sql`${sql.placeholder(name)}`

/**
 * A write that drizzle words, so that column names stand in the schema alone, and that better-sqlite3 runs: the same
 * insert of a request costs 11 µs this way and 16 µs through drizzle's own runner.
 */
export function runner<Values extends object>(
  db: Db,
  query: { toSQL(): { sql: string; params: unknown[] } },
): Run<Values> {
  const { sql: text, params } = query.toSQL()
  const statement = db.$client.prepare(text)
  const names = params.map(slotName)
  return (values) => {
    const given = values as { readonly [name: string]: unknown }
    return statement.run(names.map((name) => encode(given[name]))).changes
  }
}

function slotName(param: unknown): string {
  const placeholder = is(param, Param) ? param.value : param
  if (!is(placeholder, Placeholder)) throw new Error('a prepared write takes its values from slots alone')
  return placeholder.name
}

/** As drizzle reads them back: JSON as text, booleans as 1 and 0. */
function encode(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : value
}
