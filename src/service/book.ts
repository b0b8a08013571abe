import type { Actor, Change, Unchanged } from '../approval/change.ts'
import { expire } from '../approval/grant.ts'
import { pausedRefusal } from '../approval/pause.ts'
import { type Attempt, refusedDecision } from '../approval/recording.ts'
import { isRefusal, type Refusal, refuse } from '../approval/refusal.ts'
import { type ApprovalRequest, isOverdue } from '../approval/request.ts'
import { Waiters } from '../waiters.ts'
import { Notes } from './notes.ts'
import { ATTEMPTS, type ServiceParts, type Settled } from './parts.ts'

type Ruling = Change | Refusal | Unchanged
type Rule = (request: ApprovalRequest) => Ruling | Promise<Ruling>

/** What was attempted, for the entry that keeps a refusal. */
interface Tried {
  readonly verdict: Attempt
  readonly surface: Parameters<typeof refusedDecision>[1]['surface']
  readonly digestShown: string | null
}

/**
 * Where everything is written: load, let the pure rule judge, commit. A lost race is no error: the rule judges again on
 * what the winner left, and refuses in its own words.
 */
export class Book {
  readonly parts: ServiceParts
  readonly waiters = new Waiters()
  readonly #listeners: ((change: Change) => void)[] = []
  readonly #notes = new Notes((change) => this.commit(change))
  readonly #pending: Map<string, number>

  constructor(parts: ServiceParts, pending: ReadonlyMap<string, number>) {
    this.parts = parts
    this.#pending = new Map(pending)
  }

  onCommitted(listener: (change: Change) => void): void {
    this.#listeners.push(listener)
  }

  /** The request as it is now: one whose time is over is expired first, whether or not the sweeper came by. */
  async request(id: string): Promise<ApprovalRequest | null> {
    const request = await this.parts.store.request(id)
    if (request?.status !== 'pending' || !isOverdue(request, this.parts.now())) return request
    const settled = await this.expire(id)
    return isRefusal(settled) ? this.parts.store.request(id) : settled.request
  }

  expire(id: string): Promise<Settled | Refusal> {
    return this.settle(id, (fresh) => expire(fresh, this.parts.now()))
  }

  async settle(id: string, rule: Rule): Promise<Settled | Refusal> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const request = await this.parts.store.request(id)
      if (!request) return refuse('not_found')
      const ruling = await rule(request)
      if ('unchanged' in ruling) return { request: ruling.unchanged, changed: false }
      if (isRefusal(ruling)) return ruling
      const stopped = await this.stopped(ruling)
      if (stopped) return stopped
      if ((await this.commit(ruling)) === 'committed') {
        return { request: ruling.request?.after ?? request, changed: true }
      }
    }
    throw new Error(`a change of ${id} did not settle`)
  }

  /** Why the change may not happen while everything is paused; the store looks once more in the transaction. */
  async stopped({ unlessPaused }: Pick<Change, 'unlessPaused'>): Promise<Refusal | null> {
    const pause = unlessPaused ? await this.parts.store.pause() : null
    return pause && pausedRefusal(pause)
  }

  async commit(change: Change): Promise<'committed' | 'conflict'> {
    const answer = await this.parts.store.commit(change)
    if (answer === 'conflict') return answer
    // Dies here: the fact is on disk and nobody has heard. Waiters ask again, the outbox finds its rows at start.
    const ended = change.request && change.request.after.status !== 'pending' ? change.request : null
    if (ended) {
      if (ended.before?.status === 'pending') this.release(ended.after.client.id)
      this.waiters.tell(ended.after)
    }
    for (const listener of this.#listeners) listener(change)
    return answer
  }

  /**
   * Why nothing that this caller asked for may happen any more, or null: its key is revoked or has expired, or the issuer
   * of its token is no longer trusted. What a stolen key asked for dies with the key.
   */
  async whyDead({ client: { id, verifiedBy }, closure }: Pick<ApprovalRequest, 'client' | 'closure'>) {
    if (verifiedBy === 'oidc') {
      const issuers = this.parts.policy()?.issuers ?? []
      // By its URL too, which stands behind the ask with the caller: the name alone may be pointed at another issuer.
      const isTrusted = issuers.some((issuer) => {
        const name = `oidc:${issuer.id}:`
        return id.startsWith(name) && closure.includes(`oidc:${issuer.issuer}|${id.slice(name.length)}`)
      })
      return isTrusted ? null : 'the issuer of the token that asked is not trusted any more'
    }
    const client = await this.parts.store.client(id)
    if (client === null || client.revokedAtMs !== null) return 'the client that asked was revoked'
    const isOver = client.expiresAtMs !== null && !(this.parts.now() < client.expiresAtMs)
    return isOver ? 'the key of the client that asked has expired' : null
  }

  /** Keeps a refused word of a person as evidence. */
  async refused(request: ApprovalRequest, tried: Tried, who: Actor, refusal: Refusal): Promise<void> {
    const key = `${who.actor} ${request.id} ${tried.verdict} ${refusal.refused}`
    await this.note(key, refusedDecision(request, tried, who, refusal, this.parts.now()))
  }

  /** Keeps a refused attempt as evidence; see {@link Notes.keep}. */
  note(key: string, change: Change, series?: string): Promise<void> {
    return this.#notes.keep(key, change, series)
  }

  /** Takes a place among the caller's pending requests; counted in memory, since one process serves one file. */
  reserve(clientId: string, limit: number): boolean {
    const count = this.#pending.get(clientId) ?? 0
    if (count >= limit) return false
    this.#pending.set(clientId, count + 1)
    return true
  }

  release(clientId: string): void {
    const left = (this.#pending.get(clientId) ?? 0) - 1
    if (left > 0) this.#pending.set(clientId, left)
    else this.#pending.delete(clientId)
  }
}
