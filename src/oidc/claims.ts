import type { Claims } from './jws.ts'
import { refused, type TokenRefused } from './refusal.ts'

/** Own members alone: `constructor` is no claim. */
export const claimOf = (claims: Claims, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined

/** A claim as text: what issuers write as a number, a truth value or a text is the same to whoever compares it. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value)) ? String(value) : null
}

/** Clocks of two houses are never the same; a minute is enough for any that are set at all. */
const LEEWAY_S = 60
/** A token of a job lives minutes, one of a person an hour; what lives longer is a password. */
const LONGEST_S = 24 * 60 * 60

/** `exp`, `nbf` and `iat` (RFC 7519 section 4.1). @returns until when the token is taken, UTC milliseconds, leeway included. */
export function timesOf(claims: Claims, nowMs: number): { readonly expiresAtMs: number } | TokenRefused {
  const now = nowMs / 1000
  const [exp, iat, nbf] = [claimOf(claims, 'exp'), claimOf(claims, 'iat'), claimOf(claims, 'nbf')]
  if (exp === undefined) return refused('claim_missing', 'has no end (exp)')
  if (iat === undefined) return refused('claim_missing', 'does not say when it was made (iat)')
  if (!isTime(exp) || !isTime(iat) || (nbf !== undefined && !isTime(nbf))) {
    return refused('claim_malformed', 'has a time (exp, nbf, iat) that is none')
  }
  // Written so that whatever is no time left is none.
  if (!(now < exp + LEEWAY_S)) return refused('expired', 'is over (exp)')
  if (nbf !== undefined && !(now >= nbf - LEEWAY_S)) return refused('not_yet_valid', 'is for later (nbf)')
  if (!(now >= iat - LEEWAY_S)) return refused('issued_in_future', 'was made in the future (iat): is a clock wrong?')
  if (!(exp - iat <= LONGEST_S)) return refused('lives_too_long', 'lives for longer than 24 hours')
  return { expiresAtMs: Math.ceil((exp + LEEWAY_S) * 1000) }
}

/** Seconds since 1970, of a year with four digits. */
const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 253_402_300_800

/** For us and for nobody else: what is for others as well, any of them could hand on to us (RFC 8725 section 3.9). */
export function audienceFault(claims: Claims, audience: string): TokenRefused | null {
  const aud = claimOf(claims, 'aud')
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  if (aud === undefined || list.length === 0) return refused('audience_missing', 'does not say for whom it is (aud)')
  if (list.length > 1) return refused('audience_several', 'is for several audiences (aud): ask for one of our own')
  return list[0] === audience ? null : refused('audience_wrong', 'is for another audience (aud)')
}

/** Good only together with a key that its holder has (RFC 8705, RFC 9449): shown alone it may be stolen, and nobody looks. */
export const holderFault = (claims: Claims): TokenRefused | null =>
  claimOf(claims, 'cnf') === undefined
    ? null
    : refused(
        'sender_constrained',
        'is bound to a key of its holder (cnf), which is not checked here: get a bearer token',
      )

/** Every claim that the policy pins and the token has otherwise, by name: all of them at once. */
export function pinnedFault(claims: Claims, pins: Readonly<Record<string, readonly string[]>>): TokenRefused | null {
  const wrong = Object.entries(pins)
    .filter(([name, allowed]) => !valuesOf(claimOf(claims, name)).some((value) => allowed.includes(value)))
    .map(([name]) => name)
  if (wrong.length === 0) return null
  return refused('claim_not_allowed', `has a value that the policy does not trust: ${wrong.sort().join(', ')}`)
}

/** A list (of groups, say) holds what any of its items says. */
const valuesOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).map(textOf).filter((text) => text !== null)
