import type { Members } from '../approval/eligible.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import type { Directory } from '../eligibility.ts'
import type { Policy } from '../policy/policy.ts'
import type { Store } from '../store/store.ts'

export interface ServiceParts {
  readonly store: Store
  readonly directory: Directory
  /** The policy in force, or null where there is none to judge by. */
  readonly policy: () => Policy | null
  /** Who is in a user group, as far as it is known without asking Slack; nothing is known where it is not given. */
  readonly roster?: { readonly members: Members }
  /** UTC milliseconds. */
  readonly now: () => number
  /** A new time-ordered request id, `req_…`. */
  readonly newId: () => string
}

/** A fact that holds now; `changed` is false where it held before already (a retry). */
export interface Settled {
  readonly request: ApprovalRequest
  readonly changed: boolean
}

/** How often a lost race is judged again. */
export const ATTEMPTS = 20
