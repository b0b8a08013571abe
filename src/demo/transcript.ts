import type { Exchange, RunView } from './wire.ts'

/** One run as it is told to the page: each change of it makes a new view and says so. */
export class Transcript {
  #view: RunView
  readonly #changed: (view: RunView) => void

  constructor(id: string, pipelineId: string, changed: (view: RunView) => void) {
    this.#view = {
      id,
      pipelineId,
      startedAt: Date.now(),
      requestId: null,
      expiresAt: null,
      state: 'asking',
      ended: false,
      told: 'asks',
      card: null,
      transcript: [],
    }
    this.#changed = changed
  }

  get view(): RunView {
    return this.#view
  }

  set(change: Partial<Omit<RunView, 'id' | 'transcript'>>): void {
    this.#view = { ...this.#view, ...change }
    this.#changed(this.#view)
  }

  /** @returns what fills in the rest, once it is known. */
  begin(exchange: Pick<Exchange, 'note'> & Partial<Exchange>): (rest: Partial<Exchange>) => void {
    const at = Date.now()
    const blank = { at, method: null, path: null, headers: [], sent: null, status: null, received: null, ms: null }
    const place = this.#view.transcript.length
    this.#put(place, { ...blank, ...exchange })
    return (rest) => {
      const begun = this.#view.transcript[place]
      if (begun) this.#put(place, { ...begun, ms: Date.now() - at, ...rest })
    }
  }

  #put(place: number, exchange: Exchange): void {
    this.#view = { ...this.#view, transcript: this.#view.transcript.toSpliced(place, 1, exchange) }
    this.#changed(this.#view)
  }
}
