import { asc, eq, gt, sql } from './drizzle.ts'
import { auditEntries, treeHead } from './schema.ts'
import type { Db } from './sqlite-statements.ts'
import type { PolicyVersion, Reads } from './store.ts'

type LogReads = Pick<Reads, 'auditEntries' | 'auditOf' | 'head' | 'lastAuditAtMs' | 'policyVersions' | 'policyText'>

/** What is read of the evidence itself. */
export function logReads(db: Db): LogReads {
  const { seq, envelope, leaf, body, salt } = auditEntries
  const entry = { seq, envelope, leaf, body, salt }
  const after = db
    .select(entry)
    .from(auditEntries)
    .where(gt(seq, sql.placeholder('afterSeq')))
    .orderBy(asc(seq))
    .limit(sql.placeholder('limit'))
    .prepare()
  const of = db
    .select(entry)
    .from(auditEntries)
    .where(eq(auditEntries.requestId, sql.placeholder('requestId')))
    .orderBy(asc(seq))
    .prepare()
  const kept = db.select().from(treeHead).prepare()
  const head = () => {
    const row = kept.get()
    if (!row) throw new Error('the tree head is gone')
    return row
  }
  return {
    auditEntries: (afterSeq, limit) => after.all({ afterSeq, limit }),
    auditOf: (requestId) => of.all({ requestId }),
    head: () => {
      const { size, root } = head()
      return { size, root }
    },
    lastAuditAtMs: () => head().lastAtMs,
    ...policyReads(db),
  }
}

/**
 * A start that reads the same file again leaves an entry, but is no new version: that it is one, the digests say. By the
 * index of policies alone: SQLite would rather read the whole log in its order.
 */
const VERSIONS = `
  WITH loaded AS MATERIALIZED (
    SELECT seq, body ->> '$.digest' AS digest, lag(body ->> '$.digest') OVER (ORDER BY seq) AS before
    FROM audit_entries INDEXED BY audit_entries_policies WHERE type = 'policy.loaded' AND body IS NOT NULL
  )
  SELECT e.envelope, e.body FROM loaded JOIN audit_entries e USING (seq)
  WHERE digest IS NOT before ORDER BY seq DESC LIMIT ?`

/** Of several entries with one digest any will do: the digest is over the content. */
const TEXT = `
  SELECT body ->> '$.text' FROM audit_entries WHERE type = 'policy.loaded' AND body ->> '$.digest' = ? LIMIT 1`

function policyReads(db: Db): Pick<Reads, 'policyVersions' | 'policyText'> {
  const versions = db.$client.prepare<[number], { envelope: string; body: string }>(VERSIONS)
  const text = db.$client.prepare<[string], string | null>(TEXT).pluck()
  return {
    policyVersions: (limit) => versions.all(limit).map(toVersion),
    policyText: (digest) => text.get(digest) ?? null,
  }
}

function toVersion({ envelope, body }: { envelope: string; body: string }): PolicyVersion {
  const { at } = JSON.parse(envelope) as { at: string }
  const { digest, text } = JSON.parse(body) as { digest: string; text: string }
  return { digest, text, atMs: Date.parse(at) }
}
