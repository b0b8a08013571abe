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
import { Seldom } from './seldom.ts'
import type { TokenRefusal, VerifiedToken } from './token-auth.ts'
import { TokenUses } from './token-uses.ts'
import { Uses } from './uses.ts'

/** Can the house do its work now, and if not, which part of it cannot and why. Reasons are shown to anybody. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly reason?: string }>>
}

/** Verifies bearer tokens of the issuers that a policy trusts: whose they are, and what they may. Never throws for a bad one. */
interface Tokens {
  verify(token: string, policy: Pick<Policy, 'issuers'>): Promise<VerifiedToken | TokenRefusal>
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
  /** Where tokens are taken at all. */
  readonly tokens?: Tokens
  /** POST /slack/events, in HTTP mode. */
  readonly slackEvents?: (incoming: IncomingMessage, outgoing: ServerResponse) => void
}

/** The parts and what the door makes of them, as routes get them. */
export interface House extends HttpParts {
  readonly grants: Grants
  readonly rates: Rates
  readonly held: Held
  /** When keys were last used. */
  readonly uses: Uses
  /** What was done with tokens a moment ago. */
  readonly tokenUses: TokenUses
  /** What the log was told of a key a moment ago. */
  readonly warned: Seldom
  /** True once the door closes: nobody is held any more. */
  stopping: boolean
}

export const houseOf = (parts: HttpParts): House => ({
  ...parts,
  grants: new Grants(parts.signer, parts.publicUrl),
  rates: new Rates(),
  held: new Held(parts.heldPerClient),
  uses: new Uses(
    (clientId, atMs) => parts.service.used(clientId, atMs),
    (error) => parts.log.debug({ err: error }, 'the use of a key was not kept'),
  ),
  tokenUses: new TokenUses((token) => parts.service.takeToken(token)),
  warned: new Seldom(60_000, 10_000),
  stopping: false,
})
