import type { Actor, Change } from '../approval/change.ts'
import { type Delegation, delegate, endDelegation } from '../approval/delegation.ts'
import { type Pause, pause, resume } from '../approval/pause.ts'
import { personActor, type RefusedOrder, refusedOrder } from '../approval/recording.ts'
import { maskText } from '../approval/redact.ts'
import { isRefusal, type Refusal, refuse } from '../approval/refusal.ts'
import type { Eligibility, Speaker } from '../eligibility.ts'
import { Turns } from '../turns.ts'
import type { Book } from './book.ts'
import { ATTEMPTS } from './parts.ts'

/** An admin in Slack, or whoever has the machine, by the account of its operating system. */
export type Admin = Speaker | { readonly os: string }

export interface DelegationOrder {
  /** Slack user ids. */
  readonly from: string
  readonly to: string
  /** UTC milliseconds; null is from now on. */
  readonly startsAtMs: number | null
  readonly endsAtMs: number
}

export interface Delegated {
  readonly delegation: Delegation
}

/** What people order for everybody: that all stops, and who may sit in whose seat. */
export class Ordering {
  readonly #book: Book
  readonly #eligibility: Eligibility
  readonly #turns = new Turns()

  constructor(book: Book, eligibility: Eligibility) {
    this.#book = book
    this.#eligibility = eligibility
  }

  async pause(by: Admin, reason: string | null): Promise<{ pause: Pause; changed: boolean } | Refusal> {
    const who = await this.#admin(by, 'pause')
    if (isRefusal(who)) return who
    const shown = reason === null ? null : maskText(reason)
    const said = `Everything is paused${shown === null ? '' : `: ${shown}`}. Nothing is approved and nothing used until an admin resumes.`
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { store, now } = this.#book.parts
      const before = await store.pause()
      const change = pause(before, who.name, shown, who.actor, now())
      if (before && !change) return { pause: before, changed: false }
      const after = change?.pause?.after
      if (change && after && (await this.#tell(change, said, who)) === 'committed')
        return { pause: after, changed: true }
    }
    throw new Error('a pause did not settle')
  }

  async resume(by: Admin): Promise<{ pause: null; changed: boolean } | Refusal> {
    const who = await this.#admin(by, 'resume')
    if (isRefusal(who)) return who
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { store, now } = this.#book.parts
      const change = resume(await store.pause(), who.name, who.actor, now())
      if (!change) return { pause: null, changed: false }
      const said = 'Approvals and uses go on: the pause is over.'
      if ((await this.#tell(change, said, who)) === 'committed') return { pause: null, changed: true }
    }
    throw new Error('the end of a pause did not settle')
  }

  /** One after the other of whom they are: how many she has open is counted before another is written. */
  async delegate(by: Speaker, order: DelegationOrder): Promise<Delegated | Refusal> {
    const answer = await this.#turns.take(order.from, () => this.#delegate(by, order))
    if (!isRefusal(answer) || by.userId === order.from) return answer
    return this.refused(by, { order: 'delegate', from: order.from, to: order.to }, answer)
  }

  async #delegate(by: Speaker, order: DelegationOrder): Promise<Delegated | Refusal> {
    const { parts } = this.#book
    const people = parts.policy()?.people ?? []
    const speaker = await this.#eligibility.readSpeaker(by, people)
    if (isRefusal(speaker)) return speaker
    const from = await this.#eligibility.readMember(order.from, people)
    const to = await this.#eligibility.readMember(order.to, people)
    if (!from || !to) return refuse('delegation_refused', 'Slack knows no such person')
    if (isRefusal(from)) return from
    if (isRefusal(to)) return to
    const open = (await parts.store.delegations(parts.now())).filter((d) => d.from === order.from)
    const inForce = parts.policy()
    if (!inForce) return refuse('policy_unavailable')
    const change = delegate(
      {
        id: parts.newId().replace(/^req_/, 'dlg_'),
        ...{ from, to, open },
        startsAtMs: order.startsAtMs,
        endsAtMs: order.endsAtMs,
        by: speaker,
        isAdmin: inForce.admins.includes(by.userId),
      },
      [...people, ...inForce.people],
      personActor(by),
      parts.now(),
    )
    return this.#delegated(change)
  }

  async endDelegation(by: Speaker, id: string): Promise<Delegated | Refusal> {
    const { parts } = this.#book
    const before = await parts.store.delegation(id)
    const answer = await this.#end(by, before)
    if (!isRefusal(answer) || !before || by.userId === before.from || by.userId === before.to) return answer
    return this.refused(by, { order: 'end_delegation', from: before.from, to: before.to }, answer)
  }

  async #end(by: Speaker, before: Delegation | null): Promise<Delegated | Refusal> {
    const speaker = await this.#eligibility.readSpeaker(by)
    if (isRefusal(speaker)) return speaker
    if (!before) return refuse('not_found')
    const { parts } = this.#book
    const isAdmin = parts.policy()?.admins.includes(by.userId) ?? false
    return this.#delegated(endDelegation(before, { userId: by.userId, isAdmin }, personActor(by), parts.now()))
  }

  /** Who reaches for what is not hers to order is evidence, as a refused word is. */
  async refused(by: Speaker, tried: RefusedOrder, refusal: Refusal): Promise<Refusal> {
    const who = personActor(by)
    const change = refusedOrder(tried, who, refusal, this.#book.parts.now())
    await this.#book.note(JSON.stringify([who.actor, tried, refusal.refused]), change, `${who.actor} orders`)
    return refusal
  }

  async #delegated(change: Change | Refusal): Promise<Delegated | Refusal> {
    if (isRefusal(change)) return change
    if (!change.delegation) throw new Error('a change of no delegation')
    const { after } = change.delegation
    const channel = this.#book.parts.policy()?.slack.auditChannel
    // Both of them hear of it, whoever wrote it: a seat must not be lent behind its owner's back.
    const told: Change = channel
      ? { ...change, outbox: [{ kind: 'alarm', channel, text: inWords(after), mention: [after.from, after.to] }] }
      : change
    return (await this.#book.commit(told)) === 'committed'
      ? { delegation: after }
      : refuse('delegation_refused', 'it was changed at the same moment: look again')
  }

  /** Loud: nobody must wonder why nothing goes on, or that it does. */
  async #tell(change: Change, text: string, { name }: Ordered): Promise<'committed' | 'conflict'> {
    const channel = this.#book.parts.policy()?.slack.auditChannel
    const mention = name.startsWith('os:') ? [] : [name]
    return this.#book.commit(channel ? { ...change, outbox: [{ kind: 'alarm', channel, text, mention }] } : change)
  }

  async #admin(by: Admin, order: RefusedOrder['order']): Promise<Ordered | Refusal> {
    if ('os' in by) return { name: `os:${by.os}`, actor: { actor: `os:${by.os}`, source: 'cli' } }
    const who = await this.#adminInSlack(by)
    return isRefusal(who) ? this.refused(by, { order }, who) : who
  }

  async #adminInSlack(by: Speaker): Promise<Ordered | Refusal> {
    const member = await this.#eligibility.readSpeaker(by)
    if (isRefusal(member)) return member
    const policy = this.#book.parts.policy()
    if (!policy) return refuse('policy_unavailable')
    if (!policy.admins.includes(by.userId)) return refuse('not_an_admin')
    return { name: by.userId, actor: personActor(by) }
  }
}

function inWords({ from, to, startsAtMs, endsAtMs, createdBy, revokedAtMs }: Delegation): string {
  const time = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (revokedAtMs !== null) return `A delegation is over: ${to} does not answer for ${from} any more.`
  return `A delegation: ${to} may answer for ${from} from ${time(startsAtMs)} until ${time(endsAtMs)}, written by ${createdBy}.`
}

/** Who ordered it, as the store and the log name her. */
interface Ordered {
  readonly name: string
  readonly actor: Actor
}
