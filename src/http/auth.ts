import { timingSafeEqual } from 'node:crypto'
import { hashSecret, parseClientKey } from '../approval/client-key.ts'
import type { Client, Scope } from '../approval/principal.ts'
import type { Reads } from '../store/store.ts'
import type { Exchange } from './exchange.ts'
import { headerValues } from './headers.ts'
import { Problem } from './problem.ts'

/** Stands in for the hash of a client that does not exist, so that finding one out costs the same work (I11). */
const NOBODYS_HASH = hashSecret('')

/**
 * The client behind `Authorization: Bearer cs_…`, read from the store each time: a revoked key stops at once (T10).
 *
 * @throws {@link Problem} 401 in one shape, whatever is wrong with the key.
 */
export async function authenticate(exchange: Exchange, reads: Pick<Reads, 'client'>): Promise<Client> {
  const [credentials, ...others] = headerValues(exchange.incoming, 'authorization')
  if (credentials === undefined) throw unauthenticated('')
  // Two credentials: which one a proxy in front of us looked at, nobody knows.
  const key = others.length === 0 ? bearerKey(credentials) : null
  if (!key) throw unauthenticated(', error="invalid_token"')
  const found = reads.client(key.id)
  const client = found instanceof Promise ? await found : found
  const isRight = isSame(hashSecret(key.secret), client?.secretHash ?? NOBODYS_HASH)
  if (!client || !isRight || client.revokedAtMs !== null) throw unauthenticated(', error="invalid_token"')
  exchange.clientId = client.id
  return client
}

/** @throws {@link Problem} 403 where the client lacks the scope. */
export function requireScope(client: Client, ...anyOf: readonly Scope[]): void {
  if (anyOf.some((scope) => client.scopes.includes(scope))) return
  const needed = anyOf.join(' or ')
  throw new Problem('insufficient_scope', `This client lacks the scope ${needed}.`, {
    headers: { 'www-authenticate': `Bearer realm="countersign", error="insufficient_scope", scope="${anyOf[0]}"` },
  })
}

function bearerKey(credentials: string): ReturnType<typeof parseClientKey> {
  const space = credentials.indexOf(' ')
  if (space < 0 || credentials.slice(0, space).toLowerCase() !== 'bearer') return null
  return parseClientKey(credentials.slice(space + 1))
}

function isSame(given: string, kept: string): boolean {
  const known = Buffer.from(kept, 'hex')
  const shown = Buffer.from(given, 'hex')
  return known.length === shown.length && timingSafeEqual(known, shown)
}

const unauthenticated = (error: string): Problem =>
  new Problem('unauthenticated', 'Send Authorization: Bearer with a valid client key (cs_…).', {
    headers: { 'www-authenticate': `Bearer realm="countersign"${error}` },
  })
