import type { CryptoKey, JWK } from 'jose'
import { IssuerTrouble } from './fetch-json.ts'
import { refused, type TokenRefused } from './refusal.ts'

/** The public keys of an issuer that may verify its tokens. */
export interface KeySet {
  readonly keys: readonly JWK[]
  /** What whoever runs this should tell the issuer. */
  readonly warnings: readonly string[]
}

const MOST_KEYS = 100
/** Members of a private or a symmetric key (RFC 7518 section 6): whoever reads the set can sign with it. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const

/** @throws {@link IssuerTrouble} where it is no key set (RFC 7517 section 5) that anything could be verified with. */
export function readKeySet(document: object): KeySet {
  const keys: unknown = 'keys' in document ? document.keys : undefined
  if (!Array.isArray(keys)) throw new IssuerTrouble('its key set has no list of keys')
  if (keys.length > MOST_KEYS) throw new IssuerTrouble(`its key set has more than ${MOST_KEYS} keys`)
  const named = keys.filter(isNamedKey)
  const isPrivate = (key: JWK) => PRIVATE.some((member) => Object.hasOwn(key, member))
  const open = named.filter((key) => !isPrivate(key))
  if (open.length === 0) throw new IssuerTrouble('its key set has no public key with a kid')
  const exposed = named.length - open.length
  const warnings =
    exposed === 0 ? [] : [`publishes ${exposed} private key(s): these are not used, and must be replaced`]
  return { keys: open, warnings }
}

const isNamedKey = (key: unknown): key is JWK & { readonly kid: string } =>
  key !== null && typeof key === 'object' && 'kty' in key && 'kid' in key && typeof key.kid === 'string'

/** What a key must be to make signatures of an algorithm. */
const KINDS: readonly (readonly [RegExp, { readonly kty: string; readonly crv?: string }])[] = [
  [/^[RP]S(?:256|384|512)$/, { kty: 'RSA' }],
  [/^ES256$/, { kty: 'EC', crv: 'P-256' }],
  [/^ES384$/, { kty: 'EC', crv: 'P-384' }],
  [/^ES512$/, { kty: 'EC', crv: 'P-521' }],
  [/^(?:EdDSA|Ed25519)$/, { kty: 'OKP', crv: 'Ed25519' }],
]

/** The one key that `kid` and `alg` name. Two that fit are none: which of them signed must not be a matter of trying. */
export function findKey({ keys }: KeySet, kid: string, alg: string): { readonly key: JWK } | TokenRefused {
  const named = keys.filter((key) => key.kid === kid)
  if (named.length === 0) return refused('kid_unknown', 'is signed with a key (kid) that its issuer does not publish')
  const fitting = named.filter((key) => fits(key, alg))
  const [key] = fitting
  if (!key) return refused('key_unfit', 'names a key that is not for signatures of this algorithm')
  if (fitting.length > 1) return refused('kid_ambiguous', 'names a key (kid) that its issuer publishes twice')
  return { key }
}

function fits(key: JWK, alg: string): boolean {
  const kind = KINDS.find(([name]) => name.test(alg))?.[1]
  if (!kind || key.kty !== kind.kty || (kind.crv !== undefined && key.crv !== kind.crv)) return false
  if (key.use !== undefined && key.use !== 'sig') return false
  if (key.key_ops !== undefined && !(Array.isArray(key.key_ops) && key.key_ops.includes('verify'))) return false
  return key.alg === undefined || key.alg === alg || (kind.kty === 'OKP' && /^(?:EdDSA|Ed25519)$/.test(key.alg))
}

/** Of one key one for each algorithm that it is fit for: a key without `alg`, as Entra's, makes RS and PS signatures. */
const imported = new WeakMap<JWK, Map<string, Promise<CryptoKey | Uint8Array>>>()

function importOnce(key: JWK, alg: string, importJWK: typeof import('jose').importJWK) {
  const known = imported.get(key) ?? new Map<string, Promise<CryptoKey | Uint8Array>>()
  imported.set(key, known)
  const before = known.get(alg)
  if (before) return before
  const importing = importJWK({ ...key, alg }, alg)
  known.set(alg, importing)
  // A failure may pass, and must not keep a good key out until the set is read again.
  importing.catch(() => known.delete(alg))
  return importing
}

/** The claims' bytes, once the key has proven them; or why not. */
export async function verifySignature(text: string, alg: string, key: JWK): Promise<Uint8Array | TokenRefused> {
  // Loaded with the first token: most houses see none, and every start would wait for it.
  const { compactVerify, errors, importJWK } = await import('jose')
  try {
    const verifying = await importOnce(key, alg, importJWK)
    return (await compactVerify(text, verifying, { algorithms: [alg] })).payload
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      return refused('signature_wrong', 'is not signed by the key that it names')
    }
    // Too short an RSA key, a point that is not on the curve, a header that only the library knows to be wrong.
    return refused('key_unfit', 'cannot be verified with the key that it names')
  }
}
