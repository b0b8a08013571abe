import { slackIdentity } from '../../approval/principal.ts'
import { mineList } from '../cards/lists.ts'
import type { Verb } from './asked.ts'

/** One more than are shown, to know whether there are more. */
const LIMIT = 11

/** What she stands behind: asked by her, on her behalf, or by a client or agent of hers. */
export const mine: Verb = async ({ room, userId }) =>
  mineList(await room.service.reads.requests({ behind: slackIdentity(userId), limit: LIMIT }))
