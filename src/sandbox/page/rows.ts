import type { EphemeralMessage, SandboxMessage } from '../types.ts'
import { dayKey, msOf } from './days.ts'

/** Messages of one author within so many seconds stand together. */
const TOGETHER_S = 300

export interface Row {
  readonly message: SandboxMessage | EphemeralMessage
  readonly ephemeral: boolean
  readonly follows: boolean
  /** The first of its day. */
  readonly newDay: boolean
  /** The first one that was not read when the conversation was opened. */
  readonly firstNew: boolean
  readonly replies: number
  readonly lastReply: string
}

interface Written {
  readonly messages: readonly SandboxMessage[]
  readonly ephemerals: readonly EphemeralMessage[]
}

/** What stands in the channel itself, replies being in their threads. `firstNew` is the ts of the first unread one. */
export function channelRows({ messages, ephemerals }: Written, firstNew = ''): readonly Row[] {
  const replies = new Map<string, { count: number; last: string }>()
  for (const { thread_ts, ts } of messages) {
    if (thread_ts === undefined || thread_ts === ts) continue
    replies.set(thread_ts, { count: (replies.get(thread_ts)?.count ?? 0) + 1, last: ts })
  }
  const own = ephemerals.filter(({ thread_ts }) => thread_ts === undefined)
  const top = messages.filter(({ thread_ts, ts }) => thread_ts === undefined || thread_ts === ts)
  return inOrder({ messages: top, ephemerals: own }, firstNew, replies)
}

/** The thread of one message: the message, then its replies. */
export function threadRows({ messages, ephemerals }: Written, root: string): readonly Row[] {
  const inThread = messages.filter(({ thread_ts, ts }) => ts === root || thread_ts === root)
  const own = ephemerals.filter(({ thread_ts }) => thread_ts === root)
  return inOrder({ messages: inThread, ephemerals: own }, '', new Map())
}

function inOrder(
  { messages, ephemerals }: Written,
  unreadFrom: string,
  replies: ReadonlyMap<string, { count: number; last: string }>,
): readonly Row[] {
  const all = [
    ...messages.map((message) => ({ message, ephemeral: false, author: message.user })),
    ...ephemerals.map((message) => ({ message, ephemeral: true, author: '' })),
  ].sort((a, b) => Number(a.message.ts) - Number(b.message.ts))
  return all.map(({ message, ephemeral, author }, at) => {
    const before = all[at - 1]
    const newDay = !before || dayKey(msOf(before.message.ts)) !== dayKey(msOf(message.ts))
    const firstNew = message.ts === unreadFrom
    const near = before !== undefined && Number(message.ts) - Number(before.message.ts) < TOGETHER_S
    const follows = near && !newDay && !firstNew && !ephemeral && !before.ephemeral && before.author === author
    const thread = replies.get(message.ts)
    return { message, ephemeral, follows, newDay, firstNew, replies: thread?.count ?? 0, lastReply: thread?.last ?? '' }
  })
}
