import { sha256Hex } from '../audit/canonical.ts'

/** How many random bytes {@link newClientKey} asks for: 12 for the id, 32 for the secret. */
export const CLIENT_KEY_BYTES = 44
const ID_BYTES = 12

/** 32 signs, so that a byte chooses one without bias; none that is mistaken for another, and no underscore. */
const ID_SIGNS = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A key as it is shown once, and what is kept of it. */
export interface ClientKey {
  readonly id: string
  /** `cs_<id>_<secret>`. */
  readonly key: string
  /** Hex SHA-256 of the secret: 256 random bits need no slow hash. */
  readonly secretHash: string
}

/** A new client's id and key. @param random {@link CLIENT_KEY_BYTES} bytes from a secure source. */
export function newClientKey(random: Uint8Array): ClientKey {
  const id = [...random.subarray(0, ID_BYTES)].map((byte) => ID_SIGNS[byte % ID_SIGNS.length]).join('')
  return keyOfClient(id, random)
}

/** Another key for a known client. @param random {@link CLIENT_KEY_BYTES} bytes from a secure source. */
export function keyOfClient(id: string, random: Uint8Array): ClientKey {
  if (random.length !== CLIENT_KEY_BYTES) throw new RangeError(`a client key needs ${CLIENT_KEY_BYTES} random bytes`)
  const secret = Buffer.from(random.subarray(ID_BYTES)).toString('base64url')
  return { id, key: `cs_${id}_${secret}`, secretHash: hashSecret(secret) }
}

/** What a client keeps as its `secretHash`. Over the text, so that no second spelling of a secret works (M12). */
export const hashSecret = (secret: string): string => sha256Hex(secret)

/** The two parts of a key's text, or null where it is none. */
export function parseClientKey(text: string): { readonly id: string; readonly secret: string } | null {
  const parts = /^cs_([a-z0-9]{4,40})_([A-Za-z0-9_-]{43})$/.exec(text)
  const [, id, secret] = parts ?? []
  return id === undefined || secret === undefined ? null : { id, secret }
}
