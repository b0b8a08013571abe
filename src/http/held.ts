/** One client with ten thousand agents may hold as many; what it holds beyond this takes the room of all others (T20). */
const MOST_PER_CLIENT = 20_000

/** How many answers are held for each client now. */
export class Held {
  readonly #most: number
  readonly #counts = new Map<string, number>()

  constructor(most = MOST_PER_CLIENT) {
    this.#most = most
  }

  /** False where the client holds as many as it may. Each true is to be answered by one {@link Held.leave}. */
  enter(clientId: string): boolean {
    const count = this.#counts.get(clientId) ?? 0
    if (count >= this.#most) return false
    this.#counts.set(clientId, count + 1)
    return true
  }

  leave(clientId: string): void {
    const left = (this.#counts.get(clientId) ?? 0) - 1
    if (left > 0) this.#counts.set(clientId, left)
    else this.#counts.delete(clientId)
  }
}
