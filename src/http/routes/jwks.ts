import { z } from '@hono/zod-openapi'
import { json, open, type Route } from '../route.ts'

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }).openapi('JwkSet')

/** GET /.well-known/jwks.json: the public keys that grants are verified with. */
export const jwks: Route = {
  doc: open({
    method: 'get',
    path: '/.well-known/jwks.json',
    operationId: 'getJwks',
    summary: 'Public keys of the grants (RFC 7517)',
    responses: { 200: { description: 'The key set.', content: json(keySet) } },
  }),
  answer: ({ signer }, exchange) => exchange.json(200, signer.jwks, { 'cache-control': 'public, max-age=300' }),
}
