import { shortDigest } from '../../approval/digest.ts'
import { isRefusal } from '../../approval/refusal.ts'
import { afterwards } from '../decide.ts'
import { refusedMessage } from '../refused.ts'
import type { Verb } from './asked.ts'
import { named } from './request-id.ts'

/** Takes back what she said to a request that is still open. */
export const withdraw: Verb = async (asked) => {
  const { room, words, speaker } = asked
  if (words.length > 1) return { text: '`/approvals withdraw` takes one id and nothing after it.' }
  const found = await named(asked, 'withdraw')
  if ('answer' in found) return found.answer
  const { id: requestId, payloadDigest } = found.request
  // She names the request, and takes back whatever she said to it: there is no card that could show something else.
  const said = { requestId, digestShown: shortDigest(payloadDigest), verdict: 'withdraw', reason: null } as const
  const answer = await room.service.decide({ ...speaker, ...said })
  if (isRefusal(answer)) return refusedMessage(room, answer, { requestId })
  return afterwards('withdraw', answer.request) ?? { text: 'Recorded.' }
}
