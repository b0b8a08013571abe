import { CALLBACK, parseMetadata, REASON_INPUT } from './cards/ids.ts'
import { refusalSentence } from './cards/refusals.ts'
import { answered, type Opinion } from './decide.ts'
import { breakIt, signIt } from './glass.ts'
import type { Room } from './parts.ts'
import type { Submission } from './payload.ts'
import { type Message, notice, type Reply } from './replies.ts'

type Handler = (room: Room, submission: Submission, reply: Reply) => Promise<void>

/** Every form of ours. What is not in here has no effect (fail closed). */
export const SUBMISSIONS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [CALLBACK.denyReason, (room, submission, reply) => submitted(room, submission, reply, 'deny')],
  [CALLBACK.approveReason, (room, submission, reply) => submitted(room, submission, reply, 'approve')],
  [CALLBACK.breakGlass, breakIt],
  [CALLBACK.signReview, signIt],
])

/** Slack's own ceiling for a text input; the form asks for less. */
const LONGEST_REASON = 3_000

async function submitted(room: Room, submission: Submission, reply: Reply, verdict: Opinion['verdict']): Promise<void> {
  const { view, userId } = submission
  const shown = parseMetadata(view.privateMetadata)
  const instead = (message: Message) => reply.ack({ response_action: 'update', view: notice(message) })
  if (!shown) {
    room.log.warn({ user: userId, view: view.callbackId }, 'a form with metadata that no form of ours has')
    return instead({ text: refusalSentence({ refused: 'stale_card' }) })
  }
  const typed = view.typed(REASON_INPUT.block, REASON_INPUT.action).trim()
  if (typed.length > LONGEST_REASON) return atInput(reply, `At most ${LONGEST_REASON} characters, please.`)
  const { requestId, digestShown, channel } = shown
  const opinion = { requestId, digestShown, channel, verdict, userId, reason: typed === '' ? null : typed }
  const answer = await answered(room, opinion, reply, instead)
  // The window was told to wait already, so the result follows in it.
  if (reply.isAcked) return reply.tell(answer.message ?? { text: 'Recorded.' })
  if (answer.refused === 'reason_required') return atInput(reply, 'The policy wants a reason: please write one.')
  if (answer.message) return instead(answer.message)
  // Not only the form: the review below it would go on offering what is decided.
  return reply.ack({ response_action: 'clear' })
}

const atInput = (reply: Reply, sentence: string): Promise<void> =>
  reply.ack({ response_action: 'errors', errors: { [REASON_INPUT.block]: sentence } })
