import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { parseJson } from '../json.ts'
import type { Site } from '../surface.ts'
import { patch, problem } from './answers.ts'
import { faultRoutes } from './faults.ts'
import { streamBeside, streamLive } from './live.ts'
import { peopleRoutes, SCREEN_RECORDS } from './people.ts'
import { Impossible, known, type Route } from './route.ts'
import { type Parts, sourceOf } from './state.ts'
import { workspaceRoutes } from './workspace.ts'

type App = OpenAPIHono<{ Bindings: HttpBindings }>
type Asking = Context<{ Bindings: HttpBindings }>

const BODY_BYTES = 1_000_000
const ROUTES: readonly Route[] = [...workspaceRoutes, ...peopleRoutes, ...faultRoutes]

/** The control API: acts as people, shows everything, breaks things. Whoever may call it was checked before (guard.ts). */
export function createApp(parts: Parts, site?: Site): App {
  const app: App = new OpenAPIHono()
  for (const route of ROUTES) mount(app, parts, route)
  mountLive(app, parts, site)
  app.get('/control/openapi.json', () => answer(parts, 200, describe(app)))
  app.notFound(() => refusal(parts, 404, 'there is no such route; see /control/openapi.json'))
  app.onError((error) =>
    error instanceof Impossible
      ? refusal(parts, error.status, error.message)
      : refusal(parts, 500, `this is a bug of the sandbox: ${String(error)}`),
  )
  return app
}

function mount(app: App, parts: Parts, route: Route): void {
  app.openAPIRegistry.registerPath(documented(route))
  app.on(route.method.toUpperCase(), route.path.replace(/\{(\w+)\}/g, ':$1'), async (asking) => {
    const body = route.body ? await read(asking, route.body) : undefined
    const value = await route.run(parts, { params: asking.req.param(), body })
    return answer(parts, 200, value ?? { revision: parts.sandbox.revision })
  })
}

/** Server-Sent Events go past Hono: they are written to the socket as fast as its reader takes them. */
function mountLive(app: App, parts: Parts, site: Site | undefined): void {
  const query = z.object({
    as: z.string().optional().openapi({ description: 'the person whose screen it is' }),
    beside: z.string().optional().openapi({ description: 'with the events `beside` of the page around the workspace' }),
  })
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/control/live',
    summary: 'What changes, as Server-Sent Events: everything first, then what is new',
    request: { query },
    responses: {
      200: { description: 'Each event is a Patch.', content: { 'text/event-stream': { schema: patch } } },
      ...REFUSED,
    },
  })
  app.get('/control/live', (asking) => {
    const as = asking.req.query('as')
    const viewer = as === undefined ? undefined : known('user', parts.platform.workspace.users, as)
    const type = { ...headers(parts), 'content-type': 'text/event-stream' }
    // Whoever asks for the head alone would hold a stream that nobody reads.
    if (asking.req.method === 'HEAD') return new Response(null, { headers: type })
    const { outgoing } = asking.env
    outgoing.writeHead(200, type)
    try {
      streamLive(sourceOf(parts, viewer), outgoing, viewer === undefined ? undefined : SCREEN_RECORDS)
      if (asking.req.query('beside') !== undefined) streamBeside(site, outgoing)
    } catch {
      // The head is written: there is no other answer any more.
      outgoing.destroy()
    }
    return RESPONSE_ALREADY_SENT
  })
}

async function read(asking: Asking, schema: z.ZodType): Promise<unknown> {
  const text = await readText(asking.env.incoming)
  const result = schema.safeParse(parsed(text === '' ? '{}' : text))
  if (result.success) return result.data
  throw new Impossible(400, `the body is not what this route takes: ${wrongIn(result.error.issues).join('; ')}`)
}

/** To its end in any case, so that the answer finds its way past what is still being sent. */
async function readText(incoming: HttpBindings['incoming']): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length
    if (size <= BODY_BYTES) chunks.push(chunk as Buffer)
  }
  if (size > BODY_BYTES) throw new Impossible(413, `the body is larger than ${BODY_BYTES} bytes`)
  return Buffer.concat(chunks).toString('utf8')
}

/** Of a choice between shapes, what is wrong with the one that fits best: the one that was left furthest inside. */
function wrongIn(issues: readonly z.core.$ZodIssue[], at: readonly PropertyKey[] = []): readonly string[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path]
    const inside = issue.code === 'invalid_union' ? issue.errors.toSorted((a, b) => depth(b) - depth(a))[0] : undefined
    if (inside && inside.length > 0) return wrongIn(inside, path)
    return [[path.map(String).join('.'), issue.message].filter(Boolean).join(': ')]
  })
}

const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(...issues.map(({ path }) => path.length))

function parsed(text: string): unknown {
  const value = parseJson(text)
  if (value === undefined) throw new Impossible(400, 'the body is not JSON, or is nested too deep')
  return value
}

const headers = ({ sandbox }: Parts) => ({
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-sandbox-revision': String(sandbox.revision),
})

const answer = (parts: Parts, status: number, value: unknown): Response =>
  Response.json(value, { status, headers: headers(parts) })

const refusal = (parts: Parts, status: number, error: string): Response => answer(parts, status, { error })

const json = (schema: z.ZodType) => ({ 'application/json': { schema } })
const REFUSED: RouteConfig['responses'] = {
  '4XX': { description: 'What cannot be done, in a sentence.', content: json(problem) },
}

function documented({ method, path, summary, body, answer }: Route): RouteConfig {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  return {
    method,
    path,
    summary,
    request: {
      params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))),
      ...(body ? { body: { content: json(body), required: true } } : {}),
    },
    responses: { 200: { description: summary, content: json(answer) }, ...REFUSED },
  }
}

function describe(app: App): object {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Sandbox workspace: control API',
      version: '1',
      description:
        'Acts as the people of a toy Slack workspace on this machine, shows everything there is and breaks things on purpose. Every answer carries x-sandbox-revision: the revision of the workspace that it led to.',
    },
  })
}
