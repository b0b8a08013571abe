import type { People } from '../approval/principal.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import { parsePolicy } from '../policy/load.ts'
import type { Policy } from '../policy/policy.ts'
import type { Reads } from '../store/store.ts'

/** More policies than pending requests were opened under, as a rule. */
const MOST_KEPT = 16

/**
 * The links between accounts that were in force when a request was opened, out of the log. A link that was taken away since
 * must not make two approvers of one human (B20, B24). What the log does not hold, or what is no policy any more to this
 * version, adds nothing: whoever stands behind the ask is pinned in the request itself.
 */
export class PinnedLinks {
  readonly #reads: Pick<Reads, 'policyText'>
  readonly #known = new Map<string, People>()

  constructor(reads: Pick<Reads, 'policyText'>) {
    this.#reads = reads
  }

  /** The policy that judges this request: with the links of then beside those of now. */
  async beside<Of extends Pick<Policy, 'digest' | 'people'>>(
    policy: Of,
    { policy: pinned }: ApprovalRequest,
  ): Promise<Of> {
    if (pinned.digest === policy.digest) return policy
    const links = this.#known.get(pinned.digest) ?? (await this.#read(pinned.digest))
    return links.length === 0 ? policy : { ...policy, people: [...policy.people, ...links] }
  }

  async #read(digest: string): Promise<People> {
    const text = await this.#reads.policyText(digest)
    const read = text === null ? null : parsePolicy(text, { allowAll: true })
    const links = read && 'policy' in read ? read.policy.people : []
    if (this.#known.size >= MOST_KEPT) this.#known.clear()
    this.#known.set(digest, links)
    return links
  }
}
