import type { ServerResponse } from 'node:http'
import type { DemoPatch } from './wire.ts'

const HEARTBEAT_MS = 15_000
/** Whoever reads slower than we write is let go, and comes again for everything anew. */
const MOST_UNREAD = 8 * 1024 * 1024

/** Server-Sent Events for every open page. */
export class Live {
  readonly #open = new Set<ServerResponse>()
  readonly #heartbeat: NodeJS.Timeout

  constructor() {
    this.#heartbeat = setInterval(() => this.#write(': \n\n'), HEARTBEAT_MS)
    this.#heartbeat.unref()
  }

  open(outgoing: ServerResponse, first: DemoPatch): void {
    outgoing.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    })
    outgoing.write(`retry: 1000\n\n${eventOf(first)}`)
    this.#open.add(outgoing)
    outgoing.once('close', () => this.#open.delete(outgoing))
  }

  send(patch: DemoPatch): void {
    if (this.#open.size > 0) this.#write(eventOf(patch))
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const outgoing of this.#open) outgoing.end()
    // 'close' comes later than the next change: whoever still sends must not write after the end.
    this.#open.clear()
  }

  #write(text: string): void {
    for (const outgoing of this.#open) {
      if (outgoing.writableLength > MOST_UNREAD) outgoing.destroy()
      else outgoing.write(text)
    }
  }
}

/** JSON has no line breaks of its own: one line each. */
const eventOf = (patch: DemoPatch): string => `data: ${JSON.stringify(patch)}\n\n`
