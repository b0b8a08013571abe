import type { Fault } from './types.ts'

/** The faults a test has planned, the oldest first. */
export class Faults {
  readonly #planned = new Map<Fault, number>()

  /** Returns what takes the fault away again. */
  plan(fault: Fault): () => void {
    const own = { ...fault }
    this.#planned.set(own, own.times ?? Number.POSITIVE_INFINITY)
    return () => void this.#planned.delete(own)
  }

  /** The fault that strikes this call, used up once. */
  strike(method: string, channel: string | undefined): Fault | undefined {
    for (const [fault, left] of this.#planned) {
      if (fault.method !== '*' && fault.method !== method) continue
      if (fault.channel !== undefined && fault.channel !== channel) continue
      if (left <= 1) this.#planned.delete(fault)
      else this.#planned.set(fault, left - 1)
      return fault
    }
    return undefined
  }
}
