import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Policy } from '../policy/policy.ts'
import type { Service } from '../service.ts'
import type { Signer } from '../signing.ts'
import type { Awaitable } from '../store/store.ts'
import { Grants } from './grants.ts'
import { Held } from './held.ts'
import { Rates } from './rates.ts'

/** Can the house do its work now, and if not, which part of it cannot and why. Reasons are shown to anybody. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly reason?: string }>>
}

/** What the door stands on. */
export interface HttpParts {
  readonly service: Service
  readonly signer: Signer
  /** The grants' issuer and the base of links; known once the port is. */
  readonly publicUrl: () => string
  readonly policy: () => Policy | null
  readonly readiness: () => Awaitable<Readiness>
  readonly metrics: Metrics
  readonly log: Log
  /** UTC milliseconds. */
  readonly now: () => number
  /** How many answers one client may have held at once; 20 000 where it is not said. */
  readonly heldPerClient?: number
  /** POST /slack/events, in HTTP mode. */
  readonly slackEvents?: (incoming: IncomingMessage, outgoing: ServerResponse) => void
}

/** The parts and what the door makes of them, as routes get them. */
export interface House extends HttpParts {
  readonly grants: Grants
  readonly rates: Rates
  readonly held: Held
  /** True once the door closes: nobody is held any more. */
  stopping: boolean
}

export const houseOf = (parts: HttpParts): House => ({
  ...parts,
  grants: new Grants(parts.signer, parts.publicUrl),
  rates: new Rates(),
  held: new Held(parts.heldPerClient),
  stopping: false,
})
