import { clientActor } from '../approval/change.ts'
import { type Digest, type Payload, payloadDigest } from '../approval/digest.ts'
import { cancel, complete, consume, refusedGrant, refusedTry, type Tried } from '../approval/grant.ts'
import type { Caller } from '../approval/principal.ts'
import { maskText } from '../approval/redact.ts'
import { isRefusal, type Refusal, refuse } from '../approval/refusal.ts'
import type { ApprovalRequest, Completion } from '../approval/request.ts'
import { isApprovedBy } from '../approval/requester.ts'
import type { Book } from './book.ts'
import type { Settled } from './parts.ts'

type Answer = Settled | Refusal
export type User = Pick<Caller, 'id' | 'scopes'>
/** One that acts on the yes: the humans whom it speaks for matter. */
export type Runner = User & Pick<Caller, 'humans'>
/** What is about to run: its digest, or the params that are digested here. */
export type Use = { readonly executionId: string } & (
  | { readonly digest: Digest }
  | { readonly params: Payload['params'] }
)

/** What a caller does with its request after it asked. */
export class Using {
  readonly #book: Book

  constructor(book: Book) {
    this.#book = book
  }

  async consume(request: ApprovalRequest, use: Use, caller: Runner): Promise<Answer> {
    if (!isHers(request, caller) && !caller.scopes.includes('enforce')) return this.stranger(request, 'consume', caller)
    const { action, resource, environment } = request.ask
    const digest = 'digest' in use ? use.digest : payloadDigest({ action, resource, environment, params: use.params })
    const given = { executionId: use.executionId, digest }
    const answer = await this.#use(request, given, caller)
    if (isRefusal(answer)) {
      const who = clientActor(caller)
      const series = `${who.actor} ${request.id} ${answer.refused}`
      const change = refusedGrant(request, given, who, answer, this.#book.parts.now())
      // Of each execution: the second one that tries is the one that is looked for.
      await this.#book.note(JSON.stringify([series, given]), change, series)
    }
    return answer
  }

  async #use(
    request: ApprovalRequest,
    given: { executionId: string; digest: Digest },
    caller: Runner,
  ): Promise<Answer> {
    const answer = await this.#book.settle(request.id, async (fresh) => {
      const dead = await this.#book.whyDead(fresh)
      if (dead !== null) return refuse('not_approved', dead)
      if (this.approvedBy(fresh, caller))
        return refuse('forbidden', 'who approved it does not run it: somebody else must')
      return consume(fresh, given, caller, this.#book.parts.now())
    })
    // Whoever asks again whether it may run has not begun: while everything is stopped the answer is no, also to her.
    const isAgain = !isRefusal(answer) && !answer.changed
    return (isAgain ? await this.#book.stopped({ unlessPaused: true }) : null) ?? answer
  }

  /**
   * Did a human whom this caller speaks for say the yes? A pipeline is one caller whoever started it, so the one of its
   * people who approved would else run what nobody but herself has looked at.
   */
  approvedBy(request: ApprovalRequest, { humans }: Pick<Caller, 'humans'>): boolean {
    return isApprovedBy(request, humans, this.#book.parts.policy()?.people ?? [])
  }

  /** Whoever used it reports: the asker, or one that enforced for it and knows the execution. */
  async complete(id: string, done: Omit<Completion, 'atMs'>, caller: User): Promise<Answer> {
    const request = await this.#book.request(id)
    if (!request) return refuse('not_found')
    if (isHers(request, caller)) return this.#report(id, done, caller)
    if (!caller.scopes.includes('enforce')) return this.stranger(request, 'complete', caller)
    const answer = await this.#report(id, done, caller)
    return isRefusal(answer) ? this.#turnedAway(request, 'complete', caller, answer) : answer
  }

  #report(id: string, done: Omit<Completion, 'atMs'>, caller: User): Promise<Answer> {
    const shown = { ...done, summary: done.summary === null ? null : maskText(done.summary) }
    return this.#book.settle(id, (fresh) => complete(fresh, shown, caller, this.#book.parts.now()))
  }

  async cancel(id: string, reason: string | null, caller: User): Promise<Answer> {
    const request = await this.#book.request(id)
    if (!request) return refuse('not_found')
    if (!isHers(request, caller)) return this.stranger(request, 'cancel', caller)
    const shown = reason === null ? null : maskText(reason)
    return this.#book.settle(id, (fresh) => cancel(fresh, shown, clientActor(caller), this.#book.parts.now()))
  }

  /** A caller that has nothing to do with the request learns nothing of it, and leaves a trace of what it tried. */
  stranger(request: ApprovalRequest, attempt: Tried, caller: Pick<Caller, 'id'>): Promise<Refusal> {
    return this.#turnedAway(request, attempt, caller, refuse('not_found'))
  }

  async #turnedAway(
    request: ApprovalRequest,
    attempt: Tried,
    caller: Pick<Caller, 'id'>,
    refusal: Refusal,
  ): Promise<Refusal> {
    const who = clientActor(caller)
    const change = refusedTry(request, attempt, who, refusal, this.#book.parts.now())
    const key = `${who.actor} ${request.id} ${attempt} ${refusal.refused} of another`
    await this.#book.note(key, change, `${who.actor} of others`)
    return refusal
  }
}

const isHers = (request: ApprovalRequest, caller: { readonly id: string }): boolean => request.client.id === caller.id
