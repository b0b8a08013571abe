import { randomBytes } from 'node:crypto'
import type Database from 'better-sqlite3'
import type { NewAuditEntry } from '../audit/entry.ts'
import { seal } from '../audit/entry.ts'
import { append, type Frontier, frontierText, leafHash, parseFrontier, rootOf } from '../audit/merkle.ts'
import { eq } from './drizzle.ts'
import { OpenError } from './open-error.ts'
import { auditEntries, treeHead } from './schema.ts'
import { type Db, type Run, runner, slots } from './sqlite-statements.ts'

/** Where the log stands inside a transaction. Never changed in place: undoing a write is keeping the one before it. */
export interface LogEnd {
  readonly size: number
  readonly frontier: Frontier
  readonly lastAtMs: number
}

type HeadRow = typeof treeHead.$inferSelect

/** Appends to the log and moves its head, within the transaction of the caller. */
export class LogWriter {
  readonly #read: Database.Statement<[], HeadRow>
  readonly #insert: Run<Required<typeof auditEntries.$inferInsert>>
  readonly #moveHead: Run<HeadRow>
  readonly #salts = new Salts()
  #parsed: { readonly text: string; readonly size: number; readonly frontier: Frontier } | null = null

  constructor(db: Db) {
    this.#read = db.$client.prepare(HEAD)
    this.#insert = runner(db, db.insert(auditEntries).values(slots(auditEntries)))
    const { id, ...moved } = slots(treeHead)
    this.#moveHead = runner(db, db.update(treeHead).set(moved).where(eq(treeHead.id, id)))
  }

  /** Read inside the transaction, always: another process may have appended since. Only its parsed form is kept. */
  begin(): LogEnd {
    const row = this.#read.get()
    if (!row) throw new Error('the tree head is gone')
    if (this.#parsed?.text !== row.frontier || this.#parsed.size !== row.size) {
      this.#parsed = { text: row.frontier, size: row.size, frontier: parseFrontier(row.frontier, row.size) }
    }
    return { size: row.size, frontier: this.#parsed.frontier, lastAtMs: row.lastAtMs }
  }

  append(end: LogEnd, entries: readonly NewAuditEntry[], atMs: number): LogEnd {
    let { size, frontier } = end
    // A clock that was set back must not make the log say that what came later was earlier (F15).
    const lastAtMs = Math.max(atMs, end.lastAtMs)
    for (const entry of entries) {
      const sealed = seal(entry, size + 1, lastAtMs, this.#salts.next())
      this.#insert({ ...sealed, type: entry.type, requestId: entry.requestId })
      frontier = append(frontier, size, Buffer.from(sealed.leaf, 'hex'))
      size++
    }
    return { size, frontier, lastAtMs }
  }

  /** Once per transaction. */
  moveHead(to: LogEnd): void {
    const text = frontierText(to.frontier)
    const root = rootOf(to.frontier).toString('hex')
    if (this.#moveHead({ id: 1, size: to.size, root, frontier: text, lastAtMs: to.lastAtMs }) !== 1) {
      throw new Error('the tree head did not move')
    }
    this.#parsed = { text, size: to.size, frontier: to.frontier }
  }

  /** After a transaction that did not end as meant. */
  forget(): void {
    this.#parsed = null
  }
}

const HEAD = 'SELECT id, size, root, frontier, last_at_ms AS lastAtMs FROM tree_head WHERE id = 1'

/** Random salts, drawn from the system many at a time. None is used twice. */
class Salts {
  #pool = Buffer.alloc(0)
  next(): Uint8Array {
    if (this.#pool.length < 16) this.#pool = randomBytes(4096)
    const salt = this.#pool.subarray(0, 16)
    this.#pool = this.#pool.subarray(16)
    return salt
  }
}

/**
 * Does the kept head fit the log's last entry and its own root? Cheap at any size. That every entry is whole, `audit
 * verify` says; that none is missing at the end, only a checkpoint kept elsewhere can say (M5).
 */
export function checkHead(client: Database.Database, path: string): void {
  const row = client.prepare<[], HeadRow & Last>(`${HEAD_AND_LAST}`).get()
  const problem = row ? headProblem(row) : 'it has no tree head'
  if (problem) {
    throw new OpenError('damaged', `${path} is damaged: ${problem}. Keep it, and restore a backup.`)
  }
}

interface Last {
  readonly seq: number | null
  readonly envelope: string | null
  readonly leaf: string | null
}

/** One statement, so that a server that writes meanwhile cannot come between head and entry. */
const HEAD_AND_LAST = `
  SELECT h.id, h.size, h.root, h.frontier, h.last_at_ms AS lastAtMs, e.seq, e.envelope, e.leaf
  FROM tree_head h LEFT JOIN audit_entries e ON e.seq = (SELECT max(seq) FROM audit_entries) WHERE h.id = 1`

function headProblem(row: HeadRow & Last): string | null {
  if (row.size !== (row.seq ?? 0)) return `its head counts ${row.size} audit entries, its log ends with ${row.seq ?? 0}`
  if (keptRoot(row) !== row.root) return 'its tree head contradicts itself'
  if (row.envelope !== null && leafHash(row.envelope) !== row.leaf) {
    return `audit entry ${row.seq} is not as it was written`
  }
  return null
}

function keptRoot(row: HeadRow): string | null {
  try {
    return rootOf(parseFrontier(row.frontier, row.size)).toString('hex')
  } catch {
    return null
  }
}
