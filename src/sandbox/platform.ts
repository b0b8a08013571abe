import { ApiError } from './api-error.ts'
import type { Args } from './arguments.ts'
import type { ChosenInMessages } from './chosen.ts'
import type { Clock } from './clock.ts'
import type { Deliveries } from './delivery.ts'
import type { Faults } from './faults.ts'
import type { JsonObject } from './json.ts'
import type { Offers } from './offers.ts'
import { eventCallback } from './payloads.ts'
import type { ResponseUrls } from './response-urls.ts'
import type { SocketMode } from './socket-mode.ts'
import type { Triggers } from './triggers.ts'
import type { Views } from './views.ts'
import type { Watch } from './watch.ts'
import type { Workspace } from './workspace.ts'

/** The parts of the sandbox that methods and people work with. */
export interface Platform {
  readonly workspace: Workspace
  readonly clock: Clock
  readonly watch: Watch
  readonly views: Views
  readonly triggers: Triggers
  readonly responseUrls: ResponseUrls
  readonly chosen: ChosenInMessages
  readonly offers: Offers
  readonly sockets: SocketMode
  readonly deliveries: Deliveries
  readonly faults: Faults
  /** http://127.0.0.1:PORT */
  readonly url: () => string
}

/** One call of a Web API method. */
export interface Call {
  readonly platform: Platform
  readonly workspace: Workspace
  readonly args: Args
}

export interface Method {
  run: (call: Call) => JsonObject
  /** The scope the bot token needs. */
  scope?: string
  /** Calls a minute. */
  perMinute: number
  /** Which token it takes; bot unless said otherwise. */
  token?: 'app'
  postOnly?: true
}

export function needScope(workspace: Workspace, scope: string): void {
  if (workspace.scopes.includes(scope)) return
  throw new ApiError('missing_scope', { needed: scope, provided: workspace.scopes.join(',') })
}

/** Tells the app what happened, if it subscribed to that. Some events are subscribed to under another name. */
export async function emit(platform: Platform, event: JsonObject, name = String(event.type)): Promise<void> {
  if (!platform.workspace.events.includes(name)) return
  await platform.deliveries.event(eventCallback(platform.workspace, event))
}

/** One page of `items`; the cursor is the position, wrapped as Slack wraps it. */
export function page<T>(items: readonly T[], args: Args, otherwise = 100): { items: readonly T[]; next: string } {
  const cursor = args.text('cursor')
  const decoded = cursor === undefined ? 'at:0' : Buffer.from(cursor, 'base64').toString('utf8')
  if (!/^at:\d+$/.test(decoded)) throw new ApiError('invalid_cursor')
  const start = Number(decoded.slice(3))
  const end = start + args.limit(otherwise)
  const next = end < items.length ? Buffer.from(`at:${end}`).toString('base64') : ''
  return { items: items.slice(start, end), next }
}
