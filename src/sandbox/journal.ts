/** The latest records in their order. A record that changes is replaced, so that a reader sees by identity what is new. */
export class Journal<T extends { readonly seq: number }> {
  readonly records: T[] = []
  readonly #kept: number
  #last = 0

  constructor(kept: number) {
    this.#kept = kept
  }

  /** @returns the `seq` of the new record, from 1. */
  add(record: (seq: number) => T): number {
    this.#last += 1
    this.records.push(record(this.#last))
    if (this.records.length > this.#kept) this.records.shift()
    return this.#last
  }

  change(seq: number, patch: Partial<T>): void {
    const index = seq - (this.records[0]?.seq ?? 0)
    const old = this.records[index]
    if (old) this.records[index] = { ...old, ...patch }
  }
}
