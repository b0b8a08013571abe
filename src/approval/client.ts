import { canonicalJson, type Json } from '../audit/canonical.ts'
import type { Actor, Change } from './change.ts'
import { type Caller, type Client, type Identity, slackIdentity } from './principal.ts'

/** What may be changed of a client that lives. Its id, its name and who has seen its keys stay. */
export type ClientTerms = Pick<
  Client,
  'owners' | 'scopes' | 'actFor' | 'actions' | 'environments' | 'ipRanges' | 'expiresAtMs'
>

/** No lists, no addresses, no end: what holds for a client where nobody said otherwise. */
export const UNBOUND = {
  actions: null,
  environments: null,
  ipRanges: [],
  expiresAtMs: null,
  previous: null,
  revokedAtMs: null,
} as const

/** The client as the service is told of it: whatever concerns its keys stays behind at the door. */
export const callerOf = (client: Client): Caller => ({
  id: client.id,
  name: client.name,
  verifiedBy: 'client_key',
  owners: client.owners,
  makers: client.makers,
  humans: [],
  scopes: client.scopes,
  actFor: client.actFor,
  actions: client.actions,
  environments: client.environments,
})

/** How long before its end a key is spoken of, so that a pipeline is not the first to notice. */
const WARN_MS = 14 * 86_400_000

/** What somebody who looks after keys should see of one. */
export type ClientState = 'active' | 'expiring' | 'expired' | 'revoked'

export function stateOf({ revokedAtMs, expiresAtMs }: Client, nowMs: number): ClientState {
  if (revokedAtMs !== null) return 'revoked'
  if (expiresAtMs === null || expiresAtMs - nowMs >= WARN_MS) return 'active'
  return nowMs >= expiresAtMs ? 'expired' : 'expiring'
}

type ClientAudit = 'client.created' | 'client.rotated' | 'client.revoked' | 'admin.client_updated'

/** What the log keeps of a client: everything but the hashes of its secrets. */
const described = ({ secretHash: _, previous, ...rest }: Client): { readonly [key: string]: Json } =>
  ({ ...rest, previous: previous && { untilMs: previous.untilMs } }) as { readonly [key: string]: Json }

function changed(
  type: ClientAudit,
  before: Client | null,
  after: Client,
  body: { readonly [key: string]: Json },
  who: Actor,
  nowMs: number,
): Change {
  const { actor, source } = who
  return { atMs: nowMs, client: { before, after }, audit: [{ type, actor, source, requestId: null, body }] }
}

/** A new caller of the API. Its owners and its makers can never approve what it asks. @param by who made it. */
export const createClient = (client: Client, by: Identity, who: Actor, nowMs: number): Change =>
  changed('client.created', null, client, { by, client: described(client) }, who, nowMs)

/**
 * Another secret from now on. The one before works for `overlapMs` longer, or stops at once; the one before that always
 * stops, so that at most two ever work.
 * @param by who gets to see the new key, and so stands behind what is asked with it.
 */
export function rotateClient(
  client: Client,
  secretHash: string,
  by: Identity,
  who: Actor,
  nowMs: number,
  overlapMs = 0,
): Change {
  const previous = overlapMs > 0 ? { secretHash: client.secretHash, untilMs: nowMs + overlapMs } : null
  const after = { ...client, secretHash, previous, makers: [...new Set([...client.makers, by])] }
  return changed('client.rotated', client, after, { by, client: described(after) }, who, nowMs)
}

/**
 * Other terms from now on; what was asked before keeps those it was asked under (B30). Whoever ceases to be an owner stays
 * behind the client as one of its makers: she may hold its key, and must not be able to approve what is asked with it.
 *
 * @param endOverlap the key before the last rotation stops at once.
 * @param by who changed it: not one of the makers, since no key was shown.
 * @returns null where nothing would change.
 */
export function updateClient(
  client: Client,
  terms: Partial<ClientTerms>,
  endOverlap: boolean,
  by: Identity,
  who: Actor,
  nowMs: number,
): Change | null {
  const owners = terms.owners ?? client.owners
  const former = client.owners.filter((owner) => !owners.includes(owner)).map(slackIdentity)
  const after: Client = {
    ...client,
    ...terms,
    makers: [...new Set([...client.makers, ...former])],
    previous: endOverlap ? null : client.previous,
  }
  const [was, is] = [described(client), described(after)]
  if (canonicalJson(was) === canonicalJson(is)) return null
  return changed('admin.client_updated', client, after, { by, before: was, after: is }, who, nowMs)
}

/** No key of this client works any more, and no yes of its that was not used. @param by who revoked it. */
export function revokeClient(client: Client, by: Identity, who: Actor, nowMs: number): Change {
  const after = { ...client, revokedAtMs: client.revokedAtMs ?? nowMs }
  return changed('client.revoked', client, after, { by, client: described(after) }, who, nowMs)
}
