import { createRequire } from 'node:module'

/**
 * drizzle-orm as CommonJS: loaded so, its hundreds of files cost 30 ms of a start; as ES modules they cost 260 ms, more than
 * everything else together (docs/performance.md). The types are the package's own.
 */
const require = createRequire(import.meta.url)
const core = require('drizzle-orm') as typeof import('drizzle-orm')
const sqlite = require('drizzle-orm/sqlite-core') as typeof import('drizzle-orm/sqlite-core')

export const { and, asc, desc, eq, getTableColumns, gt, gte, inArray, is, lt, lte, or, Param, Placeholder, sql } = core
export const { index, integer, primaryKey, sqliteTable, text, uniqueIndex } = sqlite
export const { drizzle } = require('drizzle-orm/better-sqlite3') as typeof import('drizzle-orm/better-sqlite3')
export const { migrate } =
  require('drizzle-orm/better-sqlite3/migrator') as typeof import('drizzle-orm/better-sqlite3/migrator')
export const { readMigrationFiles } = require('drizzle-orm/migrator') as typeof import('drizzle-orm/migrator')
