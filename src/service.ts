import { type Actor, type Change, clientActor, type Unchanged } from './approval/change.ts'
import { decide, notDecidable, refusedDecision } from './approval/decision.ts'
import { type Digest, type Payload, payloadDigest } from './approval/digest.ts'
import { cancel, cancelRevoked, complete, consume, expire, refusedGrant } from './approval/grant.ts'
import { open } from './approval/open.ts'
import type { Client } from './approval/principal.ts'
import { mask, maskText } from './approval/redact.ts'
import { isRefusal, type Refusal, refuse } from './approval/refusal.ts'
import { type ApprovalRequest, type Ask, type Completion, isOverdue } from './approval/request.ts'
import { type Directory, Eligibility, type Said } from './eligibility.ts'
import { evaluate } from './policy/evaluate.ts'
import type { Policy } from './policy/policy.ts'
import type { Reads, Store } from './store/store.ts'
import { Turns } from './turns.ts'
import { Waiters } from './waiters.ts'

export interface ServiceParts {
  readonly store: Store
  readonly directory: Directory
  /** The policy in force, or null where there is none to judge by. */
  readonly policy: () => Policy | null
  /** UTC milliseconds. */
  readonly now: () => number
  /** A new time-ordered request id. */
  readonly newId: () => string
}

/** A fact that holds now; `changed` is false where it held before already (a retry). */
export interface Settled {
  readonly request: ApprovalRequest
  readonly changed: boolean
}

type Rule = (request: ApprovalRequest) => Change | Refusal | Unchanged

/**
 * The order in which the rooms act: load, let the pure rule judge, commit. A lost race is no error: the rule judges
 * again on what the winner left, and refuses in its own words.
 */
export class Service {
  readonly reads: Reads
  readonly waiters = new Waiters()
  readonly #parts: ServiceParts
  readonly #eligibility: Eligibility
  readonly #listeners: ((change: Change) => void)[] = []
  readonly #noted = new Map<string, { readonly atMs: number; readonly kept: Promise<void> }>()
  readonly #turns = new Turns()
  readonly #pending: Map<string, number>

  private constructor(parts: ServiceParts, pending: ReadonlyMap<string, number>) {
    this.#parts = parts
    this.#eligibility = new Eligibility(parts.directory, parts.now)
    this.reads = parts.store
    this.#pending = new Map(pending)
  }

  static async open(parts: ServiceParts): Promise<Service> {
    return new Service(parts, await parts.store.pendingCounts())
  }

  /** Hears of every change after it is on disk. Must not throw. */
  onCommitted(listener: (change: Change) => void): void {
    this.#listeners.push(listener)
  }

  /**
   * A client asks.
   * @param ask validated, unmasked; its secrets end in this call.
   * @throws MaskError where a part of the ask cannot be masked as asked.
   */
  async submit(
    client: Client,
    ask: Ask,
    idempotency?: { readonly key: string; readonly bodyDigest: string },
  ): Promise<(Settled & { readonly replayed: boolean }) | Refusal> {
    const policy = this.#parts.policy()
    if (!policy) return refuse('policy_unavailable')
    const digest = payloadDigest(ask)
    const masked = mask(ask, policy.redact)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (idempotency) {
        const known = await this.#replay(client, idempotency)
        if (known) return known
      }
      if (!this.#reserve(client.id, policy.limits.pendingPerClient)) return refuse('too_many_pending')
      let kept = false
      try {
        const ruling = open({
          id: this.#parts.newId(),
          client,
          ask: masked,
          payloadDigest: digest,
          evaluated: evaluate(policy, ask),
          people: policy.people,
          nowMs: this.#parts.now(),
          idempotency,
        })
        if (isRefusal(ruling)) return ruling
        if ((await this.#commit(ruling)) === 'committed' && ruling.request) {
          kept = ruling.request.after.status === 'pending'
          return { request: ruling.request.after, changed: true, replayed: false }
        }
      } finally {
        if (!kept) this.#release(client.id)
      }
    }
    throw new Error('a new request did not settle')
  }

  /**
   * A person says yes or no. Who she is and which groups she is in is read here, so that no door can forget to.
   */
  async decide(said: Said): Promise<Settled | Refusal> {
    const request = await this.request(said.requestId)
    if (!request) return refuse('not_found')
    const who: Actor = {
      actor: `slack:${said.teamId}:${said.userId}`,
      source: said.surface === 'slack' ? 'slack' : 'api',
    }
    const answer = await this.#judge(request, said)
    if (isRefusal(answer)) {
      const key = `${who.actor} ${request.id} ${answer.refused}`
      await this.#note(key, refusedDecision(request, said, who, answer, this.#parts.now()))
    }
    return answer
  }

  async #judge(request: ApprovalRequest, said: Said): Promise<Settled | Refusal> {
    const early = notDecidable(request, said.digestShown, this.#parts.now())
    if (early) return early
    const policy = this.#parts.policy()
    if (!policy) return refuse('policy_unavailable')
    if (!(await this.#isLive(request.client.id))) {
      await this.#settle(request.id, (fresh) => cancelRevoked(fresh, this.#parts.now()))
      return refuse('cancelled', 'the client that asked was revoked')
    }
    // Read before her turn, so that thirty who click at once do not wait for Slack one after the other.
    const seen = await this.#eligibility.read(request, said, policy)
    if (isRefusal(seen)) return seen
    return this.#turns.take(said.requestId, () => this.#judgeInTurn(said))
  }

  /**
   * With nobody else deciding on this request meanwhile: whoever said yes before is looked at as well (B16), and a vote
   * that came in between would not be. What was just read of Slack is not read again.
   */
  async #judgeInTurn(said: Said): Promise<Settled | Refusal> {
    const spoken = { ...said, reason: said.reason === null ? null : maskText(said.reason) }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const policy = this.#parts.policy()
      if (!policy) return refuse('policy_unavailable')
      const request = await this.#parts.store.request(said.requestId)
      if (!request) return refuse('not_found')
      const present = { evaluated: evaluate(policy, request.ask), people: policy.people }
      const seen = await this.#eligibility.read(request, said, policy)
      if (isRefusal(seen)) return seen
      let moved = false
      const answer = await this.#settle(request.id, (fresh) => {
        // The policy was changed while Slack was asked: she is judged by the one that is in force now (B25).
        moved = this.#parts.policy()?.digest !== policy.digest
        return moved ? refuse('policy_changed') : decide(fresh, { ...spoken, ...seen }, present, this.#parts.now())
      })
      if (!moved) return answer
    }
    return refuse('policy_changed')
  }

  async #isLive(clientId: string): Promise<boolean> {
    const client = await this.#parts.store.client(clientId)
    return client !== null && client.revokedAtMs === null
  }

  /**
   * The one use of a grant, by the client that asked or by one that enforces for others. `use.params` are digested as what
   * is about to run, or `use.digest` is given.
   */
  async consume(
    request: ApprovalRequest,
    use: { readonly executionId: string } & ({ readonly digest: Digest } | { readonly params: Payload['params'] }),
    client: Client,
  ): Promise<Settled | Refusal> {
    if (!isHers(request, client) && !client.scopes.includes('enforce')) return refuse('not_found')
    const { action, resource, environment } = request.ask
    const digest = 'digest' in use ? use.digest : payloadDigest({ action, resource, environment, params: use.params })
    const who = clientActor(client)
    const answer = (await this.#isLive(request.client.id))
      ? await this.#settle(request.id, (fresh) =>
          consume(fresh, { executionId: use.executionId, digest }, client, this.#parts.now()),
        )
      : // What a stolen key asked for dies with the key.
        refuse('not_approved', 'the client that asked is revoked')
    if (isRefusal(answer)) {
      const given = { executionId: use.executionId, digest }
      await this.#note(
        `${who.actor} ${request.id} ${answer.refused}`,
        refusedGrant(request, given, who, answer, this.#parts.now()),
      )
    }
    return answer
  }

  complete(id: string, done: Omit<Completion, 'atMs'>, client: Client): Promise<Settled | Refusal> {
    const shown = { ...done, summary: done.summary === null ? null : maskText(done.summary) }
    return this.#settle(id, (fresh) =>
      // Whoever used it reports: the asker, or one that enforced for it and knows the execution.
      isHers(fresh, client) || client.scopes.includes('enforce')
        ? complete(fresh, shown, client, this.#parts.now())
        : refuse('not_found'),
    )
  }

  cancel(id: string, reason: string | null, client: Client): Promise<Settled | Refusal> {
    const shown = reason === null ? null : maskText(reason)
    return this.#settle(id, (fresh) =>
      isHers(fresh, client) ? cancel(fresh, shown, clientActor(client), this.#parts.now()) : refuse('not_found'),
    )
  }

  /** The request as it is now: one whose time is over is expired first, whether or not the sweeper came by. */
  async request(id: string): Promise<ApprovalRequest | null> {
    const request = await this.#parts.store.request(id)
    if (request?.status !== 'pending' || !isOverdue(request, this.#parts.now())) return request
    const settled = await this.#expire(id)
    return isRefusal(settled) ? this.#parts.store.request(id) : settled.request
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
    const ids = await this.#parts.store.overdue(this.#parts.now(), limit)
    const ended = await Promise.all(ids.map((id) => this.#expire(id)))
    return ended.filter((settled) => !isRefusal(settled)).length
  }

  #expire(id: string): Promise<Settled | Refusal> {
    return this.#settle(id, (fresh) => expire(fresh, this.#parts.now()))
  }

  /** Commits a change that no request is judged for: a client, a policy that was loaded, a clock that jumped. */
  async record(change: Change): Promise<'committed' | 'conflict'> {
    return this.#commit(change)
  }

  async #settle(id: string, rule: Rule): Promise<Settled | Refusal> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const request = await this.#parts.store.request(id)
      if (!request) return refuse('not_found')
      const ruling = rule(request)
      if ('unchanged' in ruling) return { request: ruling.unchanged, changed: false }
      if (isRefusal(ruling)) return ruling
      if ((await this.#commit(ruling)) === 'committed') {
        return { request: ruling.request?.after ?? request, changed: true }
      }
    }
    throw new Error(`a change of ${id} did not settle`)
  }

  async #commit(change: Change): Promise<'committed' | 'conflict'> {
    const answer = await this.#parts.store.commit(change)
    if (answer === 'conflict') return answer
    // Dies here: the fact is on disk and nobody has heard. Waiters ask again, the outbox finds its rows at start.
    const ended = change.request && change.request.after.status !== 'pending' ? change.request : null
    if (ended) {
      if (ended.before?.status === 'pending') this.#release(ended.after.client.id)
      this.waiters.tell(ended.after)
    }
    for (const listener of this.#listeners) listener(change)
    return answer
  }

  async #replay(
    client: Client,
    idempotency: { readonly key: string; readonly bodyDigest: string },
  ): Promise<(Settled & { readonly replayed: boolean }) | Refusal | null> {
    const known = await this.#parts.store.idempotent(client.id, idempotency.key)
    if (!known) return null
    if (known.bodyDigest !== idempotency.bodyDigest) return refuse('idempotency_key_reused')
    const request = await this.request(known.requestId)
    return request ? { request, changed: false, replayed: true } : null
  }

  /** Takes a place among the client's pending requests; counted in memory, since one process serves one file. */
  #reserve(clientId: string, limit: number): boolean {
    const count = this.#pending.get(clientId) ?? 0
    if (count >= limit) return false
    this.#pending.set(clientId, count + 1)
    return true
  }

  #release(clientId: string): void {
    const left = (this.#pending.get(clientId) ?? 0) - 1
    if (left > 0) this.#pending.set(clientId, left)
    else this.#pending.delete(clientId)
  }

  /** Keeps a refused attempt as evidence, once a minute for the same attempt, so that probing cannot flood the log. */
  async #note(key: string, change: Change): Promise<void> {
    const last = this.#noted.get(key)
    // By the distance, not the difference: a clock that was set back must not silence the log. Who is told the same at the
    // same moment waits for the same entry: a refusal that was answered is on disk.
    if (last && Math.abs(change.atMs - last.atMs) < NOTE_EVERY_MS) return last.kept
    if (this.#noted.size >= MAX_NOTED) this.#noted.clear()
    const kept = this.#commit(change).then(() => {})
    this.#noted.set(key, { atMs: change.atMs, kept })
    try {
      await kept
    } catch (error) {
      this.#noted.delete(key)
      throw error
    }
  }
}

const isHers = (request: ApprovalRequest, client: Client): boolean => request.client.id === client.id

const PENDING = Symbol('still pending')
const ATTEMPTS = 20
const NOTE_EVERY_MS = 60_000
const MAX_NOTED = 10_000
