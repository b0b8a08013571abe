import type { Caller, Identity } from '../approval/principal.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './parts.ts'
import { Problem } from './problem.ts'

/** A token that was found good: who speaks, and what it is called, so that it can be taken once. */
export interface VerifiedToken {
  readonly caller: Caller
  /** The person that it speaks for; null where it is a workload's. `email` is verified, as it is written there. */
  readonly person: { readonly identities: readonly Identity[]; readonly email: string | null } | null
  readonly token: TokenName
}

/** Names one token. `expiresAtMs`: until when it is taken, UTC milliseconds. */
export interface TokenName {
  readonly issuer: string
  readonly jti: string
  readonly expiresAtMs: number
}

/**
 * Why a token is not taken. `invalid`: `reason` is stable, and `detail` reads on from "the token"; `unavailable`: nobody can
 * tell now, since its issuer does not answer.
 */
export type TokenRefusal =
  | { readonly refused: 'invalid'; readonly reason: string; readonly detail: string }
  | { readonly refused: 'unavailable' }

/** True of what can only be a token: no client key has a dot. */
export const looksLikeToken = (credential: string): boolean => credential.includes('.')

/**
 * Who speaks by this token; null where no policy trusts any issuer, so that a house without tokens answers as if it had
 * never heard of them.
 *
 * @throws {@link Problem} 401 with the token's own reason, or 503 where nobody can tell now.
 */
export async function callerByToken(exchange: Exchange, house: House, text: string): Promise<VerifiedToken | null> {
  if (!house.tokens) return null
  const policy = house.policy()
  // Whom to trust is written there: without it nobody can tell.
  if (!policy)
    throw new Problem('policy_unavailable', 'There is no policy in force to judge the token by: try again soon.')
  if (policy.issuers.length === 0) return null
  const verified = await house.tokens.verify(text, policy)
  if ('refused' in verified)
    throw verified.refused === 'invalid' ? tokenRefused(verified.reason, verified.detail) : AWAY
  exchange.clientId = verified.caller.id
  return verified
}

/** 401 that says why: whoever holds a token is the one who can get a better one (RFC 6750 section 3). */
export const tokenRefused = (reason: string, detail: string): Problem =>
  new Problem('unauthenticated', `The token ${detail} (${reason}).`, {
    headers: {
      'www-authenticate': `Bearer realm="countersign", error="invalid_token", error_description="${reason}: the token ${detail}"`,
    },
    members: { reason },
  })

const AWAY = new Problem('issuer_unavailable', 'The keys of the issuer of this token cannot be read now: try again.')
