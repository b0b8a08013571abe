import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Exchange } from './exchange.ts'
import type { House } from './parts.ts'
import { Problem } from './problem.ts'
import { HungUp } from './raw-body.ts'
import type { Route } from './route.ts'
import { cancelRequest } from './routes/cancel-request.ts'
import { completeRequest } from './routes/complete-request.ts'
import { consumeRequest } from './routes/consume-request.ts'
import { createDecision } from './routes/create-decision.ts'
import { createRequest } from './routes/create-request.ts'
import { getRequest } from './routes/get-request.ts'
import { healthz } from './routes/healthz.ts'
import { jwks } from './routes/jwks.ts'
import { listRequests } from './routes/list-requests.ts'
import { metrics } from './routes/metrics.ts'
import { openapi } from './routes/openapi.ts'
import { readyz } from './routes/readyz.ts'
import { failed } from './wait.ts'

const ROUTES: readonly Route[] = [
  createRequest,
  listRequests,
  getRequest,
  cancelRequest,
  consumeRequest,
  completeRequest,
  createDecision,
  jwks,
  healthz,
  readyz,
  metrics,
]

type App = OpenAPIHono<{ Bindings: Exchange }>

/** The routes on Hono: it finds the route, everything else is ours. */
export function createApp(house: House): App {
  const app: App = new OpenAPIHono()
  const routes = [...ROUTES, openapi(() => describe(app, house))]
  for (const route of routes) mount(app, house, route)
  answerOtherMethods(app, routes)
  app.notFound(({ env }) => env.problem(new Problem('not_found', 'There is no such route; see /openapi.json.')))
  app.onError((error, { env }) => (error instanceof HungUp ? RESPONSE_ALREADY_SENT : failed(house, env, error)))
  return app
}

function mount(app: App, house: House, route: Route): void {
  app.openAPIRegistry.registerPath(route.doc)
  app.on(route.doc.method.toUpperCase(), honoPath(route), (routed) => {
    routed.env.route = route.doc.path
    return route.answer(house, routed.env, routed)
  })
}

/** 405 with `Allow` for what a path does not do, and the same list for OPTIONS. No CORS: browsers are not callers. */
function answerOtherMethods(app: App, routes: readonly Route[]): void {
  for (const [path, onPath] of Map.groupBy(routes, honoPath)) {
    const methods = onPath.map((route) => route.doc.method.toUpperCase())
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
    app.all(path, ({ env, req }) => {
      env.route = onPath[0]?.doc.path ?? 'unmatched'
      if (req.method === 'OPTIONS') return env.send(204, null, '', { allow })
      return env.problem(new Problem('method_not_allowed', `Here you can use ${allow}.`, { headers: { allow } }))
    })
  }
}

const honoPath = (route: Route): string => route.doc.path.replace(/\{(\w+)\}/g, ':$1')

function describe(app: App, house: House): object {
  app.openAPIRegistry.registerComponent('securitySchemes', 'clientKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'A client key: cs_<client id>_<secret>.',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'An OpenID Connect token of an issuer that the policy trusts, with our audience. It opens one request or takes one decision.',
  })
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: '1',
      description:
        'Approvals of single actions. Errors are application/problem+json (RFC 9457) with a stable code. An unknown status, an error or silence means no.',
    },
    servers: [{ url: house.publicUrl() }],
  })
}
