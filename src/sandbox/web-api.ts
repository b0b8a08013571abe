import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from './api-error.ts'
import { Args, parseRequest, readBody } from './arguments.ts'
import type { Faults } from './faults.ts'
import type { JsonObject } from './json.ts'
import { METHODS } from './methods/table.ts'
import { type Method, needScope, type Platform } from './platform.ts'
import type { RateLimits } from './rate-limit.ts'
import type { ApiCall, Fault, TokenKind } from './types.ts'

export interface Tokens {
  bot: string
  app: string
}

/** An ApiCall while it is being answered. */
type OpenCall = { -readonly [K in keyof ApiCall]: ApiCall[K] }

/** What goes back on the wire; `hang` and `reset` are faults. */
type Answer =
  | { kind: 'json'; status: number; body: JsonObject; headers?: Record<string, string> }
  | { kind: 'raw'; status: number; body: string }
  | { kind: 'hang' }
  | { kind: 'reset' }

/** The Web API: `POST /api/METHOD`. */
export class WebApi {
  readonly #platform: Platform
  readonly #tokens: Tokens
  readonly #faults: Faults
  readonly #limits: RateLimits

  constructor(platform: Platform, tokens: Tokens, faults: Faults, limits: RateLimits) {
    this.#platform = platform
    this.#tokens = tokens
    this.#faults = faults
    this.#limits = limits
  }

  async handle(methodName: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { args: all, warnings, malformed } = parseRequest(incoming, await readBody(incoming))
    const { token: tokenArgument, ...args } = all
    const bearer = /^Bearer\s+(.+)$/i.exec(incoming.headers.authorization ?? '')?.[1]
    const tokenKind = this.#kindOf(bearer ?? (typeof tokenArgument === 'string' ? tokenArgument : undefined))
    const record: OpenCall = { method: methodName, args, at: Date.now(), outcome: 'pending', tokenKind }
    this.#platform.watch.calls.push(record)
    this.#platform.watch.changed()
    const run = (): JsonObject => {
      const method = this.#admit(methodName, tokenKind, incoming)
      if (malformed !== undefined) throw new ApiError(malformed)
      const { workspace } = this.#platform
      return method.run({ platform: this.#platform, workspace, args: new Args(args) })
    }
    const answer = await this.#answer(record, run, warnings)
    this.#platform.watch.changed()
    send(answer, outgoing, this.#platform.workspace.scopes)
  }

  #kindOf(token: string | undefined): TokenKind {
    if (token === undefined) return 'none'
    if (token === this.#tokens.bot) return 'bot'
    return token === this.#tokens.app ? 'app' : 'unknown'
  }

  /** Token, method and scope, in the order Slack checks them. */
  #admit(name: string, tokenKind: TokenKind, incoming: IncomingMessage): Method {
    const { workspace } = this.#platform
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
    if (!method) throw new ApiError('unknown_method', { req_method: name })
    if (method.postOnly && incoming.method !== 'POST') throw new ApiError('insecure_request')
    if (tokenKind === 'none') throw new ApiError('not_authed')
    if (tokenKind === 'unknown') throw new ApiError('invalid_auth')
    if (method.token === 'app' && tokenKind !== 'app') throw new ApiError('invalid_auth')
    if (method.token !== 'app' && tokenKind !== 'bot') throw new ApiError('not_allowed_token_type')
    if (workspace.installed === 'revoked' && tokenKind === 'bot') throw new ApiError('token_revoked')
    if (workspace.installed === 'uninstalled') throw new ApiError('account_inactive')
    if (method.scope !== undefined) needScope(workspace, method.scope)
    return method
  }

  async #answer(record: OpenCall, run: () => JsonObject, warnings: readonly string[]): Promise<Answer> {
    const channel = typeof record.args.channel === 'string' ? record.args.channel : undefined
    const limit = METHODS[record.method]?.perMinute
    const wait = limit === undefined ? 0 : this.#limits.take(record.method, limit, channel)
    if (wait > 0) return limited(record, wait)
    const fault = this.#faults.strike(record.method, channel)
    if (fault?.kind === 'slow') await sleep(fault.ms, undefined, { ref: false })
    else if (fault) return stricken(record, fault, run)
    return regular(record, run, warnings)
  }
}

function regular(record: OpenCall, run: () => JsonObject, warnings: readonly string[]): Answer {
  try {
    const body = run()
    record.outcome = 'ok'
    const warned = warnings.length === 0 ? {} : { warning: warnings.join(','), response_metadata: { warnings } }
    return { kind: 'json', status: 200, body: { ok: true, ...warned, ...body } }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    record.outcome = error.error
    return { kind: 'json', status: 200, body: { ok: false, error: error.error, ...error.more } }
  }
}

function limited(record: OpenCall, retryAfter: number | null): Answer {
  record.outcome = 'ratelimited'
  const headers: Record<string, string> = retryAfter === null ? {} : { 'retry-after': String(retryAfter) }
  return { kind: 'json', status: 429, body: { ok: false, error: 'ratelimited' }, headers }
}

function stricken(record: OpenCall, fault: Fault, run: () => JsonObject): Answer {
  const committed = ['timeout_after_commit', 'reset_after_commit', 'status_after_commit', 'malformed']
  if (committed.includes(fault.kind)) regular(record, run, [])
  record.outcome = fault.kind
  switch (fault.kind) {
    case 'error':
      record.outcome = fault.error
      return { kind: 'json', status: 200, body: { ok: false, error: fault.error } }
    case 'ratelimited':
      return limited(record, fault.retryAfter === undefined ? 1 : fault.retryAfter)
    case 'status':
    case 'status_after_commit':
      record.outcome = String(fault.status)
      return { kind: 'raw', status: fault.status, body: 'planned fault' }
    case 'reset_after_commit':
      return { kind: 'reset' }
    case 'malformed':
      return { kind: 'raw', status: 200, body: '{"ok":true,"ts":' }
    default:
      return { kind: 'hang' }
  }
}

function send(answer: Answer, outgoing: ServerResponse, scopes: readonly string[]): void {
  if (answer.kind === 'hang') return
  if (answer.kind === 'reset') {
    outgoing.socket?.resetAndDestroy()
    return
  }
  const json = answer.kind === 'json'
  outgoing.writeHead(answer.status, {
    'content-type': json ? 'application/json; charset=utf-8' : 'text/plain',
    'x-oauth-scopes': scopes.join(','),
    ...(json ? answer.headers : {}),
  })
  outgoing.end(json ? JSON.stringify(answer.body) : answer.body)
}
