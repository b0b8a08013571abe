import { z } from '@hono/zod-openapi'
import { type ApprovalRequest, isOverdue } from '../../approval/request.ts'
import type { RequestQuery } from '../../store/store.ts'
import { authenticate, requireScope } from '../auth.ts'
import { shown } from '../own-request.ts'
import type { House } from '../parts.ts'
import { queryOf } from '../query.ts'
import { requestJson } from '../request-json.ts'
import { json, problems, type Route, secured } from '../route.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

const time = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time with a time zone' })

const query = z.object({
  status: z
    .enum(['pending', 'approved', 'denied', 'expired', 'cancelled'], {
      error: 'must be pending, approved, denied, expired or cancelled',
    })
    .optional(),
  action: z.string().max(128, 'must be at most 128 characters long').optional(),
  environment: z.string().max(64, 'must be at most 64 characters long').optional(),
  requester: z
    .string()
    .max(254, 'must be at most 254 characters long')
    .optional()
    .openapi({ description: 'A client id, or whom it acts on behalf of: an address or a Slack user id.' }),
  since: time.optional(),
  until: time.optional(),
  q: z
    .string()
    .max(200, 'must be at most 200 characters long')
    .optional()
    .openapi({ description: 'Text in action, resource, title or reason, whatever its case.' }),
  limit: z
    .string()
    .regex(/^(?:[1-9]\d?|1\d\d|200)$/, `must be a whole number from 1 to ${MAX_LIMIT}`)
    .optional()
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }),
  cursor: z
    .string()
    .refine((cursor) => idOf(cursor) !== null, 'must be a next_cursor as it was given')
    .optional(),
})

const page = z.strictObject({ items: z.array(requestJson), next_cursor: z.string().nullable() }).openapi('RequestPage')

/** GET /v1/requests: own requests, or all with `read:all`, newest first. */
export const listRequests: Route = {
  doc: secured({
    method: 'get',
    path: '/v1/requests',
    operationId: 'listRequests',
    summary: 'List requests, newest first',
    request: { query },
    responses: { 200: { description: 'One page.', content: json(page) }, ...problems('validation_failed') },
  }),

  async answer(house, exchange) {
    const client = await authenticate(exchange, house)
    requireScope(client, 'request', 'read:all')
    const asked = queryOf(exchange.incoming.url, query)
    const limit = Number(asked.limit ?? DEFAULT_LIMIT)
    const seesAll = client.scopes.includes('read:all')
    // One more than asked for tells whether there is a next page.
    const found = await house.service.reads.requests({
      ...filters(asked),
      clientId: seesAll ? undefined : client.id,
      limit: limit + 1,
    })
    const items = await Promise.all(
      found.slice(0, limit).map(async (request) => shown(house, await asOfNow(house, request), client)),
    )
    const last = found.length > limit ? items.at(-1) : undefined
    return exchange.json(200, { items, next_cursor: last ? cursorOf(last.id) : null })
  },
}

const filters = (asked: z.infer<typeof query>): Omit<RequestQuery, 'limit' | 'clientId'> => ({
  status: asked.status,
  action: asked.action,
  environment: asked.environment,
  requester: asked.requester,
  q: asked.q,
  sinceMs: asked.since === undefined ? undefined : Date.parse(asked.since),
  untilMs: asked.until === undefined ? undefined : Date.parse(asked.until),
  before: asked.cursor === undefined ? undefined : (idOf(asked.cursor) ?? undefined),
})

/** The sweeper may not have come by yet: what is over must not be shown as pending. */
async function asOfNow(house: House, request: ApprovalRequest): Promise<ApprovalRequest> {
  if (request.status !== 'pending' || !isOverdue(request, house.now())) return request
  return (await house.service.request(request.id)) ?? request
}

/** Opaque to callers, so that what it holds can change. */
const cursorOf = (id: string): string => Buffer.from(id).toString('base64url')

function idOf(cursor: string): string | null {
  if (cursor.length > 200) return null
  const id = Buffer.from(cursor, 'base64url').toString()
  return /^req_[A-Za-z0-9_-]{1,100}$/.test(id) && cursorOf(id) === cursor ? id : null
}
