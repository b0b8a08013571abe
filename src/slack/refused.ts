import { type Refusal, type RefusalCode, refuse } from '../approval/refusal.ts'
import { withdrawButton } from './cards/buttons.ts'
import { metadata } from './cards/ids.ts'
import { pausedBlocks, pausedSentence } from './cards/orders.ts'
import { refusalSentence } from './cards/refusals.ts'
import { actions, ours } from './cards/rich.ts'
import { escapeMrkdwn, inertLine } from './cards/text.ts'
import type { Room } from './parts.ts'
import type { Message } from './replies.ts'

/** What a code means to whoever tries this, where that is something else than to a voter. */
export type Wording = Partial<Readonly<Record<RefusalCode, string>>>

interface About {
  readonly requestId?: string
  /** The channel of the card; null where there is none. */
  readonly channel?: string | null
  readonly wording?: Wording
}

/** With a detail these speak of her own changes of mind. */
const isOwnVote = (code: RefusalCode): boolean => code === 'already_counted' || code === 'nothing_to_withdraw'
const TOO_OFTEN =
  'You have taken back your vote on this request too often, so it stays as it is. It needs somebody else.'

/** Why not, said to the person who was refused, with the button that helps her on where there is one. */
export async function refusedMessage(
  { service }: Pick<Room, 'service'>,
  refusal: Refusal,
  { requestId, channel = null, wording = {} }: About = {},
): Promise<Message> {
  const { refused, detail } = refusal
  if (refused === 'paused') {
    const pause = await service.reads.pause()
    return pause ? { text: pausedSentence(pause), blocks: pausedBlocks(pause) } : { text: refusalSentence(refusal) }
  }
  // The refusals whose detail is ours and the policy's to the last word: no asker had a part in it.
  if (refused === 'delegation_refused' && detail !== undefined) {
    return { text: `That delegation was not taken: ${escapeMrkdwn(inertLine(detail, 300))}.` }
  }
  if (refused === 'policy_changed' && detail !== undefined) {
    return { text: `Not counted: ${escapeMrkdwn(inertLine(detail, 300))}.` }
  }
  if (detail !== undefined && isOwnVote(refused)) return { text: TOO_OFTEN }
  const request = requestId === undefined ? null : await service.reads.request(requestId)
  const text = wording[refused] ?? refusalSentence(refuse(refused), request ?? undefined)
  if (refused !== 'already_counted' || request?.status !== 'pending') return { text }
  return { text, blocks: [ours(text), actions(withdrawButton(request))], metadata: metadata(request, channel) }
}
