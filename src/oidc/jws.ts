import { refused, type TokenRefused } from './refusal.ts'

/** What a token claims. Read only after its signature was verified, but for `iss`, which says whose key to ask for. */
export type Claims = Readonly<Record<string, unknown>>

/** A compact JWS (RFC 7515) of a form that we look at at all; nothing of it is proven yet. */
export interface Unproven {
  readonly text: string
  readonly alg: string
  readonly kid: string
  readonly claims: Claims
}

/** Far more than any issuer needs, and less than would be worth parsing for an attacker (T20). */
const LONGEST = 8 * 1024

/** Signatures by a private key that the issuer alone has: RFC 7518, RFC 8037, RFC 9864. Never `none`, never a shared secret. */
const ALGORITHMS = new Set([
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
])

/** Of an ID token, an access token (RFC 9068) or nothing said; other types are made for other purposes (RFC 8725 3.11). */
const TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt'])

/** Headers that would have us take a key from the token itself, or from where the token says (RFC 8725 3.5 and 3.10). */
const KEY_HEADERS = ['jku', 'jwk', 'x5u', 'x5c'] as const

/** Reads the form and the header of a bearer token. Strict: one text for one token (M12). */
export function readToken(text: string): Unproven | TokenRefused {
  if (text.length > LONGEST) return refused('too_long', `is longer than ${LONGEST} characters`)
  const parts = text.split('.')
  const [header, payload, signature] = parts
  if (parts.length !== 3 || !header || !payload || signature === undefined) {
    return refused('malformed', 'is no compact JWS: three parts with dots between them')
  }
  if (!parts.every((part) => /^[A-Za-z0-9_-]*$/.test(part))) {
    return refused('malformed', 'holds characters that base64url does not have')
  }
  // Spare bits of a last character are another text for the same bytes.
  if (!parts.every(isCanonical)) return refused('not_canonical', 'is not written the one way that base64url allows')
  const read = jsonOf(header)
  const claims = jsonOf(payload)
  if (!read || !claims) return refused('malformed', 'holds no JSON objects')
  return headerOf(read, signature) ?? { text, alg: String(read.alg), kid: String(read.kid), claims }
}

const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part

/** What is wrong with the header, or null. */
function headerOf(header: Claims, signature: string): TokenRefused | null {
  const { alg, typ, kid } = header
  if (typeof alg !== 'string') return refused('alg_not_allowed', 'names no algorithm')
  if (alg.toLowerCase() === 'none') return refused('alg_none', 'is not signed')
  // Signed with a secret that both sides have: with the public key as the secret, anybody could.
  if (/^HS\d+$/i.test(alg))
    return refused('alg_symmetric', 'is signed with a shared secret, not with a key of its issuer')
  if (!ALGORITHMS.has(alg)) return refused('alg_not_allowed', 'is signed with an algorithm that is not accepted')
  if (signature === '') return refused('malformed', 'has an empty signature')
  for (const name of KEY_HEADERS) {
    if (Object.hasOwn(header, name)) {
      return refused(`header_${name}`, `brings a key of its own (${name}): keys come from the issuer alone`)
    }
  }
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64') || Object.hasOwn(header, 'zip')) {
    return refused('header_crit', 'wants extensions of JWS that are not understood')
  }
  if (typ !== undefined && (typeof typ !== 'string' || !TYPES.has(typ.toLowerCase()))) {
    return refused('typ_not_allowed', 'is of a type (typ) that is made for another purpose')
  }
  if (kid === undefined) return refused('kid_missing', 'does not say which key signed it (kid)')
  if (typeof kid !== 'string' || !/^[\x21-\x7e]{1,256}$/.test(kid) || /\.\.|[\\'"<>]/.test(kid)) {
    return refused('kid_malformed', 'names its key (kid) in a way that no issuer does')
  }
  return null
}

/** The JSON object that a part encodes, or null. */
export function jsonOf(part: string | Uint8Array): Claims | null {
  try {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'base64url') : part
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Claims) : null
  } catch {
    return null
  }
}
