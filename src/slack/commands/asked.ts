import type { ModalView } from '@slack/types'
import type { Speaker } from '../../eligibility.ts'
import type { Audience } from '../audience.ts'
import type { Room } from '../parts.ts'
import type { Message } from '../replies.ts'

/** One line of `/approvals`, read. */
export interface Asked {
  readonly room: Room
  readonly userId: string
  /** Who she is to a request. */
  readonly audience: Audience
  /** The same person, as the service wants to know her. */
  readonly speaker: Speaker
  /** The words after the verb, cleaned. */
  readonly words: readonly string[]
  /** What stands behind the verb and so many words more, as it was typed: the reason for what she does. */
  readonly after: (words: number) => string | null
}

/** A window instead of words. */
export interface Opening {
  readonly view: ModalView
}

/** What a verb answers; only the one who typed it sees it. @throws DirectoryError where Slack does not tell who is in a group. */
export type Verb = (asked: Asked) => Promise<Message | Opening>
