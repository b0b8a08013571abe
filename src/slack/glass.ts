import { refuse } from '../approval/refusal.ts'
import { reviewPages } from './cards/details.ts'
import { breakGlassView, signReviewView } from './cards/glass-views.ts'
import { GLASS_INPUT, type Metadata, matchesDigest, NOTE_INPUT, parseMetadata, SURE_INPUT } from './cards/ids.ts'
import { refusalSentence } from './cards/refusals.ts'
import { lookedAt, show } from './pages.ts'
import type { Room } from './parts.ts'
import type { Click, Submission } from './payload.ts'
import { refusedMessage, type Wording } from './refused.ts'
import { type Message, notice, type Reply } from './replies.ts'
import { settle } from './settle.ts'
import { channelOf } from './shown.ts'
import { speaker } from './speaker.ts'

/** What a refusal means to whoever wants to break the glass. */
export const GLASS_WORDING: Wording = {
  not_an_approver:
    'You are not in the group that may break the glass on this request. Its card says whose yes it needs.',
  self_approval:
    'You are behind this ask, so you cannot break the glass on it either. Somebody else of the group has to.',
  already_counted: 'You have said no to this request. Take that back first, if it was wrong.',
}

/** What a refusal means to whoever wants to sign a review. */
const REVIEW_WORDING: Wording = {
  not_an_approver:
    'Reviews are signed by admins, or by members of the groups that should have been asked. You are neither at this moment.',
  self_approval: 'You broke this glass, or you are behind the ask: somebody else has to review it.',
  reason_required: 'Write what you found.',
}

const LONGEST = 3_000

/** Opens the window for an emergency, or the next page of it. */
export async function turnGlass(room: Room, click: Click, reply: Reply, by: -1 | 0 | 1): Promise<void> {
  const seen = await lookedAt(room, click, reply)
  if (!seen) return
  const { request, shown } = seen
  if (request.status !== 'pending' || !request.policy.breakGlass) {
    const refusal = refuse(request.status === 'pending' ? 'break_glass_not_allowed' : 'already_decided')
    return reply.tell(await refusedMessage(room, refusal, { requestId: request.id }))
  }
  await show(room, click, reply, breakGlassView(request, { channel: channelOf(click), page: shown.page + by }))
}

/** Opens the form of the review afterwards. */
export async function openReview(room: Room, click: Click, reply: Reply): Promise<void> {
  const seen = await lookedAt(room, click, reply)
  if (!seen) return
  const { request } = seen
  if (!request.brokenGlass || request.brokenGlass.review) {
    return reply.tell({ text: refusalSentence(refuse('review_not_open')) })
  }
  await show(room, click, reply, signReviewView(request, { channel: channelOf(click) }))
}

/** One person's yes for all: only from the page on which all of it had been seen, with a reason, and with the box ticked. */
export async function breakIt(room: Room, submission: Submission, reply: Reply): Promise<void> {
  const { view, userId } = submission
  const shown = fromForm(room, submission)
  const request = shown && (await room.service.request(shown.requestId))
  const isEnd = shown && request && shown.page === reviewPages(request).length - 1
  if (!isEnd) return instead(reply, { text: refusalSentence(refuse('stale_card')) })
  const reason = view.typed(GLASS_INPUT.block, GLASS_INPUT.action).trim()
  if (reason.length > LONGEST) return atInput(reply, GLASS_INPUT.block, `At most ${LONGEST} characters, please.`)
  if (!view.ticked(SURE_INPUT.block, SURE_INPUT.action).includes(SURE_INPUT.yes)) {
    return atInput(reply, SURE_INPUT.block, 'Tick the box, or go back.')
  }
  const { requestId, digestShown, channel } = shown
  const work = room.service.breakGlass({ ...speaker(room, userId, channel), requestId, digestShown, reason })
  const about = { requestId, channel, wording: GLASS_WORDING, wait: (message: Message) => instead(reply, message) }
  const outcome = await settle(room, work, reply, about)
  if (outcome.done === null && outcome.refused === 'reason_too_short' && !reply.isAcked) {
    return atInput(reply, GLASS_INPUT.block, outcome.message.text)
  }
  if (outcome.done === null) return conclude(reply, outcome.message)
  // The policy of today may have ended it instead.
  const { request: after } = outcome.done
  const ended = { text: refusalSentence(refuse('policy_changed'), after) }
  await conclude(reply, after.status === 'approved' ? BROKEN : ended)
}

const BROKEN: Message = {
  text: ':rotating_light: Recorded: the glass is broken, the request is approved. Everybody who should have been asked is told. The review stays open until somebody else signs it (`/approvals breakglass`).',
}

/** Somebody else has looked at it, and says what she found. */
export async function signIt(room: Room, submission: Submission, reply: Reply): Promise<void> {
  const { view, userId } = submission
  const shown = fromForm(room, submission)
  if (!shown) return instead(reply, { text: refusalSentence(refuse('stale_card')) })
  const note = view.typed(NOTE_INPUT.block, NOTE_INPUT.action).trim()
  if (note.length > LONGEST) return atInput(reply, NOTE_INPUT.block, `At most ${LONGEST} characters, please.`)
  if (note === '') return atInput(reply, NOTE_INPUT.block, 'Write what you found.')
  const { requestId, channel } = shown
  const request = await room.service.request(requestId)
  if (!request || !matchesDigest(request, shown.digestShown)) {
    return instead(reply, { text: refusalSentence(refuse('stale_card')) })
  }
  const work = room.service.signReview(speaker(room, userId, channel), { requestId, note })
  const about = { requestId, channel, wording: REVIEW_WORDING, wait: (message: Message) => instead(reply, message) }
  const outcome = await settle(room, work, reply, about)
  await conclude(
    reply,
    outcome.done === null ? outcome.message : { text: 'Recorded: the review is signed, with your name.' },
  )
}

/** What our form is about; null for anything else. */
function fromForm(room: Room, { view, userId }: Submission): Metadata | null {
  const shown = parseMetadata(view.privateMetadata)
  if (!shown) room.log.warn({ user: userId, view: view.callbackId }, 'a form with metadata that no form of ours has')
  return shown
}

/** The window says how it went; where it was told to wait, it is told now. */
const conclude = (reply: Reply, message: Message): Promise<void> =>
  reply.isAcked ? reply.tell(message) : instead(reply, message)

const instead = (reply: Reply, message: Message): Promise<void> =>
  reply.ack({ response_action: 'update', view: notice(message) })

const atInput = (reply: Reply, block: string, sentence: string): Promise<void> =>
  reply.ack({ response_action: 'errors', errors: { [block]: sentence } })
