import type { ServerResponse } from 'node:http'
import type { Site } from '../surface.ts'
import type { Patch } from '../wire.ts'
import { type Seen, Told } from './differences.ts'

/** At most one event in so many milliseconds: a burst of changes is one event. */
const PACE_MS = 10
const PING_MS = 15_000
/** Whoever has so much (in bytes) still to read is let go, and comes again for everything anew. */
const MOST_UNREAD = 8 * 1024 * 1024

export interface LiveSource {
  readonly revision: () => number
  /** Milliseconds since 1970 on the sandbox's clock. */
  readonly now: () => number
  readonly seen: () => Seen
  readonly onChange: (listener: () => void) => () => void
}

/** The whole of what somebody sees, as one patch. */
export function wholePatch(source: LiveSource, limit?: number): Patch {
  return { first: true, revision: source.revision(), now: source.now(), ...new Told(limit).news(source.seen()) }
}

/**
 * Server-Sent Events: everything first, then what changed, until the reader goes. A reader who is slower than the
 * changes gets fewer and larger events: nothing is written while the socket is full, and nothing is queued.
 */
export function streamLive(source: LiveSource, outgoing: ServerResponse, limit?: number): void {
  const told = new Told(limit)
  let sentAt = 0
  let timer: NodeJS.Timeout | null = null
  const send = (first: boolean): void => {
    const patch: Patch = {
      ...(first ? { first } : {}),
      revision: source.revision(),
      now: source.now(),
      ...told.news(source.seen()),
    }
    sentAt = performance.now()
    outgoing.write(`id: ${patch.revision}\ndata: ${JSON.stringify(patch)}\n\n`)
  }
  // A timer, if only of 0 ms: all that one turn of the event loop changes is told at once.
  const plan = (): void => {
    if (timer !== null || outgoing.writableNeedDrain) return
    timer = setTimeout(flush, Math.max(sentAt + PACE_MS - performance.now(), 0))
  }
  let sentRevision = source.revision()
  const flush = (): void => {
    timer = null
    // An error that leaves a timer ends the process: this reader goes, and may come again.
    try {
      sendNews()
    } catch {
      outgoing.destroy()
    }
  }
  const sendNews = (): void => {
    if (outgoing.writableNeedDrain || sentRevision === source.revision()) return
    sentRevision = source.revision()
    send(false)
  }
  const pings = setInterval(() => outgoing.writableNeedDrain || outgoing.write(': still here\n\n'), PING_MS)
  const unsubscribe = source.onChange(plan)
  outgoing.on('drain', plan)
  outgoing.on('close', () => {
    unsubscribe()
    clearInterval(pings)
    if (timer !== null) clearTimeout(timer)
  })
  outgoing.write('retry: 500\n')
  send(true)
}

/** What is new beside the workspace, on the same connection. Each piece counts, so that none may be left out. */
export function streamBeside(site: Site | undefined, outgoing: ServerResponse): void {
  const leave = site?.follow?.((json) => {
    if (outgoing.writableLength > MOST_UNREAD) outgoing.destroy()
    else outgoing.write(`event: beside\ndata: ${json}\n\n`)
  })
  outgoing.on('close', () => leave?.())
}
