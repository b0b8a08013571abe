import type { IncomingMessage, ServerResponse } from 'node:http'
import { Cannot } from './cannot.ts'
import type { Live } from './live.ts'
import type { LogWatch } from './log-watch.ts'
import { DEMO_POLICY } from './policy.ts'
import type { Runs } from './runs.ts'
import type { Vandal } from './vandal.ts'
import type { DemoProblem, PolicyView, Started } from './wire.ts'

/** What answers under `/beside/`. */
export interface Stage {
  readonly runs: Runs
  readonly log: LogWatch
  readonly vandal: Vandal
  readonly live: Live
}

interface Asked {
  readonly incoming: IncomingMessage
  /** What the path names. */
  readonly name: string
}

interface Answer {
  readonly status: number
  readonly body: object
}

type Route = readonly [method: 'GET' | 'POST', path: RegExp, answer: (stage: Stage, asked: Asked) => Promise<Answer>]

const ROUTES: readonly Route[] = [
  ['GET', /^\/beside\/policy$/, async () => ok({ yaml: DEMO_POLICY } satisfies PolicyView)],
  ['GET', /^\/beside\/audit\/(\d{1,12})$/, async ({ log }, { name }) => ok(log.entry(Number(name)))],
  ['POST', /^\/beside\/pipelines\/([a-z-]{1,40})\/run$/, async ({ runs }, { name }) => started(runs.start(name))],
  [
    'POST',
    /^\/beside\/runs\/([a-z0-9-]{1,40})\/cancel$/,
    async ({ runs }, { name }) => started(await runs.cancel(name)),
  ],
  ['POST', /^\/beside\/tamper$/, async ({ vandal }, { incoming }) => ok(await vandal.tamper(await howOf(incoming)))],
  ['POST', /^\/beside\/restore$/, async ({ vandal }) => ok(await vandal.restore())],
]

const ok = (body: object): Answer => ({ status: 200, body })
const started = (run: Started['run']): Answer => ({ status: 202, body: { run } satisfies Started })

/** Answers one request of the page. Never throws. */
export async function handle(stage: Stage | null, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    const answer = stage ? await routed(stage, incoming) : problem(503, 'The demo is not ready yet.')
    respond(outgoing, answer)
  } catch (error) {
    respond(outgoing, error instanceof Cannot ? problem(error.status, error.message) : problem(500, messageOf(error)))
  }
}

async function routed(stage: Stage, incoming: IncomingMessage): Promise<Answer> {
  const path = (incoming.url ?? '').split('?')[0] ?? ''
  const [route] = ROUTES.filter(([, pattern]) => pattern.test(path))
  if (!route) throw new Cannot(404, `There is nothing at ${path}.`)
  const [method, pattern, answer] = route
  if (incoming.method !== method) return problem(405, `${path} takes ${method}.`)
  return answer(stage, { incoming, name: pattern.exec(path)?.[1] ?? '' })
}

const problem = (status: number, error: string): Answer => ({ status, body: { error } satisfies DemoProblem })
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const

function respond(outgoing: ServerResponse, { status, body }: Answer): void {
  if (outgoing.headersSent) return void outgoing.destroy()
  outgoing.writeHead(status, { ...HEADERS, 'Content-Type': 'application/json' })
  outgoing.end(JSON.stringify(body))
}

const MOST_BODY = 1_000

async function howOf(incoming: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const part of incoming.setEncoding('utf8')) {
    text += part
    if (text.length > MOST_BODY) throw new Cannot(400, 'The body is too long.')
  }
  try {
    const order: unknown = JSON.parse(text)
    return order !== null && typeof order === 'object' && 'how' in order ? order.how : undefined
  } catch {
    throw new Cannot(400, 'The body must be JSON, such as {"how":"delete-entry"}.')
  }
}
