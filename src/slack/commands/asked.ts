import type { Audience } from '../audience.ts'
import type { Room } from '../parts.ts'
import type { Message } from '../replies.ts'

/** One line of `/approvals`, read. */
interface Asked {
  readonly room: Room
  readonly userId: string
  /** Who she is to a request. */
  readonly audience: Audience
  /** The words after the verb, cleaned. */
  readonly words: readonly string[]
}

/** What a verb answers; only the one who typed it sees it. @throws DirectoryError where Slack does not tell who is in a group. */
export type Verb = (asked: Asked) => Promise<Message>
