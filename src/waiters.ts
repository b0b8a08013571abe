import type { ApprovalRequest } from './approval/request.ts'

type Wake = (request: ApprovalRequest | null) => void

/**
 * Those who wait for a request to leave `pending`. Fed after each commit, never by polling; holds one closure a waiter
 * and nothing else, because ten thousand agents may hang here.
 */
export class Waiters {
  readonly #waiting = new Map<string, Set<Wake>>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /**
   * Stands in line until the request ends, `ms` have passed, the house closes, or `leave` is called.
   * @returns `news`: the ended request, or null where the wait ended without news.
   */
  stand(id: string, ms: number): { readonly news: Promise<ApprovalRequest | null>; readonly leave: () => void } {
    let leave = () => {}
    const news = new Promise<ApprovalRequest | null>((resolve) => {
      const wake: Wake = (request) => {
        clearTimeout(timer)
        this.#remove(id, wake)
        resolve(request)
      }
      leave = () => wake(null)
      const timer = setTimeout(leave, ms)
      const others = this.#waiting.get(id)
      if (others) others.add(wake)
      else this.#waiting.set(id, new Set([wake]))
      this.#count++
    })
    return { news, leave }
  }

  /** Tells those who wait for it that this request has ended. */
  tell(request: ApprovalRequest): void {
    for (const wake of [...(this.#waiting.get(request.id) ?? [])]) wake(request)
  }

  /** Lets everybody go without news: the house closes, and each is answered with what is known. */
  release(): void {
    for (const waiting of [...this.#waiting.values()]) for (const wake of [...waiting]) wake(null)
  }

  #remove(id: string, wake: Wake): void {
    const waiting = this.#waiting.get(id)
    if (!waiting?.delete(wake)) return
    this.#count--
    if (waiting.size === 0) this.#waiting.delete(id)
  }
}
