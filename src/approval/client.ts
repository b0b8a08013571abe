import type { Json } from '../audit/canonical.ts'
import type { Actor, Change } from './change.ts'
import type { Client, Identity } from './principal.ts'

/** What the log keeps of a client: everything but its secret's hash. */
const described = ({ secretHash: _, ...rest }: Client): { [key: string]: Json } =>
  ({ ...rest }) as { [key: string]: Json }

const changed = (
  type: 'client.created' | 'client.rotated' | 'client.revoked',
  before: Client | null,
  after: Client,
  by: Identity,
  who: Actor,
  nowMs: number,
): Change => ({
  atMs: nowMs,
  client: { before, after },
  audit: [{ type, actor: who.actor, source: who.source, requestId: null, body: { by, client: described(after) } }],
})

/** A new caller of the API. Its owners and its makers can never approve what it asks. @param by who made it. */
export const createClient = (client: Client, by: Identity, who: Actor, nowMs: number): Change =>
  changed('client.created', null, client, by, who, nowMs)

/**
 * Another secret from now on; the old key stops at once.
 * @param by who gets to see the new key, and so stands behind what is asked with it.
 */
export const rotateClient = (client: Client, secretHash: string, by: Identity, who: Actor, nowMs: number): Change => {
  const after = { ...client, secretHash, makers: [...new Set([...client.makers, by])] }
  return changed('client.rotated', client, after, by, who, nowMs)
}

/** No key of this client works any more, and no yes of its that was not used. @param by who revoked it. */
export const revokeClient = (client: Client, by: Identity, who: Actor, nowMs: number): Change =>
  changed('client.revoked', client, { ...client, revokedAtMs: client.revokedAtMs ?? nowMs }, by, who, nowMs)
