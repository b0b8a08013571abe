import { isRefusal, type Refusal, type RefusalCode } from '../approval/refusal.ts'
import { LATE, within } from './deadline.ts'
import type { Room } from './parts.ts'
import { refusedMessage, type Wording } from './refused.ts'
import type { Message, Reply } from './replies.ts'

/** `done` where it was recorded; else why not, in words. `late`: she was told to wait, and so is owed an answer. */
export type Outcome<T> =
  | { readonly done: T; readonly late: boolean }
  | { readonly done: null; readonly refused?: RefusalCode; readonly message: Message }

/** What is asked of the service, by whom it is told to wait, and what its refusals mean here. */
export interface Undertaking {
  readonly requestId?: string
  readonly channel?: string | null
  readonly wording?: Wording
  /** How she is told that it takes a moment; by default in the way in which she will be told the rest. */
  readonly wait?: (message: Message) => Promise<void>
}

/** Slack wants an acknowledgement within three seconds; reading Slack may take half of that before we say "wait". */
const CHECKING_MS = 1_500

const CHECKING: Message = { text: 'Checking with Slack who you are. Nothing is recorded yet; the result follows.' }
export const NOT_RECORDED: Message = {
  text: 'That could not be recorded: whatever its card shows as still pending is still pending. Please try again in a moment.',
}

/**
 * Waits for what the service makes of a person's word. It is on disk before this returns and so before anything is
 * acknowledged, but for one case: where Slack is slow to say who she is, she is told to wait first.
 */
export async function settle<T extends object>(
  room: Room,
  work: Promise<T | Refusal>,
  reply: Reply,
  about: Undertaking = {},
): Promise<Outcome<T>> {
  const wait =
    about.wait ??
    (async (message: Message) => {
      await reply.ack()
      await reply.tell(message)
    })
  try {
    const early = await within(work, CHECKING_MS)
    if (early === LATE) await wait(CHECKING)
    const answer = early === LATE ? await work : early
    if (!isRefusal(answer)) return { done: answer, late: early === LATE }
    return { done: null, refused: answer.refused, message: await refusedMessage(room, answer, about) }
  } catch (error) {
    room.log.error({ err: error, request: about.requestId }, 'what a person said could not be recorded')
    return { done: null, message: NOT_RECORDED }
  }
}
