import type { ServerResponse } from 'node:http'

/** How many answers are not yet on their way: a closing door waits for them, and for nothing else. */
export class Underway {
  #count = 0
  #waiting: (() => void) | null = null
  readonly #gone = (): void => {
    this.#count--
    this.#tell()
  }

  add(outgoing: ServerResponse): void {
    this.#count++
    outgoing.once('close', this.#gone)
  }

  whenNone(act: () => void): void {
    this.#waiting = act
    this.#tell()
  }

  #tell(): void {
    if (this.#count === 0) this.#waiting?.()
  }
}
