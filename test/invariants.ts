import { existsSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import Database from 'better-sqlite3'
import type { ApprovalRequest } from '../src/approval/request.ts'
import type { AuditEntry } from '../src/audit/entry.ts'
import { verifyLog } from '../src/audit/verify.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { peopleProblems } from './people-problems.ts'
import { rebuild } from './replay.ts'
import { standingProblems } from './standing-tables.ts'

/** What is held against the rules of the house beside its database. */
export interface Evidence {
  /** Strings that may stand nowhere: secrets that passed through. */
  readonly canaries?: readonly string[]
  /** Logs and calls to Slack, by name. */
  readonly texts?: Readonly<Record<string, string>>
}

/** One entry of the log as far as the rules look at it. */
interface Fact {
  readonly seq: number
  readonly type: string
  readonly atMs: number
  readonly set: Partial<ApprovalRequest> | undefined
  readonly body: { readonly digest?: string; readonly payload_digest?: string }
}

/**
 * Holds INV1–INV12 against a database file, as far as they can be seen from outside, with its server running or not.
 *
 * @returns what is broken, one line each; empty where the house is in order.
 */
export async function broken(file: string, { canaries = [], texts = {} }: Evidence = {}): Promise<string[]> {
  const store = openSqlite({ file, exclusive: false })
  try {
    // The head first: what a running server appends meanwhile lies behind it.
    const head = await store.head()
    const entries = await store.auditEntries(0, head.size)
    const verification = verifyLog(entries, head)
    const facts = Map.groupBy(entries, (entry) => requestOf(entry))
    const policies = new Set((facts.get(null) ?? []).map(read).flatMap((fact) => policyOf(fact)))
    const problems = verification.whole ? [] : [`INV8 entry ${verification.seq}: ${verification.problem}`]
    const stored = await everyRequest(store)
    problems.push(...replayProblems(entries, stored, file), ...pauseProblems(entries))
    for (const request of stored) {
      const of = (facts.get(request.id) ?? []).map(read)
      for (const problem of requestProblems(request, of, policies)) problems.push(`${request.id} ${problem}`)
    }
    return [...problems, ...tableProblems(file), ...leaks(file, canaries, texts)]
  } finally {
    await store.close()
  }
}

const requestOf = (entry: AuditEntry): string | null =>
  (JSON.parse(entry.envelope) as { request_id: string | null }).request_id

function read(entry: AuditEntry): Fact {
  const { type, at } = JSON.parse(entry.envelope) as { type: string; at: string }
  const body = JSON.parse(entry.body ?? '{}') as Fact['body'] & { set?: Partial<ApprovalRequest> }
  return { seq: entry.seq, type, atMs: Date.parse(at), set: body.set, body }
}

const policyOf = ({ type, body }: Fact): string[] => (type === 'policy.loaded' && body.digest ? [body.digest] : [])

async function everyRequest(store: ReturnType<typeof openSqlite>): Promise<ApprovalRequest[]> {
  const all: ApprovalRequest[] = []
  for (let before: string | undefined; ; ) {
    const page = await store.requests({ limit: 1_000, before })
    all.push(...page)
    before = page.at(-1)?.id
    if (page.length < 1_000) return all
  }
}

/** INV4: the log alone rebuilds the table. Requests that a running server opened after `entries` were read are not in it. */
function replayProblems(entries: readonly AuditEntry[], stored: readonly ApprovalRequest[], file: string): string[] {
  try {
    const rebuilt = rebuild(entries)
    const differing = stored.filter((request) => !isDeepStrictEqual(plain(request), rebuilt.get(request.id)))
    const problems = differing.map(
      (request) => `INV4 ${request.id}: the log rebuilds another state than the table holds`,
    )
    if (rebuilt.size !== stored.length) {
      problems.push(`INV4 the log opens ${rebuilt.size} requests, the table holds ${stored.length}`)
    }
    return [...problems, ...standingProblems(entries, file)]
  } catch (error) {
    return [`INV4 ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** As JSON says it: the log never holds an undefined member. */
const plain = (request: ApprovalRequest): unknown => JSON.parse(JSON.stringify(request))

function requestProblems(request: ApprovalRequest, facts: readonly Fact[], policies: ReadonlySet<string>): string[] {
  return [
    ...endProblems(request, facts),
    ...evidenceProblems(request, facts),
    ...peopleProblems(request),
    ...timeProblems(request, facts),
    ...digestProblems(request, facts),
    ...policyProblems(request, policies),
  ]
}

/** INV1 and INV2: one end, one use; a yes may still be withdrawn by its asker, but only before it was used. */
function endProblems(request: ApprovalRequest, facts: readonly Fact[]): string[] {
  const ends = facts.filter(({ type }) => /^request\.(approved|denied|expired|cancelled)$/.test(type))
  const said = ends.map(({ type }) => type.slice('request.'.length)).join(' then ')
  const expected = request.status === 'pending' ? [''] : [request.status]
  if (request.status === 'cancelled') expected.push('approved then cancelled')
  const problems = expected.includes(said) ? [] : [`INV1 is ${request.status}, but the log ends it as "${said}"`]
  const uses = facts.filter(({ type }) => type === 'grant.consumed').length
  if (uses !== (request.consumed ? 1 : 0)) problems.push(`INV2 the log holds ${uses} uses`)
  if (request.consumed && request.status !== 'approved') problems.push(`INV2 was used and is ${request.status}`)
  return problems
}

/** INV4: each version after the first was brought by exactly one entry that sets something. */
function evidenceProblems(request: ApprovalRequest, facts: readonly Fact[]): string[] {
  const setting = facts.filter(({ set }) => set && Object.keys(set).length > 0).length
  return setting === request.version - 1
    ? []
    : [`INV4 version ${request.version}, but ${setting} entries set something`]
}

/** While everything is paused nobody's yes comes about, and none is used: the log's own order says so. */
function pauseProblems(entries: readonly AuditEntry[]): string[] {
  let isPaused = false
  return entries.map(read).flatMap(({ seq, type }) => {
    if (type === 'admin.paused' || type === 'admin.resumed') isPaused = type === 'admin.paused'
    const isYes = type === 'request.approved' || type === 'grant.consumed'
    return isPaused && isYes ? [`INV7 entry ${seq}: ${type} while everything was paused`] : []
  })
}

/** INV10, by the time of the entry and by the time that the decision itself names. */
function timeProblems(request: ApprovalRequest, facts: readonly Fact[]): string[] {
  const late = (atMs: number, endMs: number | null, what: string) =>
    endMs !== null && atMs >= endMs ? [`INV10 ${what} ${atMs - endMs} ms after its time`] : []
  const entryAt = (type: string) => facts.find((fact) => fact.type === type)?.atMs
  const usedAt = entryAt('grant.consumed')
  return [
    ...request.decisions.flatMap(({ decidedAtMs }) => late(decidedAtMs, request.expiresAtMs, 'was decided')),
    ...facts
      .filter(({ type }) => type === 'decision.recorded')
      .flatMap(({ atMs }) => late(atMs, request.expiresAtMs, 'was recorded')),
    ...(request.consumed ? late(request.consumed.atMs, request.grantExpiresAtMs, 'was used') : []),
    ...(usedAt === undefined ? [] : late(usedAt, request.grantExpiresAtMs, 'was used by the log')),
  ]
}

/** INV5: one digest from the ask to the use. */
function digestProblems(request: ApprovalRequest, facts: readonly Fact[]): string[] {
  const hex = request.payloadDigest.slice('sha256:'.length)
  return [
    ...request.decisions.filter((d) => !hex.startsWith(d.digestShown)).map(() => 'INV5 another digest was decided on'),
    ...facts
      .filter(({ body }) => body.payload_digest !== undefined && body.payload_digest !== request.payloadDigest)
      .map(({ seq }) => `INV5 entry ${seq} names another digest`),
  ]
}

/** INV12: whatever was judged by stands in the log. */
const policyProblems = (request: ApprovalRequest, policies: ReadonlySet<string>): string[] =>
  [request.policy.digest, ...request.decisions.map(({ policyDigest }) => policyDigest)]
    .filter((digest) => !policies.has(digest))
    .map((digest) => `INV12 judged by the policy ${digest}, which the log does not hold`)

/** INV9 and the file itself, read from the tables: what the Store's own words could hide. */
function tableProblems(file: string): string[] {
  const db = new Database(file, { readonly: true })
  try {
    const twice = db
      .prepare(
        'SELECT client_id, idempotency_key FROM requests WHERE idempotency_key IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1',
      )
      .all()
    const whole = db.pragma('integrity_check', { simple: true })
    return [
      ...twice.map((row) => `INV9 one key, several requests: ${JSON.stringify(row)}`),
      ...(whole === 'ok' ? [] : [`the file is damaged: ${String(whole)}`]),
    ]
  } finally {
    db.close()
  }
}

/** INV11. */
function leaks(file: string, canaries: readonly string[], texts: Readonly<Record<string, string>>): string[] {
  const places = ['', '-wal', '-shm'].filter((suffix) => existsSync(file + suffix))
  const contents: [string, Buffer][] = [
    ...places.map((suffix): [string, Buffer] => [`the file ${suffix || 'itself'}`, readFileSync(file + suffix)]),
    ...Object.entries(texts).map(([name, text]): [string, Buffer] => [name, Buffer.from(text)]),
  ]
  return contents.flatMap(([name, content]) =>
    canaries.filter((canary) => content.includes(canary)).map((canary) => `INV11 "${canary}" stands in ${name}`),
  )
}
