import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, limited, regular, send, stricken } from './answers.ts'
import { ApiError } from './api-error.ts'
import { Args, parseRequest, readBody } from './arguments.ts'
import { boundedArgs, unknownArgs } from './bounded.ts'
import type { JsonObject } from './json.ts'
import { METHODS } from './methods/table.ts'
import { type Method, needScope, type Platform } from './platform.ts'
import type { RateLimits } from './rate-limit.ts'
import type { TokenKind } from './types.ts'

export interface Tokens {
  bot: string
  app: string
}

/** The Web API: `POST /api/METHOD`. */
export class WebApi {
  readonly #platform: Platform
  readonly #tokens: Tokens
  readonly #limits: RateLimits

  constructor(platform: Platform, tokens: Tokens, limits: RateLimits) {
    this.#platform = platform
    this.#tokens = tokens
    this.#limits = limits
  }

  async handle(methodName: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming)
    const { args: all, warnings, malformed } = parseRequest(incoming, body)
    const { token: tokenArgument, ...args } = all
    const bearer = /^Bearer\s+(.+)$/i.exec(incoming.headers.authorization ?? '')?.[1]
    const tokenKind = this.#kindOf(bearer ?? (typeof tokenArgument === 'string' ? tokenArgument : undefined))
    const { watch, workspace } = this.#platform
    const isKnown = tokenKind === 'bot' || tokenKind === 'app'
    const call = {
      method: methodName,
      args: isKnown ? boundedArgs(args) : unknownArgs(body),
      at: Date.now(),
      outcome: 'pending',
      tokenKind,
    }
    const seq = watch.calls.add((number) => ({ seq: number, ...call }))
    watch.changed()
    const run = (): JsonObject => {
      const method = this.#admit(methodName, tokenKind, incoming)
      if (malformed !== undefined) throw new ApiError(malformed)
      return method.run({ platform: this.#platform, workspace, args: new Args(args) })
    }
    // Whoever has no token is refused at once: it takes nothing of the app's rate, and no fault that was planned for it.
    const { reply, outcome, problems } = isKnown
      ? await this.#answer(methodName, args, run, warnings)
      : regular(run, warnings)
    watch.calls.change(seq, { outcome, ...(problems ? { problems } : {}) })
    watch.changed()
    send(reply, outgoing, workspace.scopes)
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

  async #answer(method: string, args: JsonObject, run: () => JsonObject, warnings: readonly string[]): Promise<Answer> {
    const channel = this.#channelOf(args)
    const limit = Object.hasOwn(METHODS, method) ? METHODS[method]?.perMinute : undefined
    const held = limit === undefined ? undefined : this.#limits.take(method, limit, channel)
    if (held) return limited(held)
    const fault = this.#platform.faults.strikeCall(method, channel)
    if (fault?.kind === 'slow') await sleep(fault.ms, undefined, { ref: false })
    else if (fault) return stricken(fault, run)
    return regular(run, warnings)
  }

  /** One channel has one rate, whether it is called by its id or its name. */
  #channelOf({ channel }: JsonObject): string | undefined {
    if (typeof channel !== 'string') return undefined
    return this.#platform.workspace.channel(channel)?.id ?? channel
  }
}
