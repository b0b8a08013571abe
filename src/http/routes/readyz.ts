import { z } from '@hono/zod-openapi'
import { Problem } from '../problem.ts'
import { json, open, problems, type Route } from '../route.ts'

const readiness = z
  .strictObject({
    ready: z.literal(true),
    checks: z.record(z.string(), z.strictObject({ ok: z.boolean(), reason: z.string().optional() })),
  })
  .openapi('Readiness')

/** GET /readyz: it can do its work, or 503 with what it cannot do and why. */
export const readyz: Route = {
  doc: open({
    method: 'get',
    path: '/readyz',
    operationId: 'getReadiness',
    summary: 'Readiness',
    responses: {
      200: { description: 'It is ready.', content: json(readiness) },
      503: problems('not_ready')[503] ?? { description: 'not_ready' },
    },
  }),
  async answer(house, exchange) {
    if (house.stopping) throw new Problem('not_ready', 'The server is stopping.')
    const { ready, checks } = await house.readiness()
    if (ready) return exchange.json(200, { ready, checks })
    const reasons = Object.entries(checks)
      .filter(([, check]) => !check.ok)
      .map(([name, check]) => `${name}: ${check.reason ?? 'not ready'}`)
    throw new Problem('not_ready', reasons.join('; ') || 'The server is not ready.', { members: { ready, checks } })
  },
}
