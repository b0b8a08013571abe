import { sizeOf } from './bounded.ts'
import { JOURNAL_BYTES } from './choices.ts'

/** The latest records in their order, so many and so large at most. A record that changes is replaced, so that a reader sees by identity what is new. */
export class Journal<T extends { readonly seq: number }> {
  readonly records: T[] = []
  readonly #sizes: number[] = []
  readonly #kept: number
  readonly #bytes: number
  #size = 0
  #last = 0

  /** @param bytes of all records as JSON. */
  constructor(kept: number, bytes = JOURNAL_BYTES) {
    this.#kept = kept
    this.#bytes = bytes
  }

  /** @returns the `seq` of the new record, from 1. */
  add(record: (seq: number) => T): number {
    this.#last += 1
    const added = record(this.#last)
    this.records.push(added)
    this.#sizes.push(0)
    this.#weigh(this.records.length - 1, added)
    return this.#last
  }

  change(seq: number, patch: Partial<T>): void {
    const index = seq - (this.records[0]?.seq ?? 0)
    const old = this.records[index]
    if (!old) return
    const changed = { ...old, ...patch }
    this.records[index] = changed
    this.#weigh(index, changed)
  }

  /** Forgets the oldest until there is room; the latest stays in any case. */
  #weigh(index: number, record: T): void {
    const size = sizeOf(record)
    this.#size += size - (this.#sizes[index] ?? 0)
    this.#sizes[index] = size
    while (this.records.length > this.#kept || (this.#size > this.#bytes && this.records.length > 1)) {
      this.records.shift()
      this.#size -= this.#sizes.shift() ?? 0
    }
  }
}
