import type { IncomingMessage, ServerResponse } from 'node:http'
import { App, type AppOptions, type Context, HTTPReceiver } from '@slack/bolt'
import { Arrivals } from './arrivals.ts'
import { boltLog } from './bolt-log.ts'
import { Connection, type ConnectionState } from './connection.ts'
import { within } from './deadline.ts'
import { Homes } from './home.ts'
import type { SlackParts } from './parts.ts'
import { httpReceiver, requestListener } from './request-listener.ts'
import { socketLine } from './socket.ts'
import { Work } from './work.ts'

export interface SlackDoor {
  /** Returns at once and goes on trying for as long as it takes. */
  start(): void
  state(): ConnectionState
  /** HTTP mode: what the server hands `/slack/events` to. */
  readonly requestListener?: (request: IncomingMessage, response: ServerResponse) => void
  /** True once Slack is connected, or false after `timeoutMs`. */
  ready(timeoutMs?: number): Promise<boolean>
  /** Lets what is being answered be answered, at most five seconds, and hangs up. */
  stop(): Promise<void>
}

const READY_MS = 30_000
const DRAIN_MS = 5_000
const RESPOND_MS = 5_000

/** The listening half of the Slack room. Nothing is called before {@link SlackDoor.start}. */
export function createSlackDoor(parts: SlackParts): SlackDoor {
  const logger = boltLog(parts.log)
  const { appToken, apiUrl, signingSecret } = parts
  const line = parts.mode === 'socket' ? socketLine({ appToken: appToken ?? '', apiUrl, logger }) : null
  const receiver = line?.receiver ?? httpReceiver(signingSecret ?? '', logger)
  const connection = new Connection(parts, line)
  const homes = new Homes(parts)
  const arrivals = new Arrivals(parts, { homes, revoked: (reason) => connection.revoked(reason) })
  const work = new Work()
  let isStopping = false

  const app = boltApp(parts, { receiver, logger })
  app.use(({ body, context, ...args }) =>
    work.run(async () => {
      const { ours } = connection
      // Not acknowledged, so that Slack tells the person to try again: whoever comes next will be there for it.
      if (isStopping || !ours) return parts.log.warn('Slack sent something while nobody was there: it had no effect')
      const verified = { body, signature: signatureIn(context), acknowledge: acknowledgement(args) }
      await arrivals.receive(verified, ours)
    }),
  )
  parts.service.onCommitted((change) => {
    if (change.request || change.pause || change.delegation) homes.changed()
  })
  const isOpen = () => connection.state().connected && !isStopping
  return {
    state: () => connection.state(),
    ready: (timeoutMs = READY_MS) => connection.ready(timeoutMs),
    start: () => {
      app
        .init()
        .then(() => connection.start())
        .catch((error: unknown) => parts.onFatal(`nobody tends the connection to Slack any more: ${String(error)}`))
    },
    stop: async () => {
      isStopping = true
      await Promise.all([work.drained(DRAIN_MS), within(homes.stop(), DRAIN_MS)])
      await connection.stop()
    },
    ...(receiver instanceof HTTPReceiver ? { requestListener: requestListener(receiver, isOpen, parts.now) } : {}),
  }
}

/**
 * Without a token, so that it calls nothing by itself whose failure nobody would be there to catch. And with nothing to
 * authorize: what Bolt cannot authorize it acknowledges in silence, and a click would be lost that she believes was taken.
 * Who may speak to us the gate judges, who did the directory.
 */
function boltApp(parts: SlackParts, own: Pick<AppOptions, 'receiver' | 'logger'>): App {
  const app = new App({
    ...own,
    deferInitialization: true,
    convoStore: false,
    clientOptions: { slackApiUrl: parts.apiUrl, retryConfig: { retries: 0 }, timeout: RESPOND_MS },
    authorize: async () => ({}),
  })
  app.error(async (error) => parts.log.error({ err: error }, 'Bolt could not hand on what Slack sent'))
  return app
}

function signatureIn(context: Context): string | undefined {
  const signature: unknown = context['slackSignature']
  return typeof signature === 'string' ? signature : undefined
}

/** Bolt has acknowledged events itself; their `ack` is absent. */
const acknowledgement = (args: object): ((body?: object) => Promise<void>) | undefined =>
  'ack' in args && typeof args.ack === 'function' ? (args.ack as (body?: object) => Promise<void>) : undefined
