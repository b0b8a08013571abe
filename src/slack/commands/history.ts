import type { ApprovalRequest } from '../../approval/request.ts'
import { historyList } from '../cards/lists.ts'
import type { Verb } from './asked.ts'

const ENDED = ['approved', 'denied', 'expired', 'cancelled'] as const
/** Of each kind so many of the newest are looked through: an ask may end long after younger ones did. */
const LOOKED_AT = 50

/** What has ended lately, the latest end first. */
export const history: Verb = async ({ room }) => {
  const { reads } = room.service
  const ended = await Promise.all(ENDED.map((status) => reads.requests({ status, limit: LOOKED_AT })))
  const endOf = ({ outcome }: ApprovalRequest) => outcome?.atMs ?? 0
  return historyList(ended.flat().toSorted((a, b) => endOf(b) - endOf(a)))
}
