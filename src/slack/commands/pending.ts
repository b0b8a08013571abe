import { pendingList } from '../cards/lists.ts'
import { waitingFor } from '../waiting.ts'
import type { Verb } from './asked.ts'

/** What waits for her first, then what else is open that she may see. */
export const pending: Verb = async ({ room, audience }) => {
  const { hers, others, more } = await waitingFor(room, audience)
  return pendingList([...hers, ...others], more, await room.service.reads.pause())
}
