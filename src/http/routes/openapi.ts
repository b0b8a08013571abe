import { z } from '@hono/zod-openapi'
import { json, open, type Route } from '../route.ts'

/** GET /openapi.json, made from the schemas that validate. @param document made when it is asked for first. */
export function openapi(document: () => object): Route {
  let made: string | undefined
  return {
    doc: open({
      method: 'get',
      path: '/openapi.json',
      operationId: 'getOpenApi',
      summary: 'This description (OpenAPI 3.1)',
      responses: { 200: { description: 'The description.', content: json(z.looseObject({})) } },
    }),
    answer: (_house, exchange) => {
      made ??= JSON.stringify(document())
      return exchange.send(200, 'application/json', made)
    },
  }
}
