import { z } from '@hono/zod-openapi'
import { json, open, type Route } from '../route.ts'

/** GET /healthz: the process answers. */
export const healthz: Route = {
  doc: open({
    method: 'get',
    path: '/healthz',
    operationId: 'getHealth',
    summary: 'Liveness',
    responses: { 200: { description: 'It is alive.', content: json(z.strictObject({ status: z.literal('ok') })) } },
  }),
  answer: (_house, exchange) => exchange.json(200, { status: 'ok' }),
}
