import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sandbox } from '../src/sandbox/index.ts'
import { type Server, startServer } from './child.ts'
import { closedLoop, httpBytes, type Load, quantile, Wire } from './load.ts'

const BODY = JSON.stringify({
  action: 'data.export',
  resource: 's3://partner-bucket/customers.csv',
  environment: 'production',
  params: {
    table: 'customers',
    rows: 48211,
    columns: ['id', 'email', 'country'],
    destination: 's3://partner-bucket/customers.csv',
  },
  title: 'Export customers',
  reason: 'Quarterly partner report',
})

export const bare = (mode: 'group' | 'each' | 'rows'): Promise<Server> =>
  startServer('./bare.ts', [join(mkdtempSync(join(tmpdir(), 'countersign-bare-')), 'bare.db'), mode])

export const ours = (slack: Sandbox): Promise<Server> =>
  startServer('./house.ts', [slack.apiUrl, slack.botToken, slack.appToken])

export const createBytes = (server: Server): Buffer =>
  httpBytes(
    'POST',
    '/v1/requests',
    { 'content-type': 'application/json', ...(server.key ? { authorization: `Bearer ${server.key}` } : {}) },
    BODY,
  )

export interface Creates {
  readonly many: Load
  readonly one: Load
}

/** Creates at concurrency 64 and at 1, after a warm-up. A failed call spoils the figure, so it throws. */
export async function creates(start: () => Promise<Server>): Promise<Creates> {
  const server = await start()
  try {
    const bytes = createBytes(server)
    await closedLoop(server.url, 64, 6_000, () => bytes)
    const many = await closedLoop(server.url, 64, 20_000, () => bytes)
    const one = await closedLoop(server.url, 1, 3_000, () => bytes)
    if (many.failed + one.failed > 0) throw new Error(`${many.failed + one.failed} creates failed`)
    return { many, one }
  } finally {
    await server.stop()
  }
}

export interface Wakes {
  readonly p50Us: number
  readonly p99Us: number
}

/** From the commit of a decision to the last byte of the held answer at the asker, one after the other. */
export async function wakes(
  start: () => Promise<Server>,
  wait: (id: string) => string,
  rounds: number,
): Promise<Wakes> {
  const server = await start()
  const asker = await Wire.open(server.url)
  const waiter = await Wire.open(server.url)
  try {
    const took: number[] = []
    for (let round = 0; round < rounds + 50; round++) {
      const { id } = JSON.parse((await asker.call(createBytes(server))).body) as { id: string | number }
      const held = waiter.call(
        httpBytes('GET', wait(String(id)), server.key ? { authorization: `Bearer ${server.key}` } : {}),
      )
      // The held call must be parked before the decision, or the figure is that of a plain read.
      await new Promise((resolve) => setTimeout(resolve, 2))
      const committedAt = await server.decide(String(id))
      const answer = await held
      if (round >= 50) took.push(Number(answer.receivedAt - committedAt) / 1_000)
    }
    return { p50Us: quantile(took, 0.5), p99Us: quantile(took, 0.99) }
  } finally {
    asker.close()
    waiter.close()
    await server.stop()
  }
}
