import type { Change, OutboxMessage } from '../approval/change.ts'
import type { Client } from '../approval/principal.ts'
import type { ApprovalRequest, Status } from '../approval/request.ts'
import type { AuditEntry } from '../audit/entry.ts'
import type { TreeHead } from '../audit/verify.ts'

export type Awaitable<T> = T | Promise<T>

/**
 * What a store promises. Anything that keeps these promises can stand here; test/store/contract.ts holds each of them
 * against every store.
 *
 * - **One write.** {@link Store.commit} is the only way anything changes.
 * - **Durable on return.** `'committed'` means that the change, its audit entries and its outbox messages have survived
 *   any crash from now on, power loss included (INV6).
 * - **All or none.** No reader, and no crash, ever sees a part of a change.
 * - **Compare and swap.** A change of a request stands on the version that it was judged on, or answers `'conflict'`.
 * - **Evidence in the same breath.** Entries get their number, their time (never earlier than the entry before) and
 *   their place in the tree in the transaction of the change itself (INV4).
 * - **Read your writes.** A read that starts after a commit answered sees it, also one of another process.
 */
export interface Store extends Reads {
  /**
   * Commits one change or delivery step. Concurrent calls share one fsync, each succeeding or conflicting on its own.
   *
   * @returns `'conflict'` where the request, the client, or the idempotency key changed hands since it was read: load
   *   again and let the rule judge again. Also for a delivery step after {@link Store.close}.
   * @throws {@link StorageError} where nothing was written; any other error leaves the outcome unknown and is fatal.
   */
  commit(write: Change | Delivery): Promise<'committed' | 'conflict'>
  close(): Promise<void>
}

/** Reading only. What lists, shows or exports gets this type, and so cannot write. */
export interface Reads {
  request(id: string): Awaitable<ApprovalRequest | null>
  requests(query: RequestQuery): Awaitable<readonly ApprovalRequest[]>
  /** The request that this key of this client opened. */
  idempotent(clientId: string, key: string): Awaitable<{ requestId: string; bodyDigest: string } | null>
  /** Ids of pending requests whose time is over, oldest first. */
  overdue(nowMs: number, limit: number): Awaitable<readonly string[]>
  /** Pending requests of each client, for the pending limit. */
  pendingCounts(): Awaitable<ReadonlyMap<string, number>>
  client(id: string): Awaitable<Client | null>
  clients(): Awaitable<readonly Client[]>
  /** Of the outbox rows due by `nowMs` the oldest one of each channel and kind. */
  due(nowMs: number): Awaitable<readonly OutboxRow[]>
  /**
   * Rows that wait, and rows that a permanent error stopped; of these not the updates of requests that ended a day before
   * they are due again.
   */
  outboxState(): Awaitable<OutboxState>
  /** Cards of a request, oldest first. */
  cards(requestId: string): Awaitable<readonly Card[]>
  /** Cards that show an older version than the request has and that no waiting outbox row will mend. */
  staleCards(limit: number): Awaitable<readonly Card[]>
  delivery(requestId: string): Awaitable<DeliveryState>
  auditEntries(afterSeq: number, limit: number): Awaitable<readonly AuditEntry[]>
  /** The audit entries of one request, oldest first. */
  auditOf(requestId: string): Awaitable<readonly AuditEntry[]>
  head(): Awaitable<TreeHead>
  /** UTC milliseconds of the newest audit entry, 0 for an empty log. */
  lastAuditAtMs(): Awaitable<number>
}

/** Newest first; `before` is the id of the last one of the page before. */
export interface RequestQuery {
  readonly clientId?: string | undefined
  readonly status?: Status | undefined
  readonly action?: string | undefined
  readonly environment?: string | undefined
  /** Matches a client id, an on-behalf-of address or Slack id. */
  readonly requester?: string | undefined
  /** One of these identities stands behind the ask (`slack:U…`). */
  readonly behind?: string | undefined
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
  /** Text found in action, resource, title or reason, whatever its case. */
  readonly q?: string | undefined
  readonly before?: string | undefined
  readonly limit: number
}

/** One thing to tell, with its history of tries. */
export interface OutboxRow {
  readonly id: number
  readonly message: OutboxMessage
  readonly channel: string
  readonly attempts: number
  readonly dueAtMs: number
  readonly lastError: string | null
}

/** A message in Slack that shows a request. `version` is the request's version when it was last rendered. */
export interface Card {
  readonly requestId: string
  readonly channel: string
  readonly ts: string
  readonly version: number
}

export interface OutboxState {
  readonly waiting: number
  readonly failed: number
  /** Channel and error code of the stopped ones, at most ten. */
  readonly failures: readonly { readonly channel: string; readonly error: string }[]
}

export interface DeliveryState {
  readonly state: 'queued' | 'delivered' | 'failed'
  readonly messages: readonly { readonly channel: string; readonly ts: string }[]
}

/**
 * A step of telling the world: no fact of the log, so it carries no evidence, and by its type it cannot touch a request,
 * a decision or a client.
 *
 * - `attempt`: about to speak: counts the attempt and clears the last error. Committed before the call, so that a crash
 *   in between is seen as "maybe said".
 * - `done`: said; the row goes, and so do older rows of the same request and channel, which it said as well.
 * - `later`: not said; due again at `dueAtMs`.
 * - `failed`: will not be said until somebody mends the cause; tried again at `dueAtMs`, seldom.
 * - `found`: a card that we did not know of (a duplicate after an unknown outcome): from now on updated like the first.
 * - `queue`: a message to say that no change brought: the repair of a stale card, an alarm.
 * - `retry`: whatever a permanent error stopped is due at once: somebody may have mended the cause and started us again.
 */
export type Delivery =
  | { readonly delivery: 'attempt'; readonly row: number }
  | { readonly delivery: 'done'; readonly row: number; readonly cards: readonly Card[] }
  | { readonly delivery: 'later'; readonly row: number; readonly dueAtMs: number; readonly error: string }
  | { readonly delivery: 'failed'; readonly row: number; readonly dueAtMs: number; readonly error: string }
  | { readonly delivery: 'found'; readonly card: Card }
  | { readonly delivery: 'queue'; readonly message: OutboxMessage; readonly dueAtMs: number }
  | { readonly delivery: 'retry'; readonly dueAtMs: number }

/** Nothing was written, and why. `full`: no space; `busy`: another process held the file; `failed`: the disk said no. */
export class StorageError extends Error {
  override name = 'StorageError'
  readonly kind: 'full' | 'busy' | 'failed'
  constructor(kind: StorageError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
