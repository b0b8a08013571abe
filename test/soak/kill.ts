import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { SandboxMessage } from '../../src/sandbox/index.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { Api } from '../api.ts'
import { type Child, spawnHouse } from '../child.ts'
import { eventually } from '../eventually.ts'
import { openPlace, type Place } from '../house.ts'
import { isLive, requestIdOf } from '../people.ts'
import { CHANNELS, Crowd, seeded } from './crowd.ts'
import { Ledger } from './ledger.ts'

/** F1, C1–C12: the real server, killed at random moments while everybody acts, and started again on what it left. */

export interface Report {
  readonly rounds: number
  readonly acknowledged: number
  /** Acknowledged and not in the database after the restart. */
  readonly lost: readonly string[]
  /** Held twice: one key, one execution, one person. */
  readonly doubled: readonly string[]
  /** Broken invariants, and cards that do not show what is so. */
  readonly problems: readonly string[]
  readonly requests: number
  readonly cards: number
  /** Cards that stand beside another one of the same request: known and closed like the first. */
  readonly duplicateCards: number
  /** Milliseconds from start to "ready": median, worst. */
  readonly readyMs: readonly [number, number]
  readonly seconds: number
}

interface Options {
  readonly rounds: number
  readonly seed: number
  readonly say?: (line: string) => void
}

const FULL_CHECK_EVERY = 25
const DRAIN_MS = 120_000

const rule = (kind: string, count: number, n: number): string => `  - id: ${kind}-${n}
    match: { action: kill.${kind}.${n} }
    effect: require_approval
    approvals: [{ from: owners, count: ${count} }]
    channel: ${CHANNELS[n]}`

/** Many channels, since Slack takes one message a second in each. */
const POLICY = `version: 1
slack: { channel: C0KILL0 }
groups:
  owners: { usergroup: S0DATA }
defaults: { ttl: 2h, grant_ttl: 1h }
limits: { requests_per_minute: 100000, pending_per_client: 100000 }
rules:
${CHANNELS.map((_, n) => `${rule('one', 1, n)}\n${rule('two', 2, n)}`).join('\n')}
`

/** Runs `rounds` lives and deaths. Throws where the house does not become ready again. */
export async function killRounds({ rounds, seed, say = () => {} }: Options): Promise<Report> {
  const place = await openPlace({
    policy: POLICY,
    sandbox: {
      rateLimits: false,
      seed: {
        channels: CHANNELS.map((id) => ({ id, name: id.toLowerCase() })),
        groups: [{ id: 'S0DATA', handle: 'owners', users: ['U0BOB', 'U0CAROL', 'U0DAVE'] }],
      },
    },
  })
  try {
    return await liveAndDie(place, { rounds, seed, say })
  } finally {
    await place.close()
  }
}

async function liveAndDie(place: Place, { rounds, seed, say }: Required<Options>): Promise<Report> {
  const begun = performance.now()
  const random = seeded(seed)
  const key = await place.newClient('killer')
  const ledger = new Ledger(key.split('_')[1] ?? '')
  let url = ''
  const crowd = new Crowd(place, new Api(() => url, key), ledger, random)
  const readyMs: number[] = []
  const lost: string[] = []
  const problems: string[] = []
  for (let round = 1; round <= rounds; round++) {
    const started = performance.now()
    const child = spawnHouse(place)
    // One in eight dies while it starts.
    if (random() < 0.125) await sleep(random() * 700)
    else {
      url = await child.ready
      readyMs.push(performance.now() - started)
      lost.push(...(await reading(place, (store) => ledger.lost(store))))
      await liveOneLife(crowd, child, random)
    }
    await child.kill()
    if (round % FULL_CHECK_EVERY === 0) problems.push(...(await checkedAlive(place, say, round, ledger)))
  }
  const child = spawnHouse(place)
  url = await child.ready
  await crowd.repeatUnanswered()
  lost.push(...(await reading(place, (store) => ledger.lost(store, 'all'))))
  problems.push(...(await drained(place)))
  const shown = await reading(place, (store) => cardReport(place, store))
  child.process.kill('SIGTERM')
  const code = await child.exited
  if (code !== 0) problems.push(`SIGTERM ended it with ${code}`)
  const { botToken, appToken } = place.slack
  problems.push(...shown.problems, ...(await place.problems([key, botToken, appToken])))
  readyMs.sort((a, b) => a - b)
  return {
    rounds,
    acknowledged: ledger.size,
    lost,
    doubled: ledger.doubled,
    problems,
    requests: shown.requests,
    cards: shown.cards,
    duplicateCards: shown.duplicates,
    readyMs: [Math.round(readyMs[readyMs.length >> 1] ?? 0), Math.round(readyMs.at(-1) ?? 0)],
    seconds: Math.round((performance.now() - begun) / 1_000),
  }
}

async function liveOneLife(crowd: Crowd, child: Child, random: () => number): Promise<void> {
  await crowd.repeatUnanswered()
  const life = crowd.act(8)
  await sleep(30 + random() * 900)
  child.process.kill('SIGKILL')
  crowd.stop()
  await Promise.all([life, child.exited])
}

/** The whole log on a file that a crash has just left, after a server has mended it. */
async function checkedAlive(
  place: Place,
  say: (line: string) => void,
  round: number,
  ledger: Ledger,
): Promise<string[]> {
  const child = spawnHouse(place)
  await child.ready
  const found = await place.problems()
  await child.kill()
  say(`round ${round}: ${ledger.size} acknowledged, ${found.length} problems`)
  place.logs.length = 0
  return found
}

async function reading<T>(place: Place, read: (store: Store) => Promise<T>): Promise<T> {
  const store = openSqlite({ file: place.databaseFile, exclusive: false })
  try {
    return await read(store)
  } finally {
    await store.close()
  }
}

/** Everything is told in the end. */
const drained = (place: Place): Promise<string[]> =>
  reading(place, async (store) => {
    const isQuiet = async (): Promise<boolean> => {
      const { waiting, failed } = await store.outboxState()
      return waiting === 0 && failed === 0 && (await store.staleCards(1)).length === 0
    }
    const quiet = eventually(isQuiet, 'an empty outbox and no stale card', DRAIN_MS)
    return quiet.then(
      () => [],
      (error: Error) => [error.message],
    )
  })

async function cardReport(place: Place, store: Store) {
  const byRequest = Map.groupBy(
    CHANNELS.flatMap((channel) => place.slack.messages(channel)),
    requestIdOf,
  )
  const problems: string[] = []
  for (const [id, messages] of byRequest) problems.push(...(await cardProblems(store, id, messages)))
  const cards = [...byRequest.values()].map((messages) => messages.length)
  const requests = await store.requests({ limit: 100_000 })
  return {
    problems,
    requests: requests.length,
    cards: cards.reduce((sum, n) => sum + n, 0),
    duplicates: cards.reduce((sum, n) => sum + n - 1, 0),
  }
}

async function cardProblems(store: Store, id: string, messages: readonly SandboxMessage[]): Promise<string[]> {
  const request = await store.request(id)
  if (!request) return [`a card of ${id}, which is in no database`]
  const known = new Set((await store.cards(id)).map(({ ts }) => ts))
  const problems = messages.length > 2 ? [`${id} has ${messages.length} cards`] : []
  for (const message of messages) {
    if (!known.has(message.ts)) problems.push(`${id}: the card ${message.ts} is not known`)
    if (isLive(message) !== (request.status === 'pending')) problems.push(`${id} is ${request.status}, its card is not`)
  }
  return problems
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' } } })
  const seed = Number(values.seed ?? Date.now() % 1_000_000)
  console.log(`seed ${seed}`)
  const report = await killRounds({ rounds: Number(values.rounds ?? 200), seed, say: (line) => console.log(line) })
  console.log(JSON.stringify(report, null, 2))
  const isWell = report.lost.length + report.doubled.length + report.problems.length === 0
  process.exitCode = isWell && report.acknowledged > 0 ? 0 : 1
}
