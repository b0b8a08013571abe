import type { SQL } from 'drizzle-orm'
import type { ApprovalRequest } from '../approval/request.ts'
import { and, asc, desc, eq, gte, lt, sql } from './drizzle.ts'
import { decisions, requests } from './schema.ts'
import { toRequest } from './sqlite-rows.ts'
import type { Db } from './sqlite-statements.ts'
import type { Reads, RequestQuery } from './store.ts'

/** Lists requests, newest first: ids are time-ordered, so the order of the key is the order of time. */
export function search(db: Db): (query: RequestQuery) => readonly ApprovalRequest[] {
  // LIKE folds ASCII only, and has wildcards that would have to be escaped.
  db.$client.function('found_in', { deterministic: true, varargs: true }, (needle: string, ...texts: unknown[]) =>
    texts.some((text) => typeof text === 'string' && text.toLowerCase().includes(needle)) ? 1 : 0,
  )
  return (query) => listed(page(db, and(...conditions(query)), desc, query.limit).all())
}

/** Found through their own index: of all the requests ever, hardly any wait for a review. */
export function openReviews(db: Db): Reads['openReviews'] {
  // The literal is what lets SQLite use that index.
  const open = page(db, sql`review_open = 1`, asc, sql.placeholder('limit')).prepare()
  return (limit) => listed(open.all({ limit }))
}

/** Page and decisions in one statement: nobody's commit can come between them. */
function page(db: Db, where: SQL | undefined, order: typeof asc, limit: number | ReturnType<typeof sql.placeholder>) {
  const of = db.select().from(requests).where(where).orderBy(order(requests.id)).limit(limit).as('page')
  return db
    .select()
    .from(of)
    .leftJoin(decisions, eq(decisions.requestId, of.id))
    .orderBy(order(of.id), decisions.position)
}

interface Listed {
  readonly page: Joined['requests']
  readonly decisions: Joined['decisions']
}

function listed(rows: readonly Listed[]): readonly ApprovalRequest[] {
  const byId = Map.groupBy(rows, (row) => row.page.id)
  return [...byId.values()].map((of) => joined(of.map((row) => ({ requests: row.page, decisions: row.decisions }))))
}

type Joined = { requests: typeof requests.$inferSelect; decisions: typeof decisions.$inferSelect | null }

/** One request out of its rows, of which there is at least one. */
export function joined(rows: readonly Joined[]): ApprovalRequest {
  const [first] = rows
  if (!first) throw new Error('a request has a row')
  return toRequest(
    first.requests,
    rows.flatMap((row) => row.decisions ?? []),
  )
}

function conditions(query: RequestQuery): SQL[] {
  const found: SQL[] = []
  const where = <T>(value: T | undefined, condition: (value: T) => SQL | undefined): void => {
    const sqlOf = value === undefined ? undefined : condition(value)
    if (sqlOf) found.push(sqlOf)
  }
  where(query.clientId, (id) => eq(requests.clientId, id))
  where(query.status, withStatus)
  where(query.action, (action) => eq(requests.action, action))
  where(query.environment, (environment) => eq(requests.environment, environment))
  where(query.requester, askedBy)
  where(query.behind, (who) => sql`EXISTS (SELECT 1 FROM json_each(${requests.closure}) WHERE value = ${who})`)
  where(query.sinceMs, (since) => gte(requests.createdAtMs, since))
  where(query.untilMs, (until) => lt(requests.createdAtMs, until))
  where(query.q, withText)
  where(query.before, (id) => lt(requests.id, id))
  return found
}

/** Of all the closed requests ever, the pending ones are few: found through their own index. */
const withStatus = (status: NonNullable<RequestQuery['status']>): SQL =>
  status === 'pending'
    ? sql`${requests.id} IN (SELECT ${requests.id} FROM ${requests} WHERE status = 'pending')`
    : eq(requests.status, status)

const askedBy = (who: string): SQL => {
  const behalf = (member: string) => sql`lower(${requests.ask} ->> ${`$.requester.on_behalf_of.${member}`})`
  return sql`(${requests.clientId} = ${who} OR lower(${who}) IN (${behalf('email')}, ${behalf('slack_user_id')}))`
}

const withText = (text: string): SQL =>
  sql`found_in(${text.toLowerCase()}, ${requests.action}, ${requests.resource},
    ${requests.ask} ->> '$.title', ${requests.ask} ->> '$.reason')`
