import { parseClientKey } from '../approval/client-key.ts'
import type { Caller, Scope } from '../approval/principal.ts'
import { callerByKey } from './client-auth.ts'
import type { Exchange } from './exchange.ts'
import { headerValues } from './headers.ts'
import type { House } from './parts.ts'
import { Problem } from './problem.ts'
import { callerByToken, looksLikeToken, type VerifiedToken } from './token-auth.ts'

/** Who calls, and by what: a client's key has no person and no name to take it by. */
type Bearer = Pick<VerifiedToken, 'caller'> & { readonly [member in 'person' | 'token']: VerifiedToken[member] | null }

/**
 * Who calls, by `Authorization: Bearer`: a client key (`cs_…`), or a token of an issuer that the policy trusts.
 *
 * @throws {@link Problem} 401 in one shape, whatever is wrong with a key; of a token, with its reason. 503 where nobody can
 *   tell now.
 */
export async function authenticate(exchange: Exchange, house: House): Promise<Caller> {
  return (await bearerOf(exchange, house)).caller
}

/** As {@link authenticate}, with what a token says beside the caller. */
export async function bearerOf(exchange: Exchange, house: House): Promise<Bearer> {
  const [credentials, ...others] = headerValues(exchange.incoming, 'authorization')
  if (credentials === undefined) throw unauthenticated('')
  // Two credentials: which one a proxy in front of us looked at, nobody knows.
  const credential = others.length === 0 ? bearerCredential(credentials) : null
  const bearer = credential === null ? null : await bearerBy(exchange, house, credential)
  if (!bearer) throw unauthenticated(', error="invalid_token"')
  return bearer
}

async function bearerBy(exchange: Exchange, house: House, credential: string): Promise<Bearer | null> {
  if (looksLikeToken(credential)) return callerByToken(exchange, house, credential)
  const key = parseClientKey(credential)
  const caller = key && (await callerByKey(exchange, house, key))
  return caller && { caller, person: null, token: null }
}

/** @throws {@link Problem} 403 where the client lacks the scope. */
export function requireScope(client: Pick<Caller, 'scopes'>, ...anyOf: readonly Scope[]): void {
  if (anyOf.some((scope) => client.scopes.includes(scope))) return
  const needed = anyOf.join(' or ')
  throw new Problem('insufficient_scope', `This client lacks the scope ${needed}.`, {
    headers: { 'www-authenticate': `Bearer realm="countersign", error="insufficient_scope", scope="${anyOf[0]}"` },
  })
}

function bearerCredential(credentials: string): string | null {
  const space = credentials.indexOf(' ')
  return space < 0 || credentials.slice(0, space).toLowerCase() !== 'bearer' ? null : credentials.slice(space + 1)
}

const unauthenticated = (error: string): Problem =>
  new Problem(
    'unauthenticated',
    'Send Authorization: Bearer with a valid client key (cs_…), or a token of an issuer that the policy trusts.',
    {
      headers: { 'www-authenticate': `Bearer realm="countersign"${error}` },
    },
  )
