/**
 * Why a token is not taken. Each word is stable: it stands in `WWW-Authenticate` and in the answer, and whoever set the
 * issuer up finds it in docs/pipelines.md.
 */
export type TokenReason =
  // its form
  | 'too_long'
  | 'malformed'
  | 'not_canonical'
  // its header
  | 'alg_none'
  | 'alg_symmetric'
  | 'alg_not_allowed'
  | 'typ_not_allowed'
  | 'header_jku'
  | 'header_jwk'
  | 'header_x5u'
  | 'header_x5c'
  | 'header_crit'
  | 'kid_missing'
  | 'kid_malformed'
  // its issuer and its key
  | 'issuer_missing'
  | 'issuer_not_trusted'
  | 'issuer_spelled_otherwise'
  | 'issuer_too_broad'
  | 'issuer_ambiguous'
  | 'kid_unknown'
  | 'kid_ambiguous'
  | 'key_unfit'
  | 'signature_wrong'
  // what it claims
  | 'expired'
  | 'not_yet_valid'
  | 'issued_in_future'
  | 'lives_too_long'
  | 'audience_missing'
  | 'audience_several'
  | 'audience_wrong'
  | 'claim_missing'
  | 'claim_malformed'
  | 'claim_not_allowed'
  | 'event_not_allowed'
  | 'rerun_unnamed'
  | 'sender_constrained'
  | 'not_a_person'
  | 'wrong_tenant'

/** An expected no to a token. `detail` reads on from "the token …"; it holds nothing of the token but names of claims. */
export interface TokenRefused {
  readonly refused: 'invalid'
  readonly reason: TokenReason
  readonly detail: string
}

/** Nobody can tell now: the issuer's keys cannot be read. Never a yes (INV7). */
export interface IssuerAway {
  readonly refused: 'unavailable'
  readonly detail: string
}

export const refused = (reason: TokenReason, detail: string): TokenRefused => ({ refused: 'invalid', reason, detail })
