import { type Breaking, breakGlass, signReview } from '../approval/break-glass.ts'
import { clientActor } from '../approval/change.ts'
import { decide, notDecidable } from '../approval/decision.ts'
import { cancelRevoked } from '../approval/grant.ts'
import { type Attempt, personActor } from '../approval/recording.ts'
import { maskText } from '../approval/redact.ts'
import { isRefusal, type Refusal, refuse } from '../approval/refusal.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import { stricter } from '../approval/requirement.ts'
import { revoke } from '../approval/revocation.ts'
import type { Eligibility, Said, Speaker } from '../eligibility.ts'
import type { Policy } from '../policy/policy.ts'
import { Turns } from '../turns.ts'
import type { Book } from './book.ts'
import { ATTEMPTS, type Settled } from './parts.ts'
import { PinnedLinks } from './pinned.ts'
import { presentEvaluation } from './present.ts'

type Answer = Settled | Refusal

/** Somebody in an emergency, as a door read it. */
export interface Glass extends Speaker {
  readonly requestId: string
  readonly digestShown: string
  readonly reason: string
}

/** What somebody said by a token, before it is known who she is in Slack. */
export interface SaidByToken extends Pick<Said, 'requestId' | 'verdict' | 'digestShown'> {
  /** The caller's id. */
  readonly caller: string
}

/** How people judge a request. Who they are and which groups they are in is read here, so that no door can forget to. */
export class Deciding {
  readonly #book: Book
  readonly #eligibility: Eligibility
  readonly #links: PinnedLinks
  readonly #turns = new Turns()

  constructor(book: Book, eligibility: Eligibility) {
    this.#book = book
    this.#eligibility = eligibility
    this.#links = new PinnedLinks(book.parts.store)
  }

  decide(said: Said): Promise<Answer> {
    return this.#attempt(said, said, async (request) => {
      const inForce = this.#book.parts.policy()
      if (!inForce) return refuse('policy_unavailable')
      const early = await this.#notNow(request, said)
      if (early) return early
      // Read before her turn, so that thirty who click at once do not wait for Slack one after the other.
      const policy = await this.#links.beside(inForce, request)
      const present = presentEvaluation(policy, request, this.#book.parts.now())
      const seen = await this.#eligibility.read(request, said, policy, present)
      if (isRefusal(seen)) return seen
      return this.#turns.take(said.requestId, () => this.#judge(said))
    })
  }

  /**
   * With nobody else deciding on this request meanwhile: whoever said yes before is looked at as well (B16), and a vote
   * that came in between would not be. What was just read of Slack is not read again.
   */
  #judge(said: Said): Promise<Answer> {
    const spoken = { ...said, reason: said.reason === null ? null : maskText(said.reason) }
    return this.#underOnePolicy(said.requestId, async (policy, request) => {
      const present = presentEvaluation(policy, request, this.#book.parts.now())
      const seen = await this.#eligibility.read(request, said, policy, present)
      if (isRefusal(seen)) return seen
      const over = await this.#endOfTheDead(request)
      if (over) return over
      return (fresh) => {
        const nowMs = this.#book.parts.now()
        const evaluated = presentEvaluation(policy, fresh, nowMs)
        return decide(fresh, { ...spoken, ...seen }, { evaluated, people: [...policy.people, ...seen.voters] }, nowMs)
      }
    })
  }

  breakGlass(said: Glass): Promise<Answer> {
    return this.#attempt(said, { verdict: 'break_glass', digestShown: said.digestShown }, async (request) => {
      if (!this.#book.parts.policy()) return refuse('policy_unavailable')
      const early = await this.#notNow(request, { ...said, verdict: 'approve' })
      return early ?? this.#turns.take(said.requestId, () => this.#break(said))
    })
  }

  #break(said: Glass): Promise<Answer> {
    const reason = maskText(said.reason)
    return this.#underOnePolicy(said.requestId, async (policy, request) => {
      const present = presentEvaluation(policy, request, this.#book.parts.now())
      const rules = [request.policy.breakGlass, present.breakGlass].filter((rule) => rule !== null)
      const seen = await this.#eligibility.readAlone(request, said, policy, rules)
      if (isRefusal(seen)) return seen
      const over = await this.#endOfTheDead(request)
      if (over) return over
      const spoken: Breaking = { ...seen, reason, surface: said.surface, digestShown: said.digestShown }
      return (fresh) => {
        const nowMs = this.#book.parts.now()
        const evaluated = presentEvaluation(policy, fresh, nowMs)
        return breakGlass(fresh, spoken, { evaluated, people: policy.people }, policy.slack.auditChannel, nowMs)
      }
    })
  }

  signReview(by: Speaker, { requestId, note }: { readonly requestId: string; readonly note: string }): Promise<Answer> {
    return this.#attempt({ ...by, requestId }, { verdict: 'review', digestShown: null }, () =>
      this.#underOnePolicy(requestId, async (policy, request) => {
        if (!request.brokenGlass || request.brokenGlass.review) return refuse('review_not_open')
        const present = presentEvaluation(policy, request, this.#book.parts.now())
        const needed = stricter(request.policy.requirements, present.requirements)
        const seen = await this.#eligibility.readAlone(request, by, policy, needed)
        if (isRefusal(seen)) return seen
        const isAdmin = policy.admins.includes(by.userId)
        const spoken = { ...seen, isAdmin, note: maskText(note), surface: by.surface }
        return (fresh) => signReview(fresh, spoken, policy.people, this.#book.parts.now())
      }),
    )
  }

  revoke(by: Speaker, order: { readonly requestId: string; readonly reason: string | null }): Promise<Answer> {
    return this.#attempt({ ...by, ...order }, { verdict: 'revoke', digestShown: null }, () => this.#takeBack(by, order))
  }

  /** It only ever keeps something from happening, so it needs no policy: where none is in force, nobody is an admin. */
  async #takeBack(by: Speaker, order: { readonly requestId: string; readonly reason: string | null }): Promise<Answer> {
    const member = await this.#eligibility.readSpeaker(by)
    if (isRefusal(member)) return member
    const reason = order.reason === null ? null : maskText(order.reason)
    return this.#book.settle(order.requestId, (fresh) => {
      const { policy, now } = this.#book.parts
      const { admins = [], people = [] } = policy() ?? {}
      const spoken = { member, isAdmin: admins.includes(by.userId), reason, surface: by.surface }
      return revoke(fresh, spoken, people, now())
    })
  }

  /** Somebody with a token who is nobody that decides here: a guest, a bot, a stranger to Slack. */
  async turnedAway({ requestId, caller, ...tried }: SaidByToken, refusal: Refusal): Promise<void> {
    const request = await this.#book.request(requestId)
    if (request) await this.#book.refused(request, { ...tried, surface: 'api' }, clientActor({ id: caller }), refusal)
  }

  /** A refusal is evidence too: who tried what, and why it did not count. */
  async #attempt(
    by: Speaker & { readonly requestId: string },
    { verdict, digestShown }: { readonly verdict: Attempt; readonly digestShown: string | null },
    work: (request: ApprovalRequest) => Promise<Answer>,
  ): Promise<Answer> {
    const request = await this.#book.request(by.requestId)
    if (!request) return refuse('not_found')
    const answer = await work(request)
    if (isRefusal(answer)) {
      await this.#book.refused(request, { verdict, digestShown, surface: by.surface }, personActor(by), answer)
    }
    return answer
  }

  /** What needs no question to Slack: whether this card can be decided at all now. */
  async #notNow(
    request: ApprovalRequest,
    said: { readonly digestShown: string; readonly verdict: Said['verdict'] },
  ): Promise<Refusal | null> {
    const early = notDecidable(request, said.digestShown, this.#book.parts.now())
    if (early) return early
    const stopped = said.verdict === 'approve' ? await this.#book.stopped({ unlessPaused: true }) : null
    if (stopped) return stopped
    return this.#endOfTheDead(request)
  }

  /** Who asked may be dead by now: what it asked for ends. Looked at last of all, and by the store once more. */
  async #endOfTheDead(request: ApprovalRequest): Promise<Refusal | null> {
    const dead = await this.#book.whyDead(request)
    if (dead === null) return null
    await this.#book.settle(request.id, (fresh) => cancelRevoked(fresh, dead, this.#book.parts.now()))
    return refuse('cancelled', dead)
  }

  /**
   * Judges by one policy from the first question to Slack to the rule: where it is changed in between, all of it is done
   * again by the one that is in force now (B25). So it is where somebody was faster: what was read may be over, as a
   * delegation that has ended.
   */
  async #underOnePolicy(
    requestId: string,
    prepare: (policy: Policy, request: ApprovalRequest) => Promise<Parameters<Book['settle']>[1] | Refusal>,
  ): Promise<Answer> {
    const { parts } = this.#book
    const last = { moved: false, raced: false }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const policy = parts.policy()
      if (!policy) return refuse('policy_unavailable')
      const request = await parts.store.request(requestId)
      if (!request) return refuse('not_found')
      const rule = await prepare(await this.#links.beside(policy, request), request)
      if (typeof rule !== 'function') return rule
      let judged = 0
      const answer = await this.#book.settle(requestId, (fresh) => {
        last.moved = parts.policy()?.digest !== policy.digest
        last.raced = judged++ > 0
        return last.moved || last.raced ? refuse('policy_changed') : rule(fresh)
      })
      if (!last.moved && !last.raced) return answer
    }
    if (!last.moved) throw new Error(`a change of ${requestId} did not settle`)
    return refuse('policy_changed')
  }
}
