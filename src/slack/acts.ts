import { refuse } from '../approval/refusal.ts'
import { matchesDigest } from './cards/ids.ts'
import { showOne } from './cards/lists.ts'
import { refusalSentence } from './cards/refusals.ts'
import { answered } from './decide.ts'
import type { Room } from './parts.ts'
import type { Click } from './payload.ts'
import type { Wording } from './refused.ts'
import type { Reply } from './replies.ts'
import { settle } from './settle.ts'
import { channelOf, shownIn } from './shown.ts'
import { speaker } from './speaker.ts'

export const REVOKED =
  'Recorded: the approval is revoked and can no longer be used. Its card says so. Whoever needs it has to ask again.'

/** What a refusal means to whoever wants to take back a yes. */
export const REVOKING: Wording = {
  already_consumed: 'This approval was used already, so there is nothing left to revoke.',
  already_decided: 'This request was not approved, so there is nothing to revoke.',
  cancelled: 'This request was cancelled or revoked already. Nothing was changed.',
  expired: 'This request expired, so there is nothing to revoke.',
}

/** She takes back what she said, from the window or answer that offered it. */
export async function withdrawVote(room: Room, click: Click, reply: Reply): Promise<void> {
  const shown = shownIn(click)
  if (!shown) return stale(reply)
  const { requestId, digestShown } = shown
  const channel = channelOf(click)
  const opinion = { requestId, digestShown, channel, verdict: 'withdraw', reason: null, userId: click.userId } as const
  const answer = await answered(room, opinion, reply)
  await reply.ack()
  // In place of the offer, which is of no use a second time.
  await reply.replace(answer.message ?? { text: 'Recorded: your vote is taken back.' })
}

/** She takes back a yes that was not used. It has no window of its own: the dialog repeated what it is about. */
export async function revokeApproval(room: Room, click: Click, reply: Reply): Promise<void> {
  const shown = shownIn(click)
  const request = shown && (await room.service.request(shown.requestId))
  if (!shown || !request || !matchesDigest(request, shown.digestShown)) return stale(reply)
  const { requestId } = shown
  const who = speaker(room, click.userId, channelOf(click))
  const work = room.service.revoke(who, { requestId, reason: null })
  const outcome = await settle(room, work, reply, { requestId, wording: REVOKING })
  await reply.ack()
  if (outcome.done === null) return reply.tell(outcome.message)
  await reply.replace(showOne(outcome.done.request))
  await reply.tell({ text: REVOKED })
}

async function stale(reply: Reply): Promise<void> {
  await reply.ack()
  await reply.tell({ text: refusalSentence(refuse('stale_card')) })
}
