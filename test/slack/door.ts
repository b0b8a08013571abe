import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { v7 } from 'uuid'
import { SYSTEM } from '../../src/approval/change.ts'
import { callerOf, createClient, UNBOUND } from '../../src/approval/client.ts'
import type { Client } from '../../src/approval/principal.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest, Ask } from '../../src/approval/request.ts'
import { Outbox } from '../../src/outbox.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { type Person, type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts'
import { Service } from '../../src/service.ts'
import { createSlackDoor, type SlackDoor } from '../../src/slack/app.ts'
import { slackClients } from '../../src/slack/clients.ts'
import { slackDirectory } from '../../src/slack/directory.ts'
import { slackMessenger } from '../../src/slack/messenger.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import type { Card, Store } from '../../src/store/store.ts'
import { policyFrom } from '../policy/policies.ts'

/** The whole Slack room over real sockets: sandbox Slack, the real Bolt app, a real SQLite file, the real outbox. */

export type Mode = 'socket' | 'http'
export const MODES: readonly Mode[] = ['socket', 'http']

export const POLICY = `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ADMIN]
groups:
  data-owners: { usergroup: S0DATA }
  sre: { usergroup: S0SRE }
  on-call: { users: [U0DAVE, U0ALICE] }
  listed: { users: [U0BOB, U0DAVE, U0GUEST, U0GUEST1, U0STRANGER, U0GONE, U0WFBOT, U0BOTTY, U0ALICE] }
rules:
  - id: one
    match: { action: "one.*" }
    effect: require_approval
    approvals: [{ from: data-owners }]
  - id: two
    match: { action: "two.*" }
    effect: require_approval
    approvals: [{ from: data-owners, count: 2 }]
  - id: listed
    match: { action: "listed.*" }
    effect: require_approval
    approvals: [{ from: listed }]
  - id: glass
    match: { action: "glass.*" }
    effect: require_approval
    approvals: [{ from: data-owners, count: 2 }]
    break_glass: { from: on-call, grant_ttl: 2m }
  - id: reads
    match: { action: "free.*" }
    effect: allow
  - id: reasoned
    match: { action: "reasoned.*" }
    effect: require_approval
    approvals: [{ from: data-owners }]
    reason_required: [approve, deny]
`

export const CLIENT: Client = {
  id: 'cl_alice',
  name: 'nightly export',
  secretHash: '0'.repeat(64),
  owners: ['U0ALICE'],
  makers: ['slack:U0ADMIN'],
  scopes: ['request'],
  actFor: true,
  createdAtMs: 1,
  ...UNBOUND,
}

export interface Stage {
  readonly sandbox: Sandbox
  readonly service: Service
  readonly store: Store
  readonly door: SlackDoor
  /** Everything that was logged, one JSON line each. */
  readonly logged: readonly string[]
  readonly fatal: readonly string[]
  /** Where the sandbox delivers to in HTTP mode. */
  readonly requestUrl: string | null
  /** The policy in force from now on. */
  setPolicy(policy: Policy | null): void
  ask(over?: Partial<Ask>): Promise<ApprovalRequest>
  /** Asks and waits for the card. */
  askAndPost(over?: Partial<Ask>): Promise<{ request: ApprovalRequest; card: Card }>
  stop(): Promise<void>
}

export interface StageOptions extends SandboxOptions {
  /** False leaves the door closed. */
  readonly connect?: boolean
  /** Lets a test stand between the service and the disk. */
  readonly store?: (store: Store) => Store
  readonly appToken?: string
}

export async function stage(mode: Mode, options: StageOptions = {}): Promise<Stage> {
  const { connect = true, store: wrap = (plain: Store) => plain, appToken, ...sandboxOptions } = options
  const sandbox = await startSandbox({ rateLimits: false, ...sandboxOptions })
  const folder = mkdtempSync(join(tmpdir(), 'countersign-door-'))
  const store = wrap(openSqlite({ file: join(folder, 'door.db'), exclusive: true }))
  const logged: string[] = []
  const fatal: string[] = []
  const log = pino({ level: 'debug', base: null }, { write: (line: string) => void logged.push(line) })
  let policy: Policy | null = policyFrom(POLICY)
  const now = Date.now
  const clients = slackClients({ token: sandbox.botToken, apiUrl: sandbox.apiUrl })
  const directory = slackDirectory({ reading: clients.reading, teamId: () => door.state().teamId, now })
  const newId = () => `req_${v7().replaceAll('-', '')}`
  const service = await Service.open({ store, directory, policy: () => policy, now, newId })
  const messenger = slackMessenger({
    posting: clients.posting,
    isExternal: slackDirectory({ reading: clients.reading, teamId: () => door.state().teamId, now }).isExternal,
    botId: () => door.state().botId,
  })
  const outbox = new Outbox({ store, messenger, now, log })
  const door: SlackDoor = createSlackDoor({
    service,
    directory,
    clients,
    policy: () => policy,
    mode,
    apiUrl: sandbox.apiUrl,
    appToken: mode === 'socket' ? (appToken ?? sandbox.appToken) : null,
    signingSecret: mode === 'http' ? sandbox.signingSecret : null,
    log,
    now,
    cardSeen: async (card) => {
      await store.commit({ delivery: 'found', card })
      outbox.nudge()
    },
    onFatal: (reason) => void fatal.push(reason),
  })
  service.onCommitted(() => outbox.nudge())
  await store.commit(createClient(CLIENT, 'os:tester', SYSTEM, now()))
  const server = mode === 'http' ? await listening(door, sandbox) : null
  outbox.start()
  if (connect) {
    door.start()
    if (!(await door.ready(5_000))) throw new Error(`not connected: ${door.state().reason}`)
  }
  const ask = async (over: Partial<Ask> = {}): Promise<ApprovalRequest> => {
    const answer = await service.submit(callerOf(CLIENT), {
      action: 'one.export',
      resource: 's3://bucket/customers.csv',
      environment: 'production',
      params: { rows: 1200 },
      ...over,
    })
    if (isRefusal(answer)) throw new Error(`not opened: ${answer.refused}`)
    return answer.request
  }
  return {
    sandbox,
    service,
    store,
    door,
    logged,
    fatal,
    requestUrl: server?.url ?? null,
    setPolicy: (next) => {
      policy = next
    },
    ask,
    askAndPost: async (over) => {
      const request = await ask(over)
      const card = await eventually(async () => (await store.cards(request.id))[0], 'the card')
      return { request, card }
    },
    stop: async () => {
      await door.stop()
      await outbox.stop()
      await sandbox.stop()
      await closed(server?.server ?? null)
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function listening(door: SlackDoor, sandbox: Sandbox): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => door.requestListener?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`
  sandbox.deliverTo(url)
  return { server, url }
}

async function closed(server: Server | null): Promise<void> {
  if (!server) return
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

/** Asks again until there is an answer; rejects after five seconds. */
export async function eventually<T>(
  what: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  label: string,
): Promise<T> {
  const deadline = Date.now() + 5_000
  for (;;) {
    const found = await what()
    if (found !== undefined && found !== null && found !== false) return found
    if (Date.now() > deadline) throw new Error(`waited in vain for ${label}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** The latest sentence that this person alone was told, whichever way. */
export async function told(person: Person, pattern: RegExp): Promise<string> {
  return eventually(
    () => {
      const notices = person.modals().map((view) => JSON.stringify(view.blocks))
      const said = [...person.ephemerals().map(({ text }) => text), ...person.dms().map(({ text }) => text), ...notices]
      return said.findLast((text) => pattern.test(text))
    },
    `a sentence like ${pattern} among ${JSON.stringify(person.ephemerals().map(({ text }) => text))}`,
  )
}

export const status = async (on: Stage, id: string) => (await on.store.request(id))?.status

/** The codes of the refused attempts that the log keeps of a request. */
export async function refusals(on: Stage, id: string): Promise<string[]> {
  const entries = await on.store.auditOf(id)
  return entries.flatMap((entry) => {
    const text = JSON.stringify(entry)
    return text.includes('decision.refused') ? [/code\\*":\\*"(\w+)/.exec(text)?.[1] ?? 'unreadable'] : []
  })
}

/** What a command answers, to the one who typed it and nobody else. */
export async function asking(on: Stage, userId: string, text: string, channel = 'C0RANDOM'): Promise<string> {
  const before = on.sandbox.messages(channel).length
  const result = await on.sandbox.as(userId).command('/approvals', text, { channel })
  if (!result.acked || result.ackMs >= 3_000) throw new Error(`not acknowledged in time: ${JSON.stringify(result)}`)
  if (on.sandbox.messages(channel).length !== before) throw new Error('others were told')
  if (!result.reply) throw new Error(`no answer to ${JSON.stringify(text)}`)
  return `${result.reply.text}\n${JSON.stringify(result.reply.blocks)}`
}
