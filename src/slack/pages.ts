import type { ModalView } from '@slack/types'
import { type Refusal, refuse } from '../approval/refusal.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import { Audience } from './audience.ts'
import { detailsView, reviewView } from './cards/details.ts'
import { type Metadata, matchesDigest } from './cards/ids.ts'
import { refusalSentence } from './cards/refusals.ts'
import { LATE, within } from './deadline.ts'
import { inWords } from './failure.ts'
import type { Room } from './parts.ts'
import type { Click } from './payload.ts'
import type { Reply } from './replies.ts'
import { channelOf, shownIn } from './shown.ts'

/** A trigger lives three seconds: who has not been recognised by then must click again. */
const RECOGNISE_MS = 1_500

export type Turn = 'details' | 'review' | 'next' | 'back'

/** Shows the whole request: all of it at once, or page by page up to the one that holds the Approve. */
export async function turnPage(room: Room, click: Click, reply: Reply, turn: Turn): Promise<void> {
  const seen = await lookedAt(room, click, reply)
  if (!seen) return
  const { request, shown } = seen
  const channel = channelOf(click)
  const page = turn === 'next' ? shown.page + 1 : turn === 'back' ? shown.page - 1 : 0
  const mayWithdraw = new Audience(room, click.userId).hasAnswered(request)
  const view =
    turn === 'details' ? detailsView(request, { channel, mayWithdraw }) : reviewView(request, { channel, page })
  await show(room, click, reply, view)
}

/**
 * The request that she wants to see more of, as it is now. Acknowledges, and where she may not, or where it is another than
 * the one that she saw, says so and gives null.
 */
export async function lookedAt(
  room: Room,
  click: Click,
  reply: Reply,
): Promise<{ readonly request: ApprovalRequest; readonly shown: Metadata } | null> {
  const shown = shownIn(click)
  const request = shown && (await room.service.request(shown.requestId))
  const refusal = await mayLook(room, click.userId, channelOf(click))
  await reply.ack()
  if (!refusal && request && matchesDigest(request, shown.digestShown)) return { request, shown }
  await reply.tell({ text: refusalSentence(refusal ?? refuse(shown && !request ? 'not_found' : 'stale_card')) })
  return null
}

export async function show({ clients, log }: Room, click: Click, reply: Reply, view: ModalView): Promise<void> {
  try {
    // A page is turned in place; from a card or Home there is nothing to turn yet.
    if (click.view?.type === 'modal') await clients.answering.views.update({ view_id: click.view.id, view })
    else await clients.answering.views.open({ trigger_id: click.triggerId ?? '', view })
  } catch (error) {
    log.warn({ reason: inWords(error) }, 'a view could not be opened')
    await reply.tell({ text: 'Slack did not open the view. Please click again.' })
  }
}

/** The card stands in a channel that guests may read; all of a payload is for full members, and never in a shared channel. */
async function mayLook({ directory, log }: Room, userId: string, channel: string | null): Promise<Refusal | null> {
  const looking = Promise.all([directory.member(userId), channel === null ? false : directory.isExternal(channel)])
  try {
    const seen = await within(looking, RECOGNISE_MS)
    if (seen === LATE) return refuse('directory_unavailable')
    const [member, isExternal] = seen
    if (!member) return refuse('outsider')
    if (member.barred) return refuse(member.barred)
    return isExternal ? refuse('channel_external') : null
  } catch (error) {
    log.warn({ reason: inWords(error) }, 'Slack did not tell who wants to look')
    return refuse('directory_unavailable')
  }
}
