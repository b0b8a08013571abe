import type { Client } from '../../approval/principal.ts'
import { clientsSheet } from '../cards/clients-sheet.ts'
import type { Verb } from './asked.ts'

const SHOWN = 15

/** Who may ask: what still works first, the newest before the others. */
export const clients: Verb = async ({ room }) => {
  const { reads } = room.service
  const nowMs = room.now()
  const isOver = ({ revokedAtMs, expiresAtMs }: Client) => revokedAtMs !== null || (expiresAtMs ?? nowMs + 1) <= nowMs
  const all = await reads.clients()
  const sorted = all.toSorted((a, b) => Number(isOver(a)) - Number(isOver(b)) || b.createdAtMs - a.createdAtMs)
  const shown = await Promise.all(
    sorted.slice(0, SHOWN).map(async (client) => ({ client, lastUsedAtMs: await reads.lastUsedAtMs(client.id) })),
  )
  return clientsSheet(shown, all.length, nowMs)
}
