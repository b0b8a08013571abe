import type { Change } from '../approval/change.ts'

interface Noted {
  readonly atMs: number
  readonly kept: Promise<void>
}

/**
 * Refused attempts, kept as evidence: once a minute for the same attempt, and of the different ones of a series no more than
 * twenty a minute, so that whoever probes leaves a trace and cannot flood the log.
 */
export class Notes {
  readonly #commit: (change: Change) => Promise<unknown>
  readonly #noted = new Map<string, Noted>()
  readonly #series = new Map<string, { readonly sinceMs: number; count: number }>()

  constructor(commit: (change: Change) => Promise<unknown>) {
    this.#commit = commit
  }

  /**
   * @param key what is the same attempt.
   * @param series of attempts that differ by what whoever makes them can choose; null where there are only so many.
   */
  async keep(key: string, change: Change, series: string | null = null): Promise<void> {
    const last = this.#noted.get(key)
    // Who is told the same at the same moment waits for the same entry: a refusal that was answered is on disk.
    if (last && isWithin(change.atMs, last.atMs)) return last.kept
    if (series !== null && !this.#takesMore(series, change.atMs)) return
    if (this.#noted.size >= MOST_KEPT) this.#noted.clear()
    const kept = this.#commit(change).then(() => {})
    this.#noted.set(key, { atMs: change.atMs, kept })
    try {
      await kept
    } catch (error) {
      this.#noted.delete(key)
      throw error
    }
  }

  #takesMore(series: string, atMs: number): boolean {
    const known = this.#series.get(series)
    if (known && isWithin(atMs, known.sinceMs)) return ++known.count <= MOST_OF_A_SERIES
    if (this.#series.size >= MOST_KEPT) this.#series.clear()
    this.#series.set(series, { sinceMs: atMs, count: 1 })
    return true
  }
}

/** By the distance, not the difference: a clock that was set back must not silence the log. */
const isWithin = (atMs: number, sinceMs: number): boolean => Math.abs(atMs - sinceMs) < EVERY_MS

const EVERY_MS = 60_000
const MOST_OF_A_SERIES = 20
const MOST_KEPT = 10_000
