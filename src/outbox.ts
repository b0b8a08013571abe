import type { OutboxMessage } from './approval/change.ts'
import type { ApprovalRequest } from './approval/request.ts'
import type { Log } from './log.ts'
import { DeliveryError, type Messenger } from './messenger.ts'
import type { Card, OutboxRow, Store } from './store/store.ts'

export interface OutboxParts {
  readonly store: Store
  readonly messenger: Messenger
  readonly now: () => number
  readonly log: Pick<Log, 'warn' | 'error'>
}

/** Slack takes about one message a second and channel; what comes faster may be dropped unseen. */
const POST_EVERY_MS = 1_000
/** A channel or token that Slack refuses for good is tried once in this time, however much waits for it (F11). */
const REFUSED_HOLD_MS = 60_000
const EVERYTHING = '*'
/** Permanent errors are tried this seldom: often enough to heal by itself, seldom enough not to hammer (F11). */
const FAILED_AGAIN_MS = 10 * 60_000
const REPAIR_EVERY_MS = 60_000
const MAX_BACKOFF_MS = 60_000
const NOT_SAID = 'not said'
const MAYBE_SAID = 'maybe said'

/**
 * Tells the world what the store says it must hear, at least once, in its own time: a commit never waits for Slack.
 *
 * One message at a time for each (channel, kind), so that closing a card never queues behind two hundred new ones. The
 * loop that runs all day is the one that recovers: a restart has no second path.
 */
export class Outbox {
  readonly #parts: OutboxParts
  readonly #busy = new Map<string, Promise<void>>()
  readonly #speaking = new Set<string>()
  readonly #heldUntil = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #repairTimer: NodeJS.Timeout | undefined
  #pumping: Promise<void> | null = null
  #again = false
  #stopped = true

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  /** Begins with the cards that a crash or a lost update left behind the state (F10). */
  start(): void {
    this.#stopped = false
    void this.#resume()
    this.#repairTimer = setInterval(() => void this.#repair(), REPAIR_EVERY_MS)
    this.nudge()
  }

  /**
   * These were just committed. Where their lane is speaking or pausing there is nothing to look for yet: a burst of asks
   * must not read the table once for each of them.
   */
  heard(messages: readonly OutboxMessage[]): void {
    if (messages.some((message) => this.#isFree(`${message.kind} ${message.channel}`))) this.nudge()
  }

  /** There may be something to say. */
  nudge(): void {
    if (this.#stopped) return
    this.#again = true
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = null
      if (this.#again) this.nudge()
    })
  }

  /** Says no more; waits for what is being said, so that its outcome is recorded. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearInterval(this.#repairTimer)
    await this.#pumping
    await Promise.allSettled(this.#busy.values())
  }

  async #pump(): Promise<void> {
    // The turn's end first: a burst of commits becomes one look at the table.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#again && !this.#stopped) {
      this.#again = false
      try {
        for (const row of await this.#parts.store.due(this.#parts.now())) this.#begin(row)
      } catch (error) {
        this.#parts.log.error({ err: error }, 'the outbox could not be read; trying again')
        this.#wakeIn(1_000)
      }
    }
    this.#wakeIn(POST_EVERY_MS)
  }

  #begin(row: OutboxRow): void {
    const lane = laneOf(row)
    const about = aboutOf(row)
    if (!this.#isFree(lane) || (about && this.#speaking.has(about))) return
    if (about) this.#speaking.add(about)
    const said = this.#deliver(row)
      .catch((error) => {
        this.#parts.log.error({ err: error, channel: row.channel }, 'an outbox row could not be settled')
        this.#hold(lane, POST_EVERY_MS)
      })
      .finally(() => {
        this.#busy.delete(lane)
        if (about) this.#speaking.delete(about)
        if (row.message.kind !== 'update') this.#hold(lane, POST_EVERY_MS)
        this.nudge()
      })
    this.#busy.set(lane, said)
  }

  async #deliver(row: OutboxRow): Promise<void> {
    const { store } = this.#parts
    // The row is gone: somebody else said it.
    if ((await store.commit({ delivery: 'attempt', row: row.id })) === 'conflict') return
    // Dies here or below, before `done`: the row stays due with its attempt counted and no error noted, and the next
    // attempt looks in the channel before it posts again (C4, C5).
    try {
      const cards = await this.#say(row)
      await store.commit({ delivery: 'done', row: row.id, cards })
    } catch (error) {
      if (error instanceof StillInDoubt) await this.#postpone(row, error.cause, MAYBE_SAID)
      else if (error instanceof DeliveryError)
        await this.#postpone(row, error, error.kind === 'unknown' ? MAYBE_SAID : NOT_SAID)
      else await this.#setAside(row, error)
    }
  }

  async #say(row: OutboxRow): Promise<readonly Card[]> {
    const { message } = row
    if (message.kind === 'alarm') {
      await this.#parts.messenger.say(message.channel, message.text, message.mention)
      return []
    }
    const request = await this.#parts.store.request(message.requestId)
    if (!request) return []
    return message.kind === 'announce' ? this.#announce(row, request) : this.#update(row, request)
  }

  async #announce(row: OutboxRow, request: ApprovalRequest): Promise<readonly Card[]> {
    const { messenger } = this.#parts
    const known = maybeSaid(row) ? await inDoubt(() => messenger.find(request, row.channel)) : null
    if (known && known.length > 0) {
      // Its version is not known, so it counts as older than any and is brought up to date like a stale one.
      const cards = known.map((ts) => ({ requestId: request.id, channel: row.channel, ts, version: 0 }))
      return inDoubt(() => this.#bringUpToDate(request, cards))
    }
    // Ended before anybody saw it: a card that asks nothing would only be noise.
    if (request.status !== 'pending') return []
    const { ts } = await messenger.announce(request, row.channel)
    return [{ requestId: request.id, channel: row.channel, ts, version: request.version }]
  }

  async #update(row: OutboxRow, request: ApprovalRequest): Promise<readonly Card[]> {
    const cards = await this.#parts.store.cards(request.id)
    const stale = cards.filter((card) => card.channel === row.channel && card.version < request.version)
    return this.#bringUpToDate(request, stale)
  }

  async #bringUpToDate(request: ApprovalRequest, cards: readonly Card[]): Promise<readonly Card[]> {
    for (const card of cards) {
      try {
        await this.#parts.messenger.update(request, card)
      } catch (error) {
        // Somebody deleted the card: nothing is left to mend.
        if (!(error instanceof DeliveryError && error.code === 'message_not_found')) throw error
      }
    }
    return cards.map((card) => ({ ...card, version: request.version }))
  }

  /** @param note whether it may have been said in spite of the error: then the next attempt looks first. */
  async #postpone(row: OutboxRow, error: DeliveryError, note: typeof NOT_SAID | typeof MAYBE_SAID): Promise<void> {
    const { store, now, log } = this.#parts
    const about = { channel: row.channel, kind: row.message.kind, code: error.code, attempts: row.attempts + 1 }
    const told = { row: row.id, error: `${note}: ${error.code}` }
    if (error.kind === 'permanent') {
      log.error(about, 'Slack refuses this for good: see /readyz')
      if (error.reach !== 'message') this.#hold(error.reach === 'channel' ? laneOf(row) : EVERYTHING, REFUSED_HOLD_MS)
      await store.commit({ delivery: 'failed', ...told, dueAtMs: now() + FAILED_AGAIN_MS })
      return
    }
    log.warn(about, 'not delivered, trying again')
    const waitMs = error.retryAfterMs === null ? backoffMs(row.attempts) : jitter(error.retryAfterMs)
    // A rate limit holds this kind of call in this channel, never the others.
    if (error.retryAfterMs !== null) this.#hold(laneOf(row), waitMs)
    await store.commit({ delivery: 'later', ...told, dueAtMs: now() + waitMs })
  }

  /** A defect of ours, or no storage: seen by the operator, tried seldom, and in nobody's way meanwhile. */
  async #setAside(row: OutboxRow, error: unknown): Promise<void> {
    this.#parts.log.error({ err: error, channel: row.channel }, 'a message could not be made')
    await this.#postpone(row, new DeliveryError('permanent', 'internal'), MAYBE_SAID)
  }

  /** What Slack refused for good may have been mended meanwhile: that is often why somebody starts us again. */
  async #resume(): Promise<void> {
    try {
      await this.#parts.store.commit({ delivery: 'retry', dueAtMs: this.#parts.now() })
      this.nudge()
    } catch (error) {
      this.#parts.log.error({ err: error }, 'what Slack refused could not be queued again; it is tried in its own time')
    }
    await this.#repair()
  }

  async #repair(): Promise<void> {
    try {
      const stale = await this.#parts.store.staleCards(500)
      for (const { requestId, channel } of stale) {
        const message = { kind: 'update', requestId, channel } as const
        await this.#parts.store.commit({ delivery: 'queue', message, dueAtMs: this.#parts.now() })
      }
      if (stale.length > 0) this.nudge()
    } catch (error) {
      this.#parts.log.error({ err: error }, 'stale cards could not be looked for; trying again in a minute')
    }
  }

  #isFree(lane: string): boolean {
    const held = Math.max(this.#heldUntil.get(lane) ?? 0, this.#heldUntil.get(EVERYTHING) ?? 0)
    return !this.#busy.has(lane) && held <= this.#parts.now()
  }

  /** Never shortens a hold that is there: the pause after a post must not undo a rate limit. */
  #hold(lane: string, ms: number): void {
    this.#heldUntil.set(lane, Math.max(this.#heldUntil.get(lane) ?? 0, this.#parts.now() + ms))
  }

  #wakeIn(ms: number): void {
    clearTimeout(this.#timer)
    if (!this.#stopped) this.#timer = setTimeout(() => this.nudge(), ms)
  }
}

const laneOf = (row: OutboxRow): string => `${row.message.kind} ${row.channel}`

/** Until it is known whether an earlier attempt was heard no error may be read as "not said": a second card would follow. */
async function inDoubt<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look()
  } catch (error) {
    throw error instanceof DeliveryError ? new StillInDoubt(error) : error
  }
}

const aboutOf = (row: OutboxRow): string | null =>
  row.message.kind === 'alarm' ? null : `${row.message.requestId} ${row.channel}`

/** An earlier attempt may have reached the channel: it ended in a crash (no error noted) or without an answer. */
const maybeSaid = (row: OutboxRow): boolean => row.attempts > 0 && !(row.lastError ?? '').startsWith(NOT_SAID)

const backoffMs = (attempts: number): number => jitter(Math.min(MAX_BACKOFF_MS, 1_000 * 2 ** Math.min(attempts, 10)))

/** Up to a tenth more, never less: Retry-After is a lower bound. */
const jitter = (ms: number): number => Math.round(ms * (1 + Math.random() / 10))

/** An earlier attempt may have been heard, and this one failed before anybody could know. */
class StillInDoubt extends Error {
  override name = 'StillInDoubt'
  override readonly cause: DeliveryError
  constructor(cause: DeliveryError) {
    super(cause.message)
    this.cause = cause
  }
}
