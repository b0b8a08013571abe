import { pointerOf } from './pointer.ts'

const MAX_DEPTH = 16
const MAX_KEYS = 10_000
/** Up to here a look through a short list is cheaper than a set. */
const FEW = 8

interface Container {
  readonly names: string[] | null
  many: Set<string> | null
  index: number
}

/** Where in a JSON text a reading stands: the open containers, their names so far, bounded in depth and in number. */
export class Nesting {
  readonly #open: Container[] = []
  #keys = 0

  /** False where that would be too deep. */
  open(isObject: boolean): boolean {
    this.#open.push({ names: isObject ? [] : null, many: null, index: 0 })
    return this.#open.length <= MAX_DEPTH
  }

  close(): void {
    this.#open.pop()
  }

  get inside(): 'object' | 'array' | null {
    const container = this.#open.at(-1)
    return container ? (container.names ? 'object' : 'array') : null
  }

  nextItem(): void {
    const container = this.#open.at(-1)
    if (container) container.index++
  }

  /** Takes the name of the next member. */
  name(name: string): 'new' | 'twice' | 'too many' {
    const container = this.#open.at(-1)
    const names = container?.names
    if (!container || !names) return 'new'
    const known = container.many ? container.many.has(name) : names.includes(name)
    names.push(name)
    if (container.many) container.many.add(name)
    else if (names.length > FEW) container.many = new Set(names)
    if (known) return 'twice'
    return ++this.#keys > MAX_KEYS ? 'too many' : 'new'
  }

  /** RFC 6901 pointer to the member or item that is being read. */
  pointer(): string {
    return pointerOf(this.#open.map(({ names, index }) => (names ? (names.at(-1) ?? '') : index)))
  }
}
