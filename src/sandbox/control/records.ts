/** Calls or deliveries as one reader knows them: numbered without gaps, the oldest forgotten in time, each replaced when it changes. */
export class Records<T extends { readonly seq: number }> {
  #told: readonly T[] = []

  /** New and changed ones, in their order; of many new ones the latest `limit`. */
  news(all: readonly T[], limit: number): readonly T[] {
    const told = this.#told
    // A copy: the list itself is appended to.
    this.#told = [...all]
    const offset = (all[0]?.seq ?? 0) - (told[0]?.seq ?? 0)
    const next = (told.at(-1)?.seq ?? 0) + 1
    const changed = all.filter((record, index) => record.seq < next && record !== told[index + offset])
    return [...changed, ...all.filter(({ seq }) => seq >= next).slice(-limit)]
  }
}
