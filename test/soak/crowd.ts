import type { Api, Shown } from '../api.ts'
import type { Place } from '../house.ts'
import { approve, deny, isLive, requestIdOf } from '../people.ts'
import type { Ledger } from './ledger.ts'

export const CHANNELS = Array.from({ length: 24 }, (_, n) => `C0KILL${n}`)
const PEOPLE = ['U0BOB', 'U0CAROL', 'U0DAVE'] as const
/** A click that took this long may have been acknowledged with "wait": nothing was promised then. */
const PROMPT_MS = 1_400

/** A random number generator with a seed, so that a round that broke something can be run again (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Pipelines and people who all act at once, and note whatever they are told. A call without an answer is kept and repeated. */
export class Crowd {
  readonly #place: Place
  readonly #api: Api
  readonly #ledger: Ledger
  readonly #random: () => number
  readonly #known = new Map<string, Pick<Shown, 'id' | 'payload_digest'>>()
  readonly #openAsks = new Map<string, { action: string }>()
  readonly #openUses = new Map<string, string>()
  #asks = 0
  #acting = false

  constructor(place: Place, api: Api, ledger: Ledger, random: () => number) {
    this.#place = place
    this.#api = api
    this.#ledger = ledger
    this.#random = random
  }

  /** What got no answer before the crash: asked again with the same key, used again by the same execution. */
  async repeatUnanswered(): Promise<void> {
    for (const [key, { action }] of [...this.#openAsks]) await this.#ask(key, action)
    for (const [id, executionId] of [...this.#openUses]) await this.#use(id, executionId)
  }

  /** Acts until {@link stop}, at most `asks` new asks. */
  async act(asks: number): Promise<void> {
    this.#acting = true
    const until = this.#asks + asks
    const asking = async (): Promise<void> => {
      while (this.#acting && this.#asks < until) await this.#newAsk()
    }
    const loop = async (act: () => Promise<void>): Promise<void> => {
      while (this.#acting) {
        await act().catch(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, 1 + this.#random() * 8))
      }
    }
    await Promise.all([
      asking(),
      asking(),
      ...PEOPLE.map((userId) => loop(() => this.#click(userId))),
      loop(() => this.#click('U0BOB')),
      loop(() => this.#run()),
      loop(() => this.#run()),
      loop(() => this.#cancel()),
    ])
  }

  stop(): void {
    this.#acting = false
  }

  async #newAsk(): Promise<void> {
    const n = this.#asks++
    const key = `ask-${n}`
    const action = `kill.${n % 3 === 0 ? 'two' : 'one'}.${n % CHANNELS.length}`
    await Promise.all(n % 5 === 0 ? [this.#ask(key, action), this.#ask(key, action)] : [this.#ask(key, action)])
  }

  async #ask(key: string, action: string): Promise<void> {
    this.#openAsks.set(key, { action })
    try {
      const { status, body } = await this.#api.ask({ action, params: { key } }, { 'idempotency-key': key })
      if (status !== 201 && status !== 200) return
      this.#openAsks.delete(key)
      this.#known.set(body.id, { id: body.id, payload_digest: body.payload_digest })
      this.#ledger.note({ fact: 'asked', id: body.id, key, digest: body.payload_digest })
    } catch {
      // No answer: it may be on disk or not, and is asked again after the restart.
    }
  }

  async #click(userId: string): Promise<void> {
    const channel = this.#pick(CHANNELS) ?? ''
    const cards = this.#place.slack.messages(channel).filter(isLive)
    const card = this.#pick(cards.slice(-10))
    if (!card) return
    const id = requestIdOf(card)
    const says = this.#random() < 0.8 ? approve : deny
    const { acked, ackMs, error } = await says(this.#place.slack, userId, card, 'no')
    if (acked && !error && ackMs < PROMPT_MS) this.#ledger.note({ fact: 'said', id, userId })
  }

  /** A pipeline looks, runs what was approved and reports; now and then two executions of it try at once. */
  async #run(): Promise<void> {
    const request = this.#pick([...this.#known.values()].slice(-60))
    if (!request) return
    const { status, body } = await this.#api.get(request.id)
    if (status !== 200 || body.status !== 'approved') return
    if (body.consumed === null) {
      const name = `run-${Math.floor(this.#random() * 1e9)}`
      await Promise.all([
        this.#use(request.id, name),
        ...(this.#random() < 0.3 ? [this.#use(request.id, `${name}-b`)] : []),
      ])
    } else if (body.completed === null) {
      const { execution_id: executionId } = body.consumed
      const done = await this.#api.complete(request.id, executionId, 'done')
      if (done.status === 200) this.#ledger.note({ fact: 'completed', id: request.id, executionId })
    } else this.#known.delete(request.id)
  }

  async #use(id: string, executionId: string): Promise<void> {
    const request = this.#known.get(id)
    if (!request) return
    this.#openUses.set(id, executionId)
    const { status } = await this.#api.consume(request, executionId)
    this.#openUses.delete(id)
    if (status === 200) this.#ledger.note({ fact: 'used', id, executionId })
  }

  async #cancel(): Promise<void> {
    const request = this.#pick([...this.#known.values()])
    if (!request || this.#random() > 0.05) return
    const { status } = await this.#api.cancel(request.id)
    if (status !== 200) return
    this.#known.delete(request.id)
    this.#ledger.note({ fact: 'cancelled', id: request.id })
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#random() * items.length)]
  }
}
