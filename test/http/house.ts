import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { v7 } from 'uuid'
import { SYSTEM } from '../../src/approval/change.ts'
import { createClient, UNBOUND } from '../../src/approval/client.ts'
import { CLIENT_KEY_BYTES, newClientKey } from '../../src/approval/client-key.ts'
import type { Client, Member } from '../../src/approval/principal.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import type { Directory } from '../../src/eligibility.ts'
import { createHttpDoor, type HttpDoor, type Readiness } from '../../src/http/server.ts'
import { createLog } from '../../src/log.ts'
import { Metrics } from '../../src/metrics.ts'
import { describeProblems, parsePolicy } from '../../src/policy/load.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { Service } from '../../src/service.ts'
import { loadSigner, type Signer } from '../../src/signing.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'

const POLICY = `
version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ADMIN]
groups:
  data-owners: { users: [U0BOB, U0CAROL] }
defaults: { effect: deny, ttl: 1h, grant_ttl: 5m }
rules:
  - id: prod-export
    match: { action: "data.export", environment: production }
    effect: require_approval
    approvals: [{ from: data-owners, count: 1 }]
  - id: dual
    match: { action: "role.grant" }
    effect: require_approval
    approvals: [{ from: data-owners, count: 2 }]
  - id: easy
    match: { action: "cache.flush" }
    effect: allow
limits: { requests_per_minute: PER_MINUTE, pending_per_client: PENDING }
`

/** Loads the policy of these tests. */
export function policy(limits: { perMinute?: number; pending?: number } = {}): Policy {
  const text = POLICY.replace('PER_MINUTE', String(limits.perMinute ?? 100_000)).replace(
    'PENDING',
    String(limits.pending ?? 100_000),
  )
  const loaded = parsePolicy(text)
  if ('problems' in loaded) throw new Error(describeProblems('policy.yaml', loaded.problems))
  return loaded.policy
}

/** People who are all full members, one of them with an address; nobody is in a Slack group. */
class Roster implements Directory {
  async member(userId: string): Promise<Member> {
    return {
      userId,
      teamId: 'T0HOME',
      name: userId.slice(2).toLowerCase(),
      identities: [`slack:${userId}`],
      barred: null,
    }
  }
  async groupMembers(): Promise<{ users: readonly string[]; readAtMs: number }> {
    return { users: [], readAtMs: Date.now() }
  }
  async memberByEmail(address: string): Promise<Member | null> {
    return address === 'alice@example.com' ? this.member('U0ALICE') : null
  }

  async isExternal(): Promise<boolean> {
    return false
  }
}

export interface TestHouse {
  readonly url: string
  readonly port: number
  readonly door: HttpDoor
  readonly service: Service
  readonly store: Store
  readonly metrics: Metrics
  readonly signer: Signer
  /** Milliseconds added to the clock. */
  skewMs: number
  policy: Policy | null
  readiness: Readiness
  client(options?: Partial<Omit<Client, 'id' | 'secretHash'>>): Promise<{ key: string; client: Client }>
  /** Approves or denies as a person of the group. */
  decide(id: string, verdict: 'approve' | 'deny', userId?: string): Promise<void>
  close(): Promise<void>
}

/** A whole house behind one real port, on a real SQLite file. */
export async function openHouse(
  options: { store?: (store: Store) => Store; heldPerClient?: number; logged?: string[]; host?: string } = {},
): Promise<TestHouse> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-http-'))
  const sqlite = openSqlite({ file: join(directory, 'test.db'), exclusive: true })
  const store = options.store?.(sqlite) ?? sqlite
  const signer = await loadSigner(join(directory, 'key.pem'))
  const now = (): number => Date.now() + house.skewMs
  const service = await Service.open({
    store,
    directory: new Roster(),
    policy: () => house.policy,
    now,
    newId: () => `req_${v7()}`,
  })
  const metrics = new Metrics()
  metrics.watch({ waiters: () => service.waiters.count, outbox: () => store.outboxState() })
  service.onCommitted((change) => metrics.committed(change))
  const door = createHttpDoor({
    service,
    signer,
    publicUrl: () => house.url,
    policy: () => house.policy,
    readiness: () => house.readiness,
    metrics,
    log: options.logged
      ? pino({}, { write: (line: string) => void options.logged?.push(line) })
      : createLog('silent', 'json'),
    now,
    ...(options.heldPerClient ? { heldPerClient: options.heldPerClient } : {}),
    slackEvents: (_incoming, outgoing) => outgoing.writeHead(200, { 'x-door': 'slack' }).end('slack'),
  })
  const { url, port } = await door.listen(options.host ?? '127.0.0.1', 0)
  const house: TestHouse = {
    url,
    port,
    door,
    service,
    store,
    metrics,
    signer,
    skewMs: 0,
    policy: policy(),
    readiness: { ready: true, checks: { storage: { ok: true } } },
    client: async (more = {}) => {
      const { id, key, secretHash } = newClientKey(randomBytes(CLIENT_KEY_BYTES))
      const client: Client = {
        id,
        name: 'pipeline',
        secretHash,
        owners: ['U0ALICE'],
        makers: ['slack:U0ADMIN'],
        scopes: ['request'],
        actFor: false,
        createdAtMs: Date.now(),
        ...UNBOUND,
        ...more,
      }
      await service.record(createClient(client, 'os:tester', SYSTEM, Date.now()))
      return { key, client }
    },
    decide: async (id, verdict, userId = 'U0BOB') => {
      const request = await service.request(id)
      const answer = await service.decide({
        requestId: id,
        digestShown: (request?.payloadDigest ?? '').slice('sha256:'.length),
        verdict,
        reason: null,
        surface: 'slack',
        teamId: 'T0HOME',
        userId,
        channel: null,
      })
      if (isRefusal(answer)) throw new Error(answer.refused)
    },
    close: async () => {
      await door.stop()
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
  return house
}
