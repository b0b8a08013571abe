import type { RefusalCode } from '../approval/refusal.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import { received } from '../approval/requirement.ts'
import type { Said } from '../eligibility.ts'
import { person } from './cards/people.ts'
import { refusalSentence } from './cards/refusals.ts'
import { said } from './cards/votes.ts'
import type { Room } from './parts.ts'
import type { Message, Reply } from './replies.ts'
import { settle } from './settle.ts'
import { speaker } from './speaker.ts'

export type Opinion = Pick<Said, 'requestId' | 'digestShown' | 'channel' | 'verdict' | 'userId' | 'reason'>

/** What came of it: `request` where it was recorded, `refused` where not. Without a message the card is the answer. */
export interface Answer {
  readonly request?: ApprovalRequest
  readonly refused?: RefusalCode
  readonly message?: Message
}

/**
 * Lets the service decide: on disk before anything is acknowledged.
 * @param wait how she is told that it takes a moment, in the way that fits where she is.
 */
export async function answered(
  room: Room,
  opinion: Opinion,
  reply: Reply,
  wait?: (message: Message) => Promise<void>,
): Promise<Answer> {
  const { requestId, digestShown, verdict, reason, userId, channel } = opinion
  const work = room.service.decide({ ...speaker(room, userId, channel), requestId, digestShown, verdict, reason })
  const outcome = await settle(room, work, reply, { requestId, channel, ...(wait ? { wait } : {}) })
  if (outcome.done === null) return outcome
  const { request } = outcome.done
  const message = afterwards(verdict, request)
  if (message) return { request, message }
  // A late answer was promised in words, so it comes in words even where the card says it too.
  return outcome.late ? { request, message: { text: `Recorded: your ${opinion.verdict} counts.` } } : { request }
}

/** What the clicker would miss on the card: that hers counted and others are still needed, or that it came to nothing. */
export function afterwards(verdict: Opinion['verdict'], request: ApprovalRequest): Message | null {
  if (request.outcome?.code === 'policy_changed')
    return { text: refusalSentence({ refused: 'policy_changed' }, request) }
  if (request.status !== 'pending') return null
  if (verdict === 'withdraw') {
    return {
      text: 'Recorded: your vote is taken back, and the card says so. While the request is open you can vote anew.',
    }
  }
  if (verdict === 'deny') return { text: 'Recorded: your deny counts. It takes more than one to end this request.' }
  const { requirements } = request.policy
  const filled = received(requirements, said(request, 'approve'))
  const missing = requirements.reduce((sum, { count }, i) => sum + count - (filled[i] ?? 0), 0)
  const absent = request.decisions.at(-1)?.delegatedBy ?? null
  const place = absent === null ? '' : `, in the place of ${person(absent)}`
  return { text: `Recorded: your approval counts${place}. Still needed: ${missing} more.` }
}
