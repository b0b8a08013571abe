import type { Store } from '../../src/store/store.ts'

/** What somebody was told is so. The server may die at any moment after it said it. */
export type Acknowledged =
  | { readonly fact: 'asked'; readonly id: string; readonly key: string; readonly digest: string }
  | { readonly fact: 'said'; readonly id: string; readonly userId: string }
  | { readonly fact: 'used'; readonly id: string; readonly executionId: string }
  | { readonly fact: 'completed'; readonly id: string; readonly executionId: string }
  | { readonly fact: 'cancelled'; readonly id: string }

/** The driver's own memory of every acknowledgement, which the database is held against after each crash. */
export class Ledger {
  readonly #clientId: string
  readonly #facts: Acknowledged[] = []
  readonly #asked = new Map<string, string>()
  readonly #used = new Map<string, string>()
  /** One key that opened two requests, one request that was used twice. */
  readonly doubled: string[] = []
  #proven = 0

  constructor(clientId: string) {
    this.#clientId = clientId
  }

  get size(): number {
    return this.#facts.length
  }

  note(fact: Acknowledged): void {
    if (fact.fact === 'asked') this.#once(this.#asked, fact.key, fact.id)
    if (fact.fact === 'used') this.#once(this.#used, fact.id, fact.executionId)
    this.#facts.push(fact)
  }

  /** Facts acknowledged since the last call, or all of them, that the store does not hold. */
  async lost(store: Store, which: 'new' | 'all' = 'new'): Promise<string[]> {
    const facts = which === 'all' ? this.#facts : this.#facts.slice(this.#proven)
    this.#proven = this.#facts.length
    const lost: string[] = []
    for (const fact of facts) if (!(await this.#holds(store, fact))) lost.push(JSON.stringify(fact))
    return lost
  }

  #once(known: Map<string, string>, key: string, value: string): void {
    const before = known.get(key)
    if (before !== undefined && before !== value) this.doubled.push(`${key}: ${before} and ${value}`)
    known.set(key, value)
  }

  async #holds(store: Store, fact: Acknowledged): Promise<boolean> {
    const request = await store.request(fact.id)
    if (!request) return false
    switch (fact.fact) {
      case 'asked': {
        const kept = await store.idempotent(this.#clientId, fact.key)
        return request.payloadDigest === fact.digest && kept?.requestId === fact.id
      }
      case 'said': {
        if (request.decisions.some(({ approver }) => approver.userId === fact.userId)) return true
        const entries = await store.auditOf(fact.id)
        return entries.some(
          ({ envelope }) => envelope.includes('"decision.refused"') && envelope.includes(`:${fact.userId}"`),
        )
      }
      case 'used':
        return request.consumed?.executionId === fact.executionId
      case 'completed':
        return request.completed?.executionId === fact.executionId
      case 'cancelled':
        return request.status === 'cancelled'
    }
  }
}
