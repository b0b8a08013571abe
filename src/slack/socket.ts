import { setTimeout as sleep } from 'node:timers/promises'
import { type Logger, SocketModeReceiver } from '@slack/bolt'
import { WebAPIRateLimitedError } from '@slack/web-api'
import { LATE, within } from './deadline.ts'
import { inWords } from './failure.ts'

export interface SocketParts {
  readonly appToken: string
  readonly apiUrl: string
  readonly logger: Logger
}

/** A line to Slack that is up from {@link Line.open} until {@link Line.lost} settles. */
export interface Line {
  readonly receiver: SocketModeReceiver
  /** Resolves on Slack's hello, not on the open socket. @throws what Slack or the network answered. */
  open(): Promise<void>
  /** Resolves when the socket that is open now is gone. */
  lost(): Promise<void>
  /** Whether the socket would carry an answer at this moment. */
  isOpen(): boolean
  close(): Promise<void>
}

const HELLO_MS = 30_000
const CLOSE_MS = 2_000
/** How long a socket that was told to go may take for it. */
const GOING_MS = 500

/**
 * Socket Mode with the SDK's own reconnecting switched off: there, a reconnect that fails for good is an unhandled
 * rejection, which either ends the process or leaves it deaf, and a planned one leaves it deaf for five seconds. Ours is
 * {@link supervise}, one loop for the first connection and every later one.
 */
export function socketLine({ appToken, apiUrl, logger }: SocketParts): Line {
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    // An object of its own, since the SDK writes into it; and never `headers`, which would replace the app token.
    installerOptions: {
      clientOptions: {
        slackApiUrl: apiUrl,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        timeout: 10_000,
      },
    },
  })
  const { client } = receiver
  // A socket that Slack told to go is no longer active but not gone either: opening the next one in between would let the
  // end of the old one be taken for the end of the new one.
  let isUp = false
  client.on('connected', () => {
    isUp = true
  })
  client.on('disconnected', () => {
    isUp = false
  })
  return {
    receiver,
    isOpen: () => isUp && (client.websocket?.isActive() ?? false),
    lost: () => {
      if (!isUp) return Promise.resolve()
      return new Promise((resolve) => {
        // Slack says "go" but leaves the TCP connection open, and the SDK waits half a minute for its end. Asked to close
        // what is closing already, it lets go at once.
        const hurry = setInterval(() => {
          if (!client.websocket?.isActive()) client.websocket?.disconnect()
        }, GOING_MS)
        client.once('disconnected', () => {
          clearInterval(hurry)
          resolve()
        })
      })
    },
    open: async () => {
      const hello = client.start()
      if ((await within(hello, HELLO_MS)) !== LATE) return
      // Its end comes as a rejection of the same promise, which nobody waits for any more.
      hello.catch(() => undefined)
      await client.disconnect()
      throw new Error(`Slack took the socket but said no hello within ${HELLO_MS / 1000} s`)
    },
    close: async () => {
      await within(client.disconnect(), CLOSE_MS)
    },
  }
}

export interface Attempt {
  /** Goes on until what it opened is lost; `isUp` is to be called when it stands. @throws why it could not be opened. */
  run(isUp: () => void): Promise<void>
  onDown(reason: string): void
  readonly stopped: AbortSignal
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000
/** What is lost sooner than this counts as a failure, so that a storm of disconnects is not answered by one of ours. */
const STEADY_MS = 10_000

/** Keeps something open: at once after a steady time, else after 1, 2, 4 … 30 s, or as long as Slack asks. Never throws. */
export async function supervise({ run, onDown, stopped }: Attempt, now: () => number): Promise<void> {
  for (let failures = 0; !stopped.aborted; ) {
    let asked = 0
    let since = Number.POSITIVE_INFINITY
    try {
      await run(() => {
        since = now()
      })
      onDown('the connection to Slack was lost')
    } catch (error) {
      asked = retryAfterMs(error)
      onDown(inWords(error))
    }
    failures = now() - since >= STEADY_MS ? 0 : failures + 1
    const wait = failures === 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS)
    // Aborted is no error here: the loop ends by its condition.
    await sleep(Math.max(wait, asked), undefined, { signal: stopped }).catch(() => undefined)
  }
}

const retryAfterMs = (error: unknown): number => (error instanceof WebAPIRateLimitedError ? error.retryAfter * 1000 : 0)
