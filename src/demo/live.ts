import type { DemoPatch } from './wire.ts'

type Tell = (json: string) => void

/** Tells every open page what is new beside the workspace. */
export class Live {
  readonly #pages = new Set<Tell>()
  #first: (() => DemoPatch) | null = null

  /** The demo is ready: whoever came before hears everything now. */
  begin(first: () => DemoPatch): void {
    this.#first = first
    this.#tell(first())
  }

  /** Everything first, as soon as there is something, then what is new. @returns what ends it. */
  follow(tell: Tell): () => void {
    this.#pages.add(tell)
    if (this.#first) tell(JSON.stringify(this.#first()))
    return () => void this.#pages.delete(tell)
  }

  send(patch: DemoPatch): void {
    if (this.#first) this.#tell(patch)
  }

  close(): void {
    this.#pages.clear()
  }

  #tell(patch: DemoPatch): void {
    if (this.#pages.size === 0) return
    const json = JSON.stringify(patch)
    for (const tell of this.#pages) tell(json)
  }
}
