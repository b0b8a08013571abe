import { timingSafeEqual } from 'node:crypto'
import { callerOf } from '../approval/client.ts'
import { hashSecret, type parseClientKey } from '../approval/client-key.ts'
import type { Caller, Client } from '../approval/principal.ts'
import type { Exchange } from './exchange.ts'
import { isWithin } from './ip-range.ts'
import type { House } from './parts.ts'

/** Why a key that is or was the client's is not taken: for the log alone, the caller gets one answer for all (I11). */
type KeyFault = 'replaced' | 'revoked' | 'expired' | 'address_outside'

/** Stands in for the hashes of a client that does not exist, so that finding one out costs the same work (I11). */
const NOBODYS_HASH = hashSecret('')

/**
 * Who calls with this key, or null where it is not taken. The client is read from the store each time: a key that was
 * revoked, and one that was rotated without overlap, stops at once (T10).
 */
export async function callerByKey(
  exchange: Exchange,
  house: Pick<House, 'service' | 'now' | 'log' | 'uses' | 'warned'>,
  key: NonNullable<ReturnType<typeof parseClientKey>>,
): Promise<Caller | null> {
  const found = house.service.reads.client(key.id)
  const client = found instanceof Promise ? await found : found
  const shown = hashSecret(key.secret)
  // Both are always compared, whatever the first one says: the time must not tell whether there is a second.
  const isPresent = isSame(shown, client?.secretHash ?? NOBODYS_HASH)
  const isPrevious = isSame(shown, client?.previous?.secretHash ?? NOBODYS_HASH)
  if (!client || !(isPresent || isPrevious)) return null
  // The socket's other end, which is the proxy where one stands between: whom a header says that it speaks for is
  // anybody's word, and is not read.
  const peer = exchange.incoming.socket.remoteAddress
  const nowMs = house.now()
  const fault = faultOf(client, isPresent, peer, nowMs)
  if (fault === null) {
    exchange.clientId = client.id
    house.uses.note(client.id, nowMs)
    return callerOf(client)
  }
  // Somebody holds the key: a pipeline that was forgotten, or a thief (T10). Once a minute, so that neither fills the log.
  if (house.warned.take(`${client.id} ${fault}`, nowMs)) {
    house.log.warn({ exchange: exchange.id, client: client.id, reason: fault, peer }, 'a key was refused')
  }
  return null
}

function faultOf(client: Client, isPresent: boolean, peer: string | undefined, nowMs: number): KeyFault | null {
  if (client.revokedAtMs !== null) return 'revoked'
  if (client.expiresAtMs !== null && nowMs >= client.expiresAtMs) return 'expired'
  if (!isPresent && nowMs >= (client.previous?.untilMs ?? 0)) return 'replaced'
  if (client.ipRanges.length > 0 && !isWithin(client.ipRanges, peer)) return 'address_outside'
  return null
}

function isSame(given: string, kept: string): boolean {
  const known = Buffer.from(kept, 'hex')
  const shown = Buffer.from(given, 'hex')
  return known.length === shown.length && timingSafeEqual(known, shown)
}
