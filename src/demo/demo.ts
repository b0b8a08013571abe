import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sandbox } from '../sandbox/index.ts'
import type { House } from '../serve.ts'
import { CATALOGUE } from './catalogue.ts'
import { handle, type Stage } from './handle.ts'
import { databaseIn, newClient, openHouse } from './house.ts'
import { Live } from './live.ts'
import { LogWatch } from './log-watch.ts'
import type { Pace } from './play.ts'
import { Runs } from './runs.ts'
import { TAMPER_OPTIONS } from './tampering.ts'
import { Vandal } from './vandal.ts'
import { PIPELINES } from './views.ts'
import { curlLine, VISITOR } from './visitor.ts'
import type { DemoFacts, RunView } from './wire.ts'
import { openWorkspace } from './workspace.ts'

export interface DemoOptions {
  /** Where the page is served; 0 or absent picks a free port. */
  readonly port?: number
  readonly pace?: Partial<Pace>
}

/** A running demo: a company's Slack in a box, the real server beside it, and pipelines that ask. */
export interface Demo {
  /** Address of the page. */
  readonly page: string
  /** Address of the Countersign API. */
  readonly api: string
  /** For the visitor's own asks. */
  readonly key: string
  readonly curl: string
  /** Holds everything that is written to disk; {@link Demo.stop} removes it. */
  readonly directory: string
  readonly slack: Sandbox
  readonly house: House
  stop(): Promise<void>
}

const PACE: Pace = { deedMs: 1_000, ttlSeconds: 20 }
const CARD_MS = 30_000

/** @throws an `EADDRINUSE` error where the port is taken. Where it throws, nothing is left behind. */
export async function startDemo({ port = 0, pace = {} }: DemoOptions = {}): Promise<Demo> {
  let stage: Stage | null = null
  const live = new Live()
  const site = {
    page: 'demo',
    handle: (...[incoming, outgoing]: Exchange) => void handle(stage, incoming, outgoing),
    follow: (tell: (json: string) => void) => live.follow(tell),
  }
  const slack = await openWorkspace({ port, site })
  const directory = mkdtempSync(join(tmpdir(), 'countersign-demo-'))
  const closing = [async () => rmSync(directory, { recursive: true, force: true }), () => slack.stop()]
  const stop = async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  }
  try {
    const house = await openHouse(directory, slack)
    closing.push(() => house.stop())
    const furnished = await furnish({ slack, house, live }, { ...PACE, ...pace }, databaseIn(directory))
    stage = furnished.stage
    closing.push(() => leave(furnished.stage))
    const { key } = furnished
    return { page: `${slack.url}/`, api: house.url, key, curl: curlLine(house.url, key), directory, slack, house, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Exchange = [incoming: Parameters<typeof handle>[1], outgoing: Parameters<typeof handle>[2]]

interface Furnished {
  readonly slack: Sandbox
  readonly house: House
  readonly live: Live
}

/** Pipelines with their keys, the auditor and the vandal, and the page that is told of all of them. */
async function furnish({ slack, house, live }: Furnished, pace: Pace, databaseFile: string) {
  const keys = new Map<string, string>()
  const names = new Map<string, string>()
  const owners = new Map([...CATALOGUE.map(({ client, operator }) => [client, operator] as const), visitor])
  for (const [name, owner] of owners) {
    const { id, key } = await newClient(house, name, owner)
    keys.set(name, key)
    names.set(id, name)
  }
  const log = new LogWatch(
    house.service.reads,
    (id) => names.get(id) ?? id,
    (audit) => live.send({ audit }),
  )
  const runs = new Runs({
    url: house.url,
    keys,
    pace,
    cardOf: (requestId, channel) => cardOf(slack, requestId, channel),
    changed: (run) => live.send({ runs: [run] }),
  })
  house.service.onCommitted((change) => {
    runs.committed(change)
    log.nudge()
  })
  await log.look()
  const facts: DemoFacts = {
    api: house.url,
    curl: curlLine(house.url, '$COUNTERSIGN_TOKEN'),
    tamperings: TAMPER_OPTIONS,
  }
  live.begin(() => ({ first: true, facts, pipelines: PIPELINES, runs: runs.views, audit: log.patch() }))
  const stage: Stage = { runs, log, vandal: new Vandal(databaseFile, log), live }
  return { stage, key: keys.get(VISITOR.name) ?? '' }
}

const visitor = [VISITOR.name, VISITOR.owner] as const

/** The card, once it is posted. Told by its metadata, which no asker writes. */
const cardOf = (slack: Sandbox, requestId: string, channel: string): Promise<RunView['card']> =>
  slack
    .until(
      () => slack.messages(channel).find(({ metadata }) => JSON.stringify(metadata ?? {}).includes(requestId)),
      `the card of ${requestId}`,
      CARD_MS,
    )
    .then(
      ({ ts }) => ({ channel, ts }),
      // Slack is down: there is none to go to.
      () => null,
    )

async function leave({ runs, log, live }: Stage): Promise<void> {
  live.close()
  log.stop()
  await runs.stop()
}
