import { createHash, randomUUID } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** What the issuer does instead of answering as it should. */
export type IssuerFault =
  | 'hangs_up'
  | 'never_answers'
  | 'stalls_in_body'
  | 'error_500'
  | 'redirects'
  | 'names_another_issuer'
  | 'keys_elsewhere'
  | 'keys_at_a_file'
  | 'oversized'
  | 'endless'
  | 'html'
  | 'list'
  | 'no_keys'

interface Signing {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

export interface TokenOptions {
  /** Members of the header; undefined leaves one out. */
  readonly header?: Readonly<Record<string, unknown>>
  /** Signs in place of the newest key. */
  readonly key?: Pick<Signing, 'privateKey' | 'alg'>
}

/** An OpenID Connect issuer on 127.0.0.1: discovery, keys and tokens over a real socket. */
export interface LocalIssuer {
  readonly url: string
  readonly keys: readonly Signing[]
  /** What is published beside the keys, or instead of them. */
  published: { extra: readonly JWK[]; instead: readonly JWK[] | null }
  fault: IssuerFault | null
  readonly asked: { discovery: number; keys: number }
  /** A token with `claims` over those that every token has; undefined leaves one out. */
  token(claims?: Readonly<Record<string, unknown>>, options?: TokenOptions): Promise<string>
  /** From now on signs with a new key. @param keep whether the old ones stay published. */
  rotate(keep?: boolean, alg?: string): Promise<Signing>
  close(): Promise<void>
}

export const AUDIENCE = 'countersign'
export const seconds = (): number => Math.floor(Date.now() / 1000)

export async function newKey(alg = 'ES256', kid: string = randomUUID()): Promise<Signing> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export async function startIssuer({ path = '', alg = 'ES256' } = {}): Promise<LocalIssuer> {
  const keys = [await newKey(alg)]
  const asked = { discovery: 0, keys: 0 }
  const held = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const isDiscovery = request.url === `${path}/.well-known/openid-configuration`
    if (!isDiscovery && request.url !== `${path}/keys`) return void response.writeHead(404).end()
    asked[isDiscovery ? 'discovery' : 'keys']++
    if (issuer.fault && misbehave(issuer.fault, isDiscovery, response, held)) return
    const body = isDiscovery ? discovery(issuer) : { keys: published() }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const published = (): readonly JWK[] =>
    issuer.fault === 'no_keys'
      ? []
      : (issuer.published.instead ?? [...keys.map(({ jwk }) => jwk), ...issuer.published.extra])
  const issuer: LocalIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    keys,
    published: { extra: [], instead: null },
    fault: null,
    asked,
    token: async (claims = {}, { header = {}, key } = {}) => {
      const newest = keys.at(-1)
      if (!newest) throw new Error('the issuer has no key')
      const now = seconds()
      const standard = {
        iss: issuer.url,
        aud: AUDIENCE,
        sub: 'someone',
        jti: randomUUID(),
        iat: now,
        nbf: now,
        exp: now + 300,
      }
      const head = { typ: 'JWT', kid: newest.kid, ...header, alg: key?.alg ?? newest.alg }
      return new SignJWT(without({ ...standard, ...claims }))
        .setProtectedHeader(without(head) as { alg: string })
        .sign(key?.privateKey ?? newest.privateKey)
    },
    rotate: async (keep = true, as = alg) => {
      const key = await newKey(as)
      if (!keep) keys.length = 0
      keys.push(key)
      return key
    },
    close: () =>
      new Promise((resolve) => {
        for (const response of held) response.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return issuer
}

const without = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

function discovery({ url, fault }: LocalIssuer): object {
  const elsewhere = { keys_elsewhere: 'https://169.254.169.254/keys', keys_at_a_file: 'file:///etc/passwd' }
  return {
    issuer: fault === 'names_another_issuer' ? `${url}/other` : url,
    jwks_uri: fault === 'keys_elsewhere' || fault === 'keys_at_a_file' ? elsewhere[fault] : `${url}/keys`,
    id_token_signing_alg_values_supported: ['ES256'],
  }
}

/** @returns whether it answered, or never will. */
function misbehave(
  fault: IssuerFault,
  isDiscovery: boolean,
  response: ServerResponse,
  held: Set<ServerResponse>,
): boolean {
  const answer = (status: number, headers: Record<string, string>, body: string) =>
    void response.writeHead(status, headers).end(body)
  const json = { 'content-type': 'application/json' }
  const deeds: Partial<Record<IssuerFault, () => void>> = {
    hangs_up: () => response.destroy(),
    never_answers: () => void held.add(response),
    stalls_in_body: () => {
      response.writeHead(200, json).write('{"keys": [')
      held.add(response)
    },
    error_500: () => answer(500, json, '{}'),
    redirects: () => answer(302, { location: 'https://169.254.169.254/keys' }, ''),
    oversized: () => answer(200, json, JSON.stringify({ keys: 'x'.repeat(300 * 1024) })),
    endless: () => {
      response.writeHead(200, json)
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
      }
      response.on('drain', more).on('error', () => {})
      more()
    },
    html: () => answer(200, { 'content-type': 'text/html' }, '<html>sign in</html>'),
    list: () => answer(200, json, '[]'),
  }
  // A stranger's key set is as bad as a stranger's discovery document: half of the faults hit the one, half the other.
  const deed = deeds[fault]
  if (!deed || (KEYS_ONLY.has(fault) && isDiscovery)) return false
  deed()
  return true
}

const KEYS_ONLY = new Set<IssuerFault>(['redirects', 'oversized', 'endless', 'stalls_in_body'])

/** Bytes as an attacker writes them: any header and any claims, with any signature. */
export const forged = (header: object, claims: object, signature: string | Buffer = ''): string =>
  [JSON.stringify(header), JSON.stringify(claims), signature]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

/** A number as GitHub gives repositories, for a name. */
export const numberOf = (name: string): string => String(createHash('sha256').update(name).digest().readUInt32BE(0))
