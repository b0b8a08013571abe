import { isRefusal, type RefusalCode } from '../approval/refusal.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import { received } from '../approval/requirement.ts'
import type { Said } from '../eligibility.ts'
import { refusalSentence } from './cards/refusals.ts'
import { LATE, within } from './deadline.ts'
import type { Room } from './parts.ts'
import type { Message, Reply } from './replies.ts'

export type Opinion = Omit<Said, 'surface' | 'teamId'>

/** What came of it: `request` where it was recorded, `refused` where not. Without a message the card is the answer. */
export interface Answer {
  readonly request?: ApprovalRequest
  readonly refused?: RefusalCode
  readonly message?: Message
}

/** Slack wants an acknowledgement within three seconds; reading Slack may take half of that before we say "wait". */
const CHECKING_MS = 1_500

const CHECKING: Message = { text: 'Checking with Slack who you are. Nothing is recorded yet; the result follows.' }
const NOT_RECORDED: Message = {
  text: 'Your answer could not be recorded: the request is still pending for as long as its card says so. Please try again in a moment.',
}

/**
 * Lets the service decide. It is on disk before this returns and so before anything is acknowledged, but for one case:
 * where Slack is slow to say who she is, she is told to wait first, by `wait`, in the way that fits where she is.
 */
export async function answered(
  room: Room,
  opinion: Opinion,
  reply: Reply,
  wait: (message: Message) => Promise<void> = async (message) => {
    await reply.ack()
    await reply.tell(message)
  },
): Promise<Answer> {
  const work = room.service.decide({ ...opinion, surface: 'slack', teamId: room.ours.teamId })
  try {
    const early = await within(work, CHECKING_MS)
    if (early === LATE) await wait(CHECKING)
    const answer = early === LATE ? await work : early
    if (isRefusal(answer)) {
      const request = (await room.service.reads.request(opinion.requestId)) ?? undefined
      return { refused: answer.refused, message: { text: refusalSentence(answer, request) } }
    }
    const { request } = answer
    const message = afterwards(opinion, request)
    if (message) return { request, message }
    // A late answer was promised in words, so it comes in words even where the card says it too.
    return early === LATE ? { request, message: { text: `Recorded: your ${opinion.verdict} counts.` } } : { request }
  } catch (error) {
    room.log.error({ err: error, request: opinion.requestId }, 'a decision could not be recorded')
    return { message: NOT_RECORDED }
  }
}

/** What the clicker would miss on the card: that hers counted and others are still needed, or that it came to nothing. */
function afterwards(opinion: Opinion, request: ApprovalRequest): Message | null {
  if (request.outcome?.code === 'policy_changed')
    return { text: refusalSentence({ refused: 'policy_changed' }, request) }
  if (request.status !== 'pending') return null
  if (opinion.verdict === 'deny')
    return { text: 'Recorded: your deny counts. It takes more than one to end this request.' }
  const { requirements } = request.policy
  const approvals = request.decisions.filter(({ verdict }) => verdict === 'approve')
  const filled = received(requirements, approvals)
  const missing = requirements.reduce((sum, { count }, i) => sum + count - (filled[i] ?? 0), 0)
  return { text: `Recorded: your approval counts. Still needed: ${missing} more.` }
}
