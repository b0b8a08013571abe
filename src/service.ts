import type { Change } from './approval/change.ts'
import type { Tried } from './approval/grant.ts'
import type { Pause } from './approval/pause.ts'
import type { Caller, Member } from './approval/principal.ts'
import { isRefusal, type Refusal, refuse } from './approval/refusal.ts'
import type { ApprovalRequest, Ask, Completion } from './approval/request.ts'
import { Eligibility, type Said, type Speaker } from './eligibility.ts'
import { accountOf, type Proven } from './service/account.ts'
import { Asking, type Idempotency, type Opened } from './service/asking.ts'
import { Book } from './service/book.ts'
import { Deciding, type Glass, type SaidByToken } from './service/deciding.ts'
import { type Admin, type Delegated, type DelegationOrder, Ordering } from './service/ordering.ts'
import type { ServiceParts, Settled } from './service/parts.ts'
import { type Runner, type Use, type User, Using } from './service/using.ts'
import type { Reads } from './store/store.ts'
import type { Waiters } from './waiters.ts'

export type { Opened } from './service/asking.ts'
export type { Admin } from './service/ordering.ts'
export type { Settled } from './service/parts.ts'

/**
 * The only writer, and all that the doors may call. Every method answers with what is now so, on disk, or with a
 * {@link Refusal}: an expected no. Who may do what is judged here, never by a door; a refused word of a person, and a
 * refused use, is kept as evidence.
 */
export class Service {
  readonly reads: Reads
  readonly waiters: Waiters
  readonly #book: Book
  readonly #asking: Asking
  readonly #deciding: Deciding
  readonly #using: Using
  readonly #ordering: Ordering

  private constructor(parts: ServiceParts, pending: ReadonlyMap<string, number>) {
    const { store, directory, now } = parts
    const eligibility = new Eligibility(directory, (to, nowMs) => store.delegationsTo(to, nowMs), now)
    this.#book = new Book(parts, pending)
    this.#asking = new Asking(this.#book, eligibility)
    this.#deciding = new Deciding(this.#book, eligibility)
    this.#using = new Using(this.#book)
    this.#ordering = new Ordering(this.#book, eligibility)
    this.reads = store
    this.waiters = this.#book.waiters
  }

  static async open(parts: ServiceParts): Promise<Service> {
    return new Service(parts, await parts.store.pendingCounts())
  }

  /** Hears of every change after it is on disk. Must not throw. */
  onCommitted(listener: (change: Change) => void): void {
    this.#book.onCommitted(listener)
  }

  /**
   * A caller asks. What the policy allows or denies by itself is ended at once; an allow that is used up goes to people.
   *
   * Refused: `policy_unavailable` (no policy; Slack does not say whose address it is, or who is in a group that takes no
   * late joiners), `forbidden`, `act_for_not_allowed`, `requester_unresolved`, `must_show`, `no_eligible_approver`,
   * `too_many_pending`, `idempotency_key_reused`, `paused` (what would be allowed without people).
   *
   * @param ask validated, unmasked; its secrets end in this call.
   * @throws MaskError where a part of the ask cannot be masked as asked.
   */
  submit(caller: Caller, ask: Ask, idempotency?: Idempotency): Promise<Opened | Refusal> {
    return this.#asking.submit(caller, ask, idempotency)
  }

  /**
   * A person says yes or no, or takes back what she (or somebody in her seat) said. Who she is, which groups she is in and
   * whom she stands in for is read here.
   */
  decide(said: Said): Promise<Settled | Refusal> {
    return this.#deciding.decide(said)
  }

  /**
   * One whose yes counted, or an admin, takes back a yes that was not used: status `cancelled`, outcome `revoked`. Refused:
   * `already_consumed`, `not_revocable`.
   */
  revoke(
    by: Speaker,
    order: { readonly requestId: string; readonly reason: string | null },
  ): Promise<Settled | Refusal> {
    return this.#deciding.revoke(by, order)
  }

  /**
   * One person's yes in an emergency, where the pinned and the present policy let her: outcome `approved_break_glass`, told
   * to everybody who would have been asked, and a review that stays open. Refused: `break_glass_not_allowed`,
   * `self_approval`, `not_an_approver`, `reason_too_short` (20 characters and 3 words at least), `not_now`, `paused` and
   * whatever a yes is refused for.
   */
  breakGlass(said: Glass): Promise<Settled | Refusal> {
    return this.#deciding.breakGlass(said)
  }

  /**
   * Somebody else has looked at a broken glass: an admin, or one of a group that would have been asked. Refused:
   * `review_not_open`, `self_approval` (she broke it, or stands behind the ask), `not_an_approver`, `reason_required`.
   */
  signReview(by: Speaker, review: { readonly requestId: string; readonly note: string }): Promise<Settled | Refusal> {
    return this.#deciding.signReview(by, review)
  }

  /** She, or an admin for her, lets another speak in her seat for a while. Refused: `delegation_refused`, says why. */
  delegate(by: Speaker, order: DelegationOrder): Promise<Delegated | Refusal> {
    return this.#ordering.delegate(by, order)
  }

  /** Either of the two, or an admin, ends a delegation before its time. Refused: `not_found`, `delegation_refused`. */
  endDelegation(by: Speaker, id: string): Promise<Delegated | Refusal> {
    return this.#ordering.endDelegation(by, id)
  }

  /**
   * An admin stops every approval and every use at once. `changed` is false where it was paused already: then `pause` says
   * by whom. Refused: `not_an_admin`.
   */
  pause(by: Admin, reason: string | null): Promise<{ readonly pause: Pause; readonly changed: boolean } | Refusal> {
    return this.#ordering.pause(by, reason)
  }

  /** An admin lets it go on. Refused: `not_an_admin`. */
  resume(by: Admin): Promise<{ readonly pause: null; readonly changed: boolean } | Refusal> {
    return this.#ordering.resume(by)
  }

  /** Somebody whom a door knows to be no admin reached for it all the same: kept as evidence. */
  async orderedInVain(by: Speaker, order: 'pause' | 'resume'): Promise<Refusal> {
    return this.#ordering.refused(by, { order }, refuse('not_an_admin'))
  }

  /**
   * The one use of a grant, by the caller that asked or by one that enforces for others. `use.params` are digested as what
   * is about to run, or `use.digest` is given. Refused: `forbidden` where a human whom the caller speaks for approved it.
   */
  consume(request: ApprovalRequest, use: Use, caller: Runner): Promise<Settled | Refusal> {
    return this.#using.consume(request, use, caller)
  }

  /** Is the caller's human one of those who approved it? Then it gets no grant, for it could not use it. */
  isApprovedBy(request: ApprovalRequest, caller: Pick<Caller, 'humans'>): boolean {
    return this.#using.approvedBy(request, caller)
  }

  /** How it went. */
  complete(id: string, done: Omit<Completion, 'atMs'>, caller: User): Promise<Settled | Refusal> {
    return this.#using.complete(id, done, caller)
  }

  /** The asker withdraws; an approved grant that was not used dies with it. */
  cancel(id: string, reason: string | null, caller: User): Promise<Settled | Refusal> {
    return this.#using.cancel(id, reason, caller)
  }

  /** A caller tried something with a request that is none of its own: kept as evidence, answered as if there were none. */
  stranger(request: ApprovalRequest, attempt: Tried, caller: Pick<Caller, 'id'>): Promise<Refusal> {
    return this.#using.stranger(request, attempt, caller)
  }

  /** The request as it is now: one whose time is over is expired first, whether or not the sweeper came by. */
  request(id: string): Promise<ApprovalRequest | null> {
    return this.#book.request(id)
  }

  /**
   * Holds until the request leaves `pending`, at most `ms`.
   * @param onHangUp is handed what to call when the asker is gone, so that nobody waits for a closed socket.
   * @returns the request as it then is; null where there is none.
   */
  async wait(id: string, ms: number, onHangUp?: (leave: () => void) => void): Promise<ApprovalRequest | null> {
    // The waiter stands in line before the request is read: an end between the two would otherwise go unheard.
    const { news, leave } = this.waiters.stand(id, ms)
    try {
      const ended = await this.#unlessPending(id)
      if (ended !== PENDING) return ended
      onHangUp?.(leave)
      return (await news) ?? (await this.request(id))
    } finally {
      leave()
    }
  }

  /** In a function of its own: a local in `wait` would keep the whole request in memory for as long as somebody waits. */
  async #unlessPending(id: string): Promise<ApprovalRequest | null | typeof PENDING> {
    const request = await this.request(id)
    return request?.status === 'pending' ? PENDING : request
  }

  /** Ends what is overdue. @returns how many ended. */
  async sweep(limit: number): Promise<number> {
    const { store, now } = this.#book.parts
    const ids = await store.overdue(now(), limit)
    const ended = await Promise.all(ids.map((id) => this.#book.expire(id)))
    return ended.filter((settled) => !isRefusal(settled)).length
  }

  /** Which Slack account a person speaks as, whom a door has proven without Slack. Who speaks as none is kept as evidence. */
  async accountOf(person: Proven, said: SaidByToken): Promise<Member | Refusal> {
    const { directory, policy } = this.#book.parts
    const inForce = policy()
    const account = inForce ? await accountOf(directory, person, inForce.people) : refuse('policy_unavailable')
    if (isRefusal(account)) await this.#deciding.turnedAway(said, account)
    return account
  }

  /** A bearer token is used up, or something that Slack delivers once. @returns false where it was before, in whatever process. */
  async takeToken(token: {
    readonly issuer: string
    readonly jti: string
    readonly expiresAtMs: number
  }): Promise<boolean> {
    return (await this.#book.parts.store.commit({ delivery: 'token', ...token })) === 'committed'
  }

  /** A client's key was used: for its owners, who look for keys that nobody needs. */
  async used(clientId: string, atMs: number): Promise<void> {
    await this.#book.parts.store.commit({ delivery: 'used', clientId, atMs })
  }

  /** Commits a change that no request is judged for: a client, a policy that was loaded, a clock that jumped. */
  record(change: Change): Promise<'committed' | 'conflict'> {
    return this.#book.commit(change)
  }
}

const PENDING = Symbol('still pending')
