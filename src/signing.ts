import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { JWK } from 'jose'

/** Signs grants with the house's Ed25519 key, and tells our own grants from others. */
export interface Signer {
  /** What whoever runs this should know of the key file. */
  readonly warnings: readonly string[]
  readonly jwks: { readonly keys: readonly JWK[] }
  /** A compact JWS (RFC 7515), `alg` EdDSA, `kid` the key's RFC 7638 thumbprint. Deterministic (RFC 8032). */
  sign(claims: object): string
  /** The claims of a grant that this key signed, or null. Strict: one text only (M12). */
  verify(jws: string): Promise<{ readonly [claim: string]: unknown } | null>
}

/** The key file cannot be used; the message says what to do and holds nothing of the key. */
export class SigningKeyError extends Error {
  override name = 'SigningKeyError'
}

/** Reads the Ed25519 PKCS#8 PEM at `file`, or makes one with mode 0600 where there is none. */
export async function loadSigner(file: string): Promise<Signer> {
  const key = readKey(file)
  const publicKey = createPublicKey(key)
  const { crv, kty, x } = publicKey.export({ format: 'jwk' })
  // RFC 7638: the required members alone, in this order, without white space.
  const kid = hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url')
  const header = base64url(JSON.stringify({ alg: 'EdDSA', kid, typ: 'JWT' }))
  return {
    warnings: warningsOf(file),
    jwks: { keys: [{ crv, kty, x, kid, alg: 'EdDSA', use: 'sig' } as JWK] },
    // RFC 7515 section 5.1 and RFC 8037 on node:crypto at once: through a library's promise the signature queues behind
    // whatever else the thread pool does, while somebody waits for the answer to her yes.
    sign: (claims) => {
      const signed = `${header}.${base64url(JSON.stringify(claims))}`
      return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
    },
    verify: async (jws) => {
      if (!isCanonicalJws(jws)) return null
      try {
        // Loaded when the first gate shows a grant: most houses have none, and every start would wait for it.
        const { compactVerify } = await import('jose')
        const { payload } = await compactVerify(jws, publicKey, { algorithms: ['EdDSA'] })
        const claims: unknown = JSON.parse(Buffer.from(payload).toString())
        return claims !== null && typeof claims === 'object' ? { ...claims } : null
      } catch {
        return null
      }
    },
  }
}

/** Whoever can read the key can sign a yes of ours. Windows keeps no such modes. */
function warningsOf(file: string): readonly string[] {
  const mode = statSync(file).mode & 0o777
  if (process.platform === 'win32' || (mode & 0o077) === 0) return []
  return [`SIGNING_KEY_FILE ${file} is open to other users (mode ${mode.toString(8)}): run chmod 600 on it.`]
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')

/** Base64url alone, and exactly the text its bytes encode to: padding, spaces and spare bits are other texts (M12). */
function isCanonicalJws(jws: string): boolean {
  const parts = jws.split('.')
  return (
    parts.length === 3 &&
    parts.every(
      (part) => /^[A-Za-z0-9_-]+$/.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part,
    )
  )
}

function readKey(file: string): KeyObject {
  let pem: string
  try {
    pem = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new SigningKeyError(`SIGNING_KEY_FILE ${file} cannot be read: check its owner and mode.`)
    }
    pem = makeKey(file)
  }
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new SigningKeyError(`SIGNING_KEY_FILE ${file} holds no private key: give an Ed25519 key as PKCS#8 PEM.`)
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new SigningKeyError(
      `SIGNING_KEY_FILE ${file} holds a key of type ${key.asymmetricKeyType}: give an Ed25519 key as PKCS#8 PEM.`,
    )
  }
  return key
}

/**
 * Makes a key so that nobody ever reads half of one: written and synced under another name, then given its own in one
 * step. Of two processes that start at once the first one's key stands, and the second reads it.
 */
function makeKey(file: string): string {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const descriptor = openSync(draft, 'wx', 0o600)
    try {
      writeSync(descriptor, pem)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    // Dies here: a draft lies about that nobody reads; the next start makes another.
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new SigningKeyError(`SIGNING_KEY_FILE ${file} cannot be written: check the directory's owner and mode.`)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(file, 'utf8')
}
