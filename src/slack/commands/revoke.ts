import { isRefusal } from '../../approval/refusal.ts'
import { REVOKED, REVOKING } from '../acts.ts'
import { refusedMessage } from '../refused.ts'
import type { Verb } from './asked.ts'
import { readReason } from './reason.ts'
import { named } from './request-id.ts'

/** Takes back a yes that was not used yet. */
export const revoke: Verb = async (asked) => {
  const { room, speaker } = asked
  const found = await named(asked, 'revoke')
  if ('answer' in found) return found.answer
  const reason = readReason(asked.after(1))
  if (reason !== null && typeof reason !== 'string') return reason
  const requestId = found.request.id
  const answer = await room.service.revoke(speaker, { requestId, reason })
  return isRefusal(answer) ? refusedMessage(room, answer, { requestId, wording: REVOKING }) : { text: REVOKED }
}
