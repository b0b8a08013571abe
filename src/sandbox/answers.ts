import type { ServerResponse } from 'node:http'
import { ApiError } from './api-error.ts'
import type { JsonObject } from './json.ts'
import type { Held } from './rate-limit.ts'
import type { Fault } from './types.ts'

/** What goes back on the wire; `hang` and `reset` are faults. */
type Reply =
  | { kind: 'json'; status: number; body: JsonObject; headers?: Record<string, string> }
  | { kind: 'raw'; status: number; body: string }
  | { kind: 'hang' }
  | { kind: 'reset' }

/** How one call of the Web API ended: for the app, and for the record. */
export interface Answer {
  readonly reply: Reply
  readonly outcome: string
  readonly problems?: readonly string[]
}

export function regular(run: () => JsonObject, warnings: readonly string[]): Answer {
  try {
    const body = run()
    const warned = warnings.length === 0 ? {} : { warning: warnings.join(','), response_metadata: { warnings } }
    return { reply: json(200, { ok: true, ...warned, ...body }), outcome: 'ok' }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { error: outcome, more, problems } = error
    const reply = json(200, { ok: false, error: outcome, ...more })
    return { reply, outcome, ...(problems.length === 0 ? {} : { problems }) }
  }
}

export function limited({ retryAfter, limit }: Omit<Held, 'retryAfter'> & { retryAfter: number | null }): Answer {
  const headers: Record<string, string> = retryAfter === null ? {} : { 'retry-after': String(retryAfter) }
  const reply = json(429, { ok: false, error: 'ratelimited' }, headers)
  return { reply, outcome: 'ratelimited', problems: [limit] }
}

/** What a planned fault makes of a call; some strike only after the call has done its work. */
export function stricken(fault: Exclude<Fault, { kind: 'slow' }>, run: () => JsonObject): Answer {
  const committed = ['timeout_after_commit', 'reset_after_commit', 'status_after_commit', 'malformed']
  if (committed.includes(fault.kind)) regular(run, [])
  switch (fault.kind) {
    case 'error':
      return { reply: json(200, { ok: false, error: fault.error }), outcome: fault.error }
    case 'ratelimited': {
      const retryAfter = fault.retryAfter === undefined ? 1 : fault.retryAfter
      return limited({ retryAfter, limit: `a planned fault; ${retryAfter === null ? 'no' : retryAfter} Retry-After` })
    }
    case 'status':
    case 'status_after_commit':
      return { reply: { kind: 'raw', status: fault.status, body: 'planned fault' }, outcome: String(fault.status) }
    case 'reset_after_commit':
      return { reply: { kind: 'reset' }, outcome: fault.kind }
    case 'malformed':
      return { reply: { kind: 'raw', status: 200, body: '{"ok":true,"ts":' }, outcome: fault.kind }
    default:
      return { reply: { kind: 'hang' }, outcome: fault.kind }
  }
}

export function send(reply: Reply, outgoing: ServerResponse, scopes: readonly string[]): void {
  if (reply.kind === 'hang') return
  if (reply.kind === 'reset') {
    outgoing.socket?.resetAndDestroy()
    return
  }
  const isJson = reply.kind === 'json'
  outgoing.writeHead(reply.status, {
    'content-type': isJson ? 'application/json; charset=utf-8' : 'text/plain',
    'x-oauth-scopes': scopes.join(','),
    ...(isJson ? reply.headers : {}),
  })
  outgoing.end(isJson ? JSON.stringify(reply.body) : reply.body)
}

function json(status: number, body: JsonObject, headers: Record<string, string> = {}): Reply {
  return { kind: 'json', status, body, headers }
}
