import { notDecidable } from '../approval/decision.ts'
import { refuse } from '../approval/refusal.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import { revokeApproval, withdrawVote } from './acts.ts'
import { card } from './cards/card.ts'
import { approveReasonView, denyView } from './cards/deny.ts'
import { reviewPages } from './cards/details.ts'
import { ACTION, CALLBACK, type Metadata, matchesDigest } from './cards/ids.ts'
import { showOne } from './cards/lists.ts'
import { refusalSentence } from './cards/refusals.ts'
import { answered, type Opinion } from './decide.ts'
import { inWords } from './failure.ts'
import { openReview, turnGlass } from './glass.ts'
import { turnPage } from './pages.ts'
import type { Room } from './parts.ts'
import type { Click } from './payload.ts'
import type { Reply } from './replies.ts'
import { shownIn } from './shown.ts'

type Handler = (room: Room, click: Click, reply: Reply) => Promise<void>
type Verdict = Opinion['verdict']

/** Every button of ours. What is not in here has no effect (fail closed). */
export const CLICKS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [ACTION.approve, (room, click, reply) => clicked(room, click, reply, 'approve')],
  [ACTION.approveReviewed, (room, click, reply) => clicked(room, click, reply, 'approve', 'reviewed')],
  [ACTION.deny, (room, click, reply) => clicked(room, click, reply, 'deny')],
  [ACTION.details, (room, click, reply) => turnPage(room, click, reply, 'details')],
  [ACTION.review, (room, click, reply) => turnPage(room, click, reply, 'review')],
  [ACTION.reviewNext, (room, click, reply) => turnPage(room, click, reply, 'next')],
  [ACTION.reviewBack, (room, click, reply) => turnPage(room, click, reply, 'back')],
  [ACTION.withdraw, withdrawVote],
  [ACTION.revoke, revokeApproval],
  [ACTION.breakGlass, (room, click, reply) => turnGlass(room, click, reply, 0)],
  [ACTION.glassNext, (room, click, reply) => turnGlass(room, click, reply, 1)],
  [ACTION.glassBack, (room, click, reply) => turnGlass(room, click, reply, -1)],
  [ACTION.signReview, openReview],
])

/** Those that can change something by themselves. */
export const EFFECTIVE: ReadonlySet<string> = new Set([
  ACTION.approve,
  ACTION.approveReviewed,
  ACTION.withdraw,
  ACTION.revoke,
])

async function clicked(room: Room, click: Click, reply: Reply, verdict: Verdict, how?: 'reviewed'): Promise<void> {
  const shown = shownIn(click)
  if (!shown) return unreadable(room, click, reply)
  const request = await room.service.request(shown.requestId)
  // What can no longer be decided is refused by the rule and kept as evidence; a form would only waste her words.
  // Also of a request that has ended: whoever clicked saw a live button where there should be none.
  if (request && matchesDigest(request, shown.digestShown)) await noteCard(room, click, request)
  if (!request || notDecidable(request, shown.digestShown, room.now())) return say(room, click, reply, shown, verdict)
  if (verdict === 'deny') return openForm(room, click, reply, request, shown, verdict)
  // A card that had to be cut shows no Approve; a click that claims otherwise gets to see the rest first.
  // The same for a yes "at the end of a review" that comes from elsewhere, or from before its end.
  const hasSeenAll = how === 'reviewed' ? isEndOfReview(click, request, shown) : offersApprove(request)
  if (!hasSeenAll) return turnPage(room, click, reply, 'review')
  if (request.policy.reasonRequired.includes('approve')) {
    return openForm(room, click, reply, request, shown, verdict)
  }
  return say(room, click, reply, shown, verdict, request)
}

/** Lets the service decide, acknowledges, and tells the clicker what the card will not. */
async function say(
  room: Room,
  click: Click,
  reply: Reply,
  { requestId, digestShown, channel }: Metadata,
  verdict: Verdict,
  request?: ApprovalRequest,
): Promise<void> {
  const opinion = { requestId, digestShown, channel, verdict, reason: null, userId: click.userId }
  const answer = await answered(room, opinion, reply)
  // Today's policy may want a reason where the pinned one did not.
  if (answer.refused === 'reason_required' && request) {
    return openForm(room, click, reply, request, { requestId, digestShown, channel, page: 0 }, verdict)
  }
  await reply.ack()
  if (answer.request && click.message?.isEphemeral) return reply.replace(showOne(answer.request))
  // A window has no card that would change, so it is told in words.
  const message = answer.message ?? (click.view?.type === 'modal' ? { text: 'Recorded: you approved it.' } : null)
  if (message) await reply.tell(message)
}

/** Opens the form that takes a reason. Only the store was read before: the trigger lives three seconds. */
async function openForm(
  room: Room,
  click: Click,
  reply: Reply,
  request: ApprovalRequest,
  { channel }: Metadata,
  verdict: Verdict,
): Promise<void> {
  const view =
    verdict === 'deny'
      ? denyView(request, { channel, reasonRequired: request.policy.reasonRequired.includes('deny') })
      : approveReasonView(request, { channel })
  await reply.ack()
  const { views } = room.clients.answering
  try {
    const at = { trigger_id: click.triggerId ?? '', view }
    await (click.view?.type === 'modal' ? views.push(at) : views.open(at))
  } catch (error) {
    room.log.warn({ reason: inWords(error) }, 'a form could not be opened')
    await reply.tell({ text: 'Slack did not open the form, and nothing was recorded. Please click again.' })
  }
}

/**
 * A card that we do not know of is a duplicate that Slack took twice (its posts have no dedupe id): from now on it is
 * kept up to date like the first. Its version is unknown, so it counts as stale.
 */
async function noteCard(room: Room, { message }: Click, { id }: ApprovalRequest): Promise<void> {
  if (!message || message.isEphemeral) return
  try {
    const cards = await room.service.reads.cards(id)
    if (cards.some(({ channel, ts }) => channel === message.channel && ts === message.ts)) return
    await room.cardSeen({ requestId: id, channel: message.channel, ts: message.ts, version: 0 })
  } catch (error) {
    // Her decision must not fail for the sake of a duplicate; it is found again at the next click.
    room.log.warn({ request: id, reason: inWords(error) }, 'a card could not be noted')
  }
}

const isEndOfReview = ({ view }: Click, request: ApprovalRequest, { page }: Metadata): boolean =>
  view?.type === 'modal' && view.callbackId === CALLBACK.review && page === reviewPages(request).length - 1

const offersApprove = (request: ApprovalRequest): boolean =>
  card(request).blocks.some(
    (block) =>
      block.type === 'actions' &&
      block.elements.some((element) => 'action_id' in element && element.action_id === ACTION.approve),
  )

async function unreadable(room: Room, click: Click, reply: Reply): Promise<void> {
  room.log.warn({ user: click.userId, action: click.actionId }, 'a click with a value that no button of ours has')
  await reply.ack()
  await reply.tell({ text: refusalSentence(refuse('stale_card')) })
}
