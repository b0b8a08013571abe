import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callerOf, createClient, UNBOUND } from '../../src/approval/client.ts'
import { CLIENT_KEY_BYTES, newClientKey } from '../../src/approval/client-key.ts'
import { shortDigest } from '../../src/approval/digest.ts'
import { type Client, type Member, slackIdentity } from '../../src/approval/principal.ts'
import { isRefusal, type Refusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import type { Directory } from '../../src/eligibility.ts'
import { policyLoaded } from '../../src/policy/evidence.ts'
import { parsePolicy } from '../../src/policy/load.ts'
import { Service, type Settled } from '../../src/service.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { broken } from '../invariants.ts'

/** INV1, INV2, INV3, INV9, INV10 and B36: whoever meets whom on one request, one wins and the log says the same. */

const RACES = 1_000
const TTL_MS = 60_000
const POLICY = `version: 1
slack: { channel: C0APPROVALS }
groups:
  owners: { usergroup: S0DATA }
defaults: { ttl: 60s, grant_ttl: 60s }
limits: { pending_per_client: 100000 }
rules:
  - id: one
    match: { action: race.one }
    effect: require_approval
    approvals: [{ from: owners }]
  - id: two
    match: { action: race.two }
    effect: require_approval
    approvals: [{ from: owners, count: 2 }]
`

/** A workspace that knows its people and answers in a turn of its own, as a cache would. */
class Town implements Directory {
  async member(userId: string): Promise<Member> {
    await turn()
    return { userId, teamId: 'T0TOWN', name: userId, identities: [slackIdentity(userId)], barred: null }
  }
  async groupMembers(): Promise<{ users: string[]; readAtMs: number }> {
    await turn()
    return { users: ['U0BOB', 'U0CAROL', 'U0DAVE'], readAtMs: clock }
  }
  async memberByEmail(): Promise<null> {
    return null
  }

  async isExternal(): Promise<boolean> {
    return false
  }
}

let clock = Date.now()
let ids = 0
let directory: string
let file: string
const stores: Store[] = []
/** Two doors on two connections: what one of them holds in memory must not be what decides. */
const doors: [Service, Service] = [] as unknown as [Service, Service]
let client: Client

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-races-'))
  file = join(directory, 'countersign.db')
  const loaded = parsePolicy(POLICY)
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems))
  for (const exclusive of [true, false]) {
    const store = openSqlite({ file, exclusive, now: () => clock })
    stores.push(store)
    const newId = () => `req_${clock.toString(16).padStart(12, '0')}${(++ids).toString(16).padStart(20, '0')}`
    const parts = { store, directory: new Town(), policy: () => loaded.policy, now: () => clock, newId }
    doors[exclusive ? 0 : 1] = await Service.open(parts)
  }
  await doors[0].record(policyLoaded(loaded.policy, null, Date.now()))
  const { id, secretHash } = newClientKey(randomBytes(CLIENT_KEY_BYTES))
  client = {
    id,
    name: 'racer',
    secretHash,
    owners: ['U0ALICE'],
    makers: ['os:tester'],
    scopes: ['request'],
    actFor: false,
    createdAtMs: clock,
    ...UNBOUND,
  }
  await doors[0].record(createClient(client, 'os:tester', { actor: 'system', source: 'cli' }, clock))
})

afterAll(async () => {
  for (const store of stores) await store.close()
  rmSync(directory, { recursive: true, force: true })
})

type Answer = Settled | Refusal

const ask = async (action: string): Promise<ApprovalRequest> => {
  const answer = await doors[0].submit(callerOf(client), { action, params: { n: ++ids } })
  if (isRefusal(answer)) throw new Error(answer.refused)
  return answer.request
}

const open = (action: string): Promise<ApprovalRequest[]> =>
  Promise.all(Array.from({ length: RACES }, () => ask(action)))

const say = (door: Service, request: ApprovalRequest, verdict: 'approve' | 'deny', userId: string): Promise<Answer> =>
  door.decide({
    requestId: request.id,
    digestShown: shortDigest(request.payloadDigest),
    verdict,
    reason: null,
    surface: 'slack',
    teamId: 'T0TOWN',
    userId,
    channel: 'C0APPROVALS',
  })

/** Both at once: each on its own connection, who starts and how many turns the other lags changing from race to race. */
async function meet(i: number, one: (door: Service) => Promise<Answer>, other: (door: Service) => Promise<Answer>) {
  const [left, right] = i % 3 === 2 ? [doors[0], doors[0]] : doors
  const late = async (act: () => Promise<Answer>): Promise<Answer> => {
    for (let turns = Math.floor(i / 2) % 5; turns > 0; turns--) await turn()
    return act()
  }
  const answers =
    i % 2 === 0
      ? await Promise.all([one(left), late(() => other(right))])
      : await Promise.all([late(() => one(left)), other(right)])
  return answers.map((answer) => (isRefusal(answer) ? answer.refused : answer.changed ? 'done' : 'unchanged'))
}

async function race(
  requests: readonly ApprovalRequest[],
  one: (request: ApprovalRequest, door: Service) => Promise<Answer>,
  other: (request: ApprovalRequest, door: Service) => Promise<Answer>,
): Promise<{ request: ApprovalRequest; answers: string[] }[]> {
  const raced = await Promise.all(
    requests.map((request, i) =>
      meet(
        i,
        (door) => one(request, door),
        (door) => other(request, door),
      ),
    ),
  )
  return Promise.all(
    requests.map(async (before, i) => {
      const request = await doors[0].request(before.id)
      if (!request) throw new Error(`${before.id} is gone`)
      return { request, answers: raced[i] ?? [] }
    }),
  )
}

const count = <T>(items: readonly T[], which: (item: T) => boolean): number => items.filter(which).length

async function approved(): Promise<ApprovalRequest[]> {
  const requests = await open('race.one')
  const answers = await Promise.all(requests.map((request) => say(doors[0], request, 'approve', 'U0BOB')))
  return answers.flatMap((answer) => (isRefusal(answer) ? [] : [answer.request]))
}

const use = (door: Service, request: ApprovalRequest, executionId: string): Promise<Answer> =>
  door.consume(request, { executionId, digest: request.payloadDigest }, callerOf(client))

describe(`${RACES} races each, on two connections to one SQLite file`, () => {
  it('B37 approve and deny: the first one that is on disk wins, the other is told that it is decided', async () => {
    const raced = await race(
      await open('race.one'),
      (request, door) => say(door, request, 'approve', 'U0BOB'),
      (request, door) => say(door, request, 'deny', 'U0CAROL'),
    )
    for (const { request, answers } of raced) {
      expect(request.decisions).toHaveLength(1)
      expect(request.status).toBe(request.decisions[0]?.verdict === 'approve' ? 'approved' : 'denied')
      expect(answers).toEqual(request.status === 'approved' ? ['done', 'already_decided'] : ['already_decided', 'done'])
    }
    expect(count(raced, ({ request }) => request.status === 'approved')).toBeGreaterThan(0)
    expect(count(raced, ({ request }) => request.status === 'denied')).toBeGreaterThan(0)
  })

  it('B36 approve and expire: a yes is counted before the time is over or not at all', async () => {
    const requests = await open('race.one')
    clock += TTL_MS - 1
    let answered = 0
    const sweeps = (async () => {
      // Its last millisecond ends while some are counted, some wait for the disk and some are still being judged.
      while (answered < RACES / 4) await turn()
      clock += 1
      while ((await doors[1].sweep(200)) > 0);
    })()
    const late = async (request: ApprovalRequest, i: number): Promise<Answer> => {
      for (let turns = i % 40; turns > 0; turns--) await turn()
      const answer = await say(doors[i % 2 === 0 ? 0 : 1], request, 'approve', 'U0BOB')
      answered++
      return answer
    }
    const answers = await Promise.all(requests.map(late))
    await sweeps
    while ((await doors[0].sweep(200)) > 0);
    const ended = await Promise.all(requests.map((request) => doors[0].reads.request(request.id)))
    ended.forEach((request, i) => {
      const answer = answers[i]
      const isCounted = answer !== undefined && !isRefusal(answer)
      expect(request?.status).toBe(isCounted ? 'approved' : 'expired')
      expect(answer && isRefusal(answer) ? answer.refused : 'expired').toBe('expired')
    })
    expect(count(ended, (request) => request?.status === 'approved')).toBeGreaterThan(0)
    expect(count(ended, (request) => request?.status === 'expired')).toBeGreaterThan(0)
  })

  it('B37 approve and cancel: the withdrawn request is withdrawn, whether or not somebody said yes before', async () => {
    const raced = await race(
      await open('race.one'),
      (request, door) => say(door, request, 'approve', 'U0BOB'),
      (request, door) => door.cancel(request.id, null, client),
    )
    for (const { request, answers } of raced) {
      expect(request.status).toBe('cancelled')
      expect(answers).toEqual([request.decisions.length === 1 ? 'done' : 'cancelled', 'done'])
    }
    const uses = await Promise.all(raced.map(({ request }) => use(doors[0], request, 'too-late')))
    expect(uses.every((answer) => isRefusal(answer) && answer.refused === 'cancelled')).toBe(true)
  })

  it('B39 a double click counts once', async () => {
    const click = (request: ApprovalRequest, door: Service) => say(door, request, 'approve', 'U0BOB')
    for (const { request, answers } of await race(await open('race.two'), click, click)) {
      expect(request.status).toBe('pending')
      expect(request.decisions).toHaveLength(1)
      expect(answers.sort()).toEqual(['already_counted', 'done'])
    }
  })

  it('two people on the last seat: one of them has it', async () => {
    const requests = await open('race.two')
    await Promise.all(requests.map((request) => say(doors[0], request, 'approve', 'U0BOB')))
    const raced = await race(
      requests,
      (request, door) => say(door, request, 'approve', 'U0CAROL'),
      (request, door) => say(door, request, 'approve', 'U0DAVE'),
    )
    for (const { request, answers } of raced) {
      expect(request.status).toBe('approved')
      expect(request.decisions).toHaveLength(2)
      expect(answers.sort()).toEqual(['already_decided', 'done'])
    }
  })

  it('B48 two executions: one uses the grant, the other is told who did', async () => {
    const raced = await race(
      await approved(),
      (request, door) => use(door, request, 'run-1'),
      (request, door) => use(door, request, 'run-2'),
    )
    for (const { request, answers } of raced) {
      const isFirst = request.consumed?.executionId === 'run-1'
      expect(answers).toEqual(isFirst ? ['done', 'already_consumed'] : ['already_consumed', 'done'])
    }
  })

  it('B49 one execution asking twice: one use, and both are told yes', async () => {
    const again = (request: ApprovalRequest, door: Service) => use(door, request, 'run-1')
    for (const { request, answers } of await race(await approved(), again, again)) {
      expect(request.consumed?.executionId).toBe('run-1')
      expect(answers.sort()).toEqual(['done', 'unchanged'])
    }
  })

  it('use and cancel: what was withdrawn is not used, what was used is not withdrawn', async () => {
    const raced = await race(
      await approved(),
      (request, door) => use(door, request, 'run-1'),
      (request, door) => door.cancel(request.id, null, client),
    )
    for (const { request, answers } of raced) {
      expect(answers).toEqual(request.consumed ? ['done', 'already_consumed'] : ['cancelled', 'done'])
      expect(request.status).toBe(request.consumed ? 'approved' : 'cancelled')
    }
  })

  it('the same ask eight times at once, under one key: one request', async () => {
    const asked = await Promise.all(
      Array.from({ length: RACES * 8 }, (_, i) => {
        const key = `key-${Math.floor(i / 8)}`
        const ask = { action: 'race.one', params: { key } }
        return doors[i % 2 === 0 ? 0 : 1].submit(callerOf(client), ask, { key, bodyDigest: key })
      }),
    )
    for (let i = 0; i < asked.length; i += 8) {
      const answers = asked.slice(i, i + 8).flatMap((answer) => (isRefusal(answer) ? [] : [answer]))
      expect(new Set(answers.map(({ request }) => request.id)).size).toBe(1)
      expect(answers.map(({ replayed }) => replayed).sort()).toEqual([false, ...Array(7).fill(true)])
    }
  })

  it('and afterwards every invariant holds', async () => {
    expect(await broken(file)).toEqual([])
  })
})
