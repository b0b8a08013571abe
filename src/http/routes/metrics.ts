import { z } from '@hono/zod-openapi'
import { open, type Route } from '../route.ts'

/** GET /metrics: Prometheus text format. Counts alone; no name, id or path that a caller chose. */
export const metrics: Route = {
  doc: open({
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    summary: 'Prometheus metrics',
    responses: { 200: { description: 'Metrics.', content: { 'text/plain': { schema: z.string() } } } },
  }),
  async answer(house, exchange) {
    return exchange.send(200, house.metrics.contentType, await house.metrics.text())
  },
}
