import { within } from './deadline.ts'
import { Revoked } from './failure.ts'
import type { Installation } from './gate.ts'
import { identify } from './identify.ts'
import type { SlackParts } from './parts.ts'
import { type Line, supervise } from './socket.ts'

export interface ConnectionState {
  readonly connected: boolean
  /** Why not, for an operator; null while connected. */
  readonly reason: string | null
  /** Known from the first connection on. */
  readonly teamId: string | null
  readonly enterpriseId: string | null
  readonly botUserId: string | null
  readonly botId: string | null
}

type ConnectionParts = Pick<SlackParts, 'clients' | 'log' | 'mode' | 'now' | 'connected'>

const HANG_UP_MS = 2_000

/** Who we are to Slack, and in Socket Mode the socket: asked for until it stands, and again whenever it is lost. */
export class Connection {
  readonly #parts: ConnectionParts
  readonly #line: Line | null
  readonly #stopped = new AbortController()
  #supervised: Promise<void> = Promise.resolve()
  #ours: Installation | null = null
  #isUp = false
  #reason: string | null = 'not connected to Slack yet'
  #awaiting: (() => void)[] = []
  #lose: (error: Error) => void = () => undefined

  /** @param line null in HTTP mode, where Slack comes to us. */
  constructor(parts: ConnectionParts, line: Line | null) {
    this.#parts = parts
    this.#line = line
  }

  /** Null until Slack has said whom the token speaks for, and after it was revoked. */
  get ours(): Installation | null {
    return this.#ours
  }

  /** Returns at once; settles only after {@link Connection.stop}. */
  start(): Promise<void> {
    this.#supervised = supervise(
      {
        stopped: this.#stopped.signal,
        run: (isUp) => this.#connect(isUp),
        onDown: (reason) => this.#down(reason),
      },
      this.#parts.now,
    )
    return this.#supervised
  }

  state(): ConnectionState {
    // The socket itself is asked: Slack may have told it to go a moment ago.
    const connected = this.#isUp && this.#ours !== null && (this.#line?.isOpen() ?? true)
    return {
      connected,
      reason: connected ? null : (this.#reason ?? 'the connection to Slack was lost'),
      teamId: this.#ours?.teamId ?? null,
      enterpriseId: this.#ours?.enterpriseId ?? null,
      botUserId: this.#ours?.botUserId ?? null,
      botId: this.#ours?.botId ?? null,
    }
  }

  async ready(timeoutMs: number): Promise<boolean> {
    if (!this.state().connected) await within(new Promise<void>((resolve) => this.#awaiting.push(resolve)), timeoutMs)
    return this.state().connected
  }

  /** The token is good for nothing any more: nobody is served on its word, and the next attempt asks anew who we are. */
  revoked(reason: string): void {
    this.#ours = null
    // Said at once: hanging up may take seconds, and until then an operator would read of a lost connection.
    this.#down(reason)
    this.#lose(new Revoked(reason))
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#line?.close()
    await within(this.#supervised, HANG_UP_MS)
    this.#down('stopped')
  }

  /** Stands for as long as the connection does. @throws why it could not be opened, or why it ended. */
  async #connect(isUp: () => void): Promise<void> {
    this.#ours ??= await identify(this.#parts.clients.answering)
    await this.#line?.open()
    // Closed again by `stop` where it came too late.
    if (this.#stopped.signal.aborted) return this.#line?.close()
    const lost = new Promise<never>((_, reject) => {
      this.#lose = reject
    })
    this.#up()
    isUp()
    try {
      await Promise.race([lost, this.#line?.lost() ?? aborted(this.#stopped.signal)])
    } finally {
      await this.#line?.close()
    }
  }

  #up(): void {
    this.#isUp = true
    this.#reason = null
    this.#parts.log.info({ team: this.#ours?.teamId, mode: this.#parts.mode }, 'connected to Slack')
    for (const tell of this.#awaiting.splice(0)) tell()
    this.#parts.connected?.()
  }

  #down(reason: string): void {
    this.#isUp = false
    if (reason !== this.#reason && !this.#stopped.signal.aborted) {
      this.#parts.log.warn({ reason }, 'not connected to Slack; trying again')
    }
    this.#reason = reason
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
