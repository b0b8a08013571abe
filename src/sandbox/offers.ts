import type { JsonObject } from './json.ts'
import { textOf } from './json.ts'

/** So many external selects are remembered; the oldest is forgotten. */
const KEPT = 1_000

type ByValue = ReadonlyMap<string, JsonObject>

/** What the app has offered people in its external selects: they choose from what they were shown, not from what it would say now. */
export class Offers {
  readonly #shown = new Map<string, ByValue>()

  /** @param where the person, the place and the element. */
  show(where: string, options: readonly JsonObject[]): void {
    const all = new Map([...this.#of(where), ...options.map((each) => [textOf(each.value), each] as const)])
    this.#shown.delete(where)
    this.#shown.set(where, all)
    const [oldest] = this.#shown.keys()
    if (this.#shown.size > KEPT && oldest !== undefined) this.#shown.delete(oldest)
  }

  shown(where: string, value: string): JsonObject | undefined {
    return this.#of(where).get(value)
  }

  #of(where: string): ByValue {
    return this.#shown.get(where) ?? new Map()
  }
}
