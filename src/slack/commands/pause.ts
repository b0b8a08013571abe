import { isRefusal } from '../../approval/refusal.ts'
import { pausedBlocks, pausedSentence } from '../cards/orders.ts'
import { refusedMessage } from '../refused.ts'
import type { Verb } from './asked.ts'
import { readReason } from './reason.ts'

/** Stops every approval and every use of one, at once. */
export const pause: Verb = async ({ room, speaker, after }) => {
  const reason = readReason(after(0))
  if (reason !== null && typeof reason !== 'string') return reason
  const answer = await room.service.pause(speaker, reason)
  if (isRefusal(answer)) return refusedMessage(room, answer)
  const { pause: state, changed } = answer
  const already = changed ? '' : 'It was paused already, so nothing changed. '
  return { text: `${already}${pausedSentence(state)}`, blocks: pausedBlocks(state) }
}

/** Lets everything go on. */
export const resume: Verb = async ({ room, speaker, words }) => {
  // "resume tomorrow" must not be taken for "resume".
  if (words.length > 0)
    return { text: '`/approvals resume` takes nothing after it, and happens at once. Nothing was done.' }
  const answer = await room.service.resume(speaker)
  if (isRefusal(answer)) return refusedMessage(room, answer)
  return {
    text: answer.changed
      ? 'Resumed: approvals count again, and so do their uses. `/approvals pending` lists what waits.'
      : 'Nothing is paused, so there is nothing to resume.',
  }
}
