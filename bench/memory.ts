import type { Server } from './child.ts'
import { createBytes } from './creates.ts'
import { closedLoop, httpBytes, Wire } from './load.ts'

/** Bytes. `heap` is what the program holds (V8 heap and buffers); `resident` what the process occupies, sockets included. */
interface Weight {
  readonly heap: number
  readonly resident: number
}

export interface Memory {
  readonly perWait: Weight
  readonly perPending: Weight
}

const COUNT = 10_000

/** What ten thousand pending requests and ten thousand held waits weigh, each against the state before. */
export async function memory(start: () => Promise<Server>, wait: (id: string) => string): Promise<Memory> {
  const server = await start()
  const wires: Wire[] = []
  try {
    const bytes = createBytes(server)
    // As many as fill the database's own page cache first: it has a bound, and is there with or without pending requests.
    await closedLoop(server.url, 32, COUNT, () => bytes)
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
    return { perWait: each(begun, parked), perPending: each(before, pending) }
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

const each = (before: Weight, after: Weight): Weight => ({
  heap: (after.heap - before.heap) / COUNT,
  resident: (after.resident - before.resident) / COUNT,
})

/** What the process weighs once two collections in a row no longer change it much. */
async function settled(server: Server): Promise<Weight> {
  let last = Number.POSITIVE_INFINITY
  let weight: Weight = { heap: 0, resident: 0 }
  for (let i = 0; i < 8 && Math.abs(weight.resident - last) >= 256 * 1024; i++) {
    last = weight.resident
    await new Promise((resolve) => setTimeout(resolve, 250))
    const { rss, heapUsed, external } = await server.memory()
    weight = { heap: heapUsed + external, resident: rss }
  }
  return weight
}
