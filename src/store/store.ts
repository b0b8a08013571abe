import type { Change, OutboxMessage } from '../approval/change.ts'
import type { Delegation } from '../approval/delegation.ts'
import type { Pause } from '../approval/pause.ts'
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
 * - **No yes past a pause, no use past a limit, none for a client or by a delegation that is over.** All are looked at in the
 *   transaction that writes the yes or the use.
 * - **Evidence in the same breath.** Entries get their number, their time (never earlier than the entry before) and
 *   their place in the tree in the transaction of the change itself (INV4).
 * - **Read your writes.** A read that starts after a commit answered sees it, also one of another process.
 */
export interface Store extends Reads {
  /**
   * Commits one change or delivery step. Concurrent calls share one fsync, each succeeding or conflicting on its own.
   *
   * @returns `'conflict'` where the request, the client, the delegation, the pause or the idempotency key changed hands since
   *   it was read, where a change `unlessPaused` meets a pause, where a delegation or a client that
   *   it rests on is over, or where an allowance is used up: load again and let the rule
   *   judge again. Also for a delivery step after {@link Store.close}.
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
  /** Whether everything is stopped, and by whom. */
  pause(): Awaitable<Pause | null>
  /** Delegations that are active or still to come at `nowMs`, oldest first. */
  delegations(nowMs: number): Awaitable<readonly Delegation[]>
  /** Of these those to one person, whatever others have. */
  delegationsTo(to: string, nowMs: number): Awaitable<readonly Delegation[]>
  delegation(id: string): Awaitable<Delegation | null>
  /** Uses of a limited allow rule by `key` since `sinceMs`, that millisecond included. */
  allowancesUsed(rule: string, key: string, sinceMs: number): Awaitable<number>
  /** Requests whose broken glass nobody has reviewed yet, oldest first. */
  openReviews(limit: number): Awaitable<readonly ApprovalRequest[]>
  /** When the client's key was last used; null where it never was. At most a minute behind. */
  lastUsedAtMs(clientId: string): Awaitable<number | null>
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
  /** The policies that came into force, newest first. What a start only loaded again is no version of its own. */
  policyVersions(limit: number): Awaitable<readonly PolicyVersion[]>
  /** The text of the policy with this digest (`sha256:…`), out of the log; null where it was never in force. */
  policyText(digest: string): Awaitable<string | null>
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

/** `text` is the file as it was read; `atMs` is when it came into force. */
export interface PolicyVersion {
  readonly digest: string
  readonly text: string
  readonly atMs: number
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
 * A step of telling the world, or a note of who came to the door: no fact of the log, so it carries no evidence, and by its
 * type it cannot touch a request, a decision or a client.
 *
 * - `attempt`: about to speak: counts the attempt and clears the last error. Committed before the call, so that a crash
 *   in between is seen as "maybe said".
 * - `done`: said; the row goes, and so do older rows of the same request and channel, which it said as well.
 * - `later`: not said; due again at `dueAtMs`.
 * - `failed`: will not be said until somebody mends the cause; tried again at `dueAtMs`, seldom.
 * - `found`: a card that we did not know of (a duplicate after an unknown outcome): from now on updated like the first.
 * - `queue`: a message to say that no change brought: the repair of a stale card, an alarm.
 * - `used`: a client's key was used: for its owners, who look for keys that nobody needs.
 * - `token`: a bearer token is shown: `'conflict'` where this issuer's `jti` was shown before, to whichever process and
 *   before whatever restart. Forgotten an hour after `expiresAtMs`, up to when (leeway included) the token is accepted.
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
  | { readonly delivery: 'used'; readonly clientId: string; readonly atMs: number }
  | { readonly delivery: 'token'; readonly issuer: string; readonly jti: string; readonly expiresAtMs: number }

/** Nothing was written, and why. `full`: no space; `busy`: another process held the file; `failed`: the disk said no. */
export class StorageError extends Error {
  override name = 'StorageError'
  readonly kind: 'full' | 'busy' | 'failed'
  constructor(kind: StorageError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
