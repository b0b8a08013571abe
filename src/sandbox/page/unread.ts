import { useLayoutEffect, useState } from 'preact/hooks'
import type { LiveState } from './mirror.ts'

const KEY = 'sandbox-read'

interface Kept {
  /** When this tab was opened: what is older counts as read by everybody. Seconds since 1970. */
  since: number
  /** The latest ts each person has read, by person and channel, in seconds. */
  read: Record<string, Record<string, number>>
}

type Seen = Pick<LiveState, 'viewer' | 'messages' | 'ephemerals'>

/** What each person has read in this tab. Survives a reload, not the tab. */
export class Unread {
  readonly #kept: Kept = restored()
  readonly #listeners = new Set<() => void>()

  lastRead(viewer: string, channel: string): number {
    return this.#kept.read[viewer]?.[channel] ?? this.#kept.since
  }

  mark(viewer: string, channel: string, ts: string): void {
    if (Number(ts) <= this.lastRead(viewer, channel)) return
    this.#kept.read[viewer] = { ...this.#kept.read[viewer], [channel]: Number(ts) }
    sessionStorage.setItem(KEY, JSON.stringify(this.#kept))
    for (const listener of [...this.#listeners]) listener()
  }

  count(seen: Seen, channel: string): number {
    return this.#unread(seen, channel).length
  }

  /** The ts of the first one of a channel that the person has not read, if any. */
  firstOf(seen: Seen, channel: string): string | undefined {
    return this.#unread(seen, channel).sort((a, b) => Number(a) - Number(b))[0]
  }

  #unread({ viewer, messages, ephemerals }: Seen, channel: string): string[] {
    const since = this.lastRead(viewer, channel)
    const here = messages.get(channel) ?? []
    const unread = ephemerals.filter((each) => each.channel === channel && Number(each.ts) > since).map(({ ts }) => ts)
    for (let at = here.length - 1; at >= 0; at -= 1) {
      const message = here[at]
      if (!message || Number(message.ts) <= since) break
      const reply = message.thread_ts !== undefined && message.thread_ts !== message.ts
      if (message.user !== viewer && !reply) unread.push(message.ts)
    }
    return unread
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** Renders the component again whenever somebody has read something. */
export function useReading(unread: Unread): void {
  const [, again] = useState({})
  useLayoutEffect(() => unread.subscribe(() => again({})), [unread])
}

function restored(): Kept {
  const fresh = { since: Date.now() / 1_000, read: {} }
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? '') as Kept
    return typeof kept.since === 'number' && typeof kept.read === 'object' ? kept : fresh
  } catch {
    sessionStorage.setItem(KEY, JSON.stringify(fresh))
    return fresh
  }
}
