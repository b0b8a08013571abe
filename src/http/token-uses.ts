import { StorageError } from '../store/store.ts'
import type { Problem } from './problem.ts'
import { type TokenName, tokenRefused } from './token-auth.ts'

interface Use {
  readonly deed: string
  readonly isFirst: Promise<boolean>
  /** What came of the deed: why not, or null where it is done. Undefined while it may still be tried. */
  answer?: Promise<Problem | null> | undefined
}

/** More deeds by tokens than any house has in the minutes that a retry may take. */
const MOST = 10_000

/**
 * A token opens one request, or takes one decision: whoever picks up a used one from a log or a proxy can neither ask nor
 * decide with it. Only the very same deed may be tried again, after a lost answer or a 503, as long as this process
 * remembers it; a decision that was recorded is never tried again.
 *
 * Reading, waiting, using and reporting do not use it up: they are about a request of the same caller, and each is kept
 * from happening twice by the request itself. A GitLab job has one token for all of it.
 */
export class TokenUses {
  readonly #take: (token: TokenName) => Promise<boolean>
  readonly #uses = new Map<string, Use>()

  /** @param take false where the token was taken before; on disk before it is true. */
  constructor(take: (token: TokenName) => Promise<boolean>) {
    this.#take = take
  }

  /** @param deed what is done with it, in full; null for what cannot be told from another deed. */
  async isFirst(token: TokenName, deed: string | null): Promise<boolean> {
    const name = nameOf(token)
    const before = this.#uses.get(name)
    if (before && before.deed === deed) return before.isFirst
    const isFirst = this.#take(token)
    if (deed === null || before) return isFirst
    if (this.#uses.size >= MOST) this.#uses.clear()
    this.#uses.set(name, { deed, isFirst })
    try {
      if (await isFirst) return true
      this.#uses.delete(name)
      return false
    } catch (error) {
      // Nothing was written: whoever tries again is the first still.
      this.#uses.delete(name)
      throw error
    }
  }

  /**
   * Does the deed unless it was done: what was said once is said once, though it were taken back since. Whoever repeats it
   * gets the answer that it got, and it is not tried again but after a 503, which answered nothing.
   *
   * @param work why it is not done; null where it is.
   * @returns null where the token was used for another deed, or nobody remembers for which.
   */
  async once(
    token: TokenName,
    deed: string,
    work: () => Promise<Problem | null>,
  ): Promise<{ readonly refused: Problem | null; readonly isAgain: boolean } | null> {
    if (!(await this.isFirst(token, deed))) return null
    const name = nameOf(token)
    const use = this.#uses.get(name)
    if (use?.deed !== deed) return null
    const isAgain = use.answer !== undefined
    use.answer ??= this.#done(name, use, work)
    return { refused: await use.answer, isAgain }
  }

  async #done(name: string, use: Use, work: () => Promise<Problem | null>): Promise<Problem | null> {
    try {
      const refused = await work()
      if (refused?.status === 503) use.answer = undefined
      return refused
    } catch (error) {
      use.answer = undefined
      // Of any other failure nobody knows what was written before it: the disk remembers the token, and not its deed.
      if (!(error instanceof StorageError)) this.#uses.delete(name)
      throw error
    }
  }
}

const nameOf = ({ issuer, jti }: TokenName): string => `${issuer} ${jti}`

/** 401: the token is good, and was used. */
export const replayed = () =>
  tokenRefused('replayed', 'was used already: a token opens one request or takes one decision, get another')
