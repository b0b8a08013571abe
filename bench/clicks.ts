import type { Sandbox } from '../src/sandbox/index.ts'
import type { Server } from './child.ts'
import { createBytes } from './creates.ts'
import { quantile, Wire } from './load.ts'

export interface Clicks {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly unacked: number
}

/** Approve clicks at a steady rate, each on a request of its own, from the click to Slack's having the ack. */
export async function clicks(
  slack: Sandbox,
  start: () => Promise<Server>,
  perSecond: number,
  seconds: number,
): Promise<Clicks> {
  const server = await start()
  const asker = await Wire.open(server.url)
  try {
    const values: string[] = []
    for (let i = 0; i < perSecond * seconds; i++) {
      const request = JSON.parse((await asker.call(createBytes(server))).body) as { id: string; payload_digest: string }
      values.push(`${request.id}:${request.payload_digest.slice('sha256:'.length, 'sha256:'.length + 16)}`)
    }
    const card = await slack.until(() => slack.messages('C0APPROVALS').at(-1), 'a card to click on')
    const begun = performance.now()
    const results = await Promise.all(
      values.map(async (overrideValue, i) => {
        await new Promise((resolve) => setTimeout(resolve, begun + (i * 1_000) / perSecond - performance.now()))
        return slack.as('U0BOB').click(card.channel, card.ts, 'countersign:approve', { overrideValue })
      }),
    )
    const took = results.map((result) => result.ackMs)
    return {
      p50Ms: quantile(took, 0.5),
      p99Ms: quantile(took, 0.99),
      unacked: results.filter((result) => !result.acked).length,
    }
  } finally {
    asker.close()
    await server.stop()
  }
}
