import { z } from '@hono/zod-openapi'
import { authenticate, requireScope } from '../auth.ts'
import { readableRequest, shown } from '../own-request.ts'
import { queryOf } from '../query.ts'
import { requestJson } from '../request-json.ts'
import { json, problems, type Route, requestId, secured } from '../route.ts'
import { hold, MAX_WAIT_S, tooManyHeld } from '../wait.ts'

const query = z.object({
  wait: z
    .string()
    .regex(/^(?:[1-5]?\d|60)$/, `must be a whole number of seconds from 0 to ${MAX_WAIT_S}`)
    .optional()
    .openapi({ type: 'integer', minimum: 0, maximum: MAX_WAIT_S }),
})

/** GET /v1/requests/{id}: the request; with `wait` once it is no longer pending. */
export const getRequest: Route = {
  doc: secured({
    method: 'get',
    path: '/v1/requests/{id}',
    operationId: 'getRequest',
    summary: 'Read a request, or wait for its end',
    request: { params: requestId, query },
    responses: {
      200: { description: 'The request.', content: json(requestJson) },
      ...problems('not_found', 'validation_failed', 'rate_limited'),
    },
  }),

  async answer(house, exchange, routed) {
    const client = await authenticate(exchange, house)
    requireScope(client, 'request', 'read:all')
    const { wait } = queryOf(exchange.incoming.url, query)
    const request = await readableRequest(house, client, routed.req.param('id') ?? '')
    const seconds = Number(wait ?? 0)
    if (seconds === 0 || request.status !== 'pending') return exchange.json(200, await shown(house, request, client))
    if (!house.held.enter(client.id)) throw tooManyHeld()
    const asker = { id: client.id, humans: client.humans }
    return hold(house, exchange, { id: request.id, clientId: client.id, seconds }, async (ended) =>
      exchange.json(200, await shown(house, ended, asker)),
    )
  },
}
