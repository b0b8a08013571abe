import type { Server } from './child.ts'
import { createBytes } from './creates.ts'
import { closedLoop, httpBytes, Wire } from './load.ts'

export interface Memory {
  /** Bytes of resident memory for each of the parked waits, sockets included. */
  readonly perWait: number
  /** Bytes of resident memory for each pending request. */
  readonly perPending: number
}

const COUNT = 10_000

/** What ten thousand pending requests and ten thousand held waits weigh, each against the state before. */
export async function memory(start: () => Promise<Server>, wait: (id: string) => string): Promise<Memory> {
  const server = await start()
  const wires: Wire[] = []
  try {
    const bytes = createBytes(server)
    await closedLoop(server.url, 32, 5_000, () => bytes)
    const before = await settled(server)
    await closedLoop(server.url, 32, COUNT, () => bytes)
    const pending = await settled(server)
    const asker = await Wire.open(server.url)
    const { id } = JSON.parse((await asker.call(bytes)).body) as { id: string | number }
    asker.close()
    const held = httpBytes('GET', wait(String(id)), server.key ? { authorization: `Bearer ${server.key}` } : {})
    // A hundred first: what the first waits build once is not theirs.
    await park(server, wires, held, 100)
    const begun = await settled(server)
    await park(server, wires, held, COUNT)
    const parked = await settled(server)
    return { perWait: (parked - begun) / COUNT, perPending: (pending - before) / COUNT }
  } finally {
    for (const wire of wires) wire.close()
    await server.stop()
  }
}

async function park(server: Server, wires: Wire[], held: Buffer, count: number): Promise<void> {
  for (let i = 0; i < count; i += 100) {
    const batch = await Promise.all(Array.from({ length: Math.min(100, count - i) }, () => Wire.open(server.url)))
    for (const wire of batch) void wire.call(held)
    wires.push(...batch)
  }
}

/** Resident memory once two collections in a row no longer change it much. */
async function settled(server: Server): Promise<number> {
  let last = Number.POSITIVE_INFINITY
  for (let i = 0; i < 8; i++) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    const { rss } = await server.memory()
    if (Math.abs(rss - last) < 256 * 1024) return rss
    last = rss
  }
  return last
}
