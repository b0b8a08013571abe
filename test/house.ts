import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createClient, UNBOUND } from '../src/approval/client.ts'
import { CLIENT_KEY_BYTES, newClientKey } from '../src/approval/client-key.ts'
import type { Client } from '../src/approval/principal.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../src/sandbox/index.ts'
import { type House, serve } from '../src/serve.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { Api } from './api.ts'
import { broken, type Evidence } from './invariants.ts'

export type Mode = 'socket' | 'http'

/** What a small company might begin with; the people are those of the sandbox. */
const POLICY = `version: 1
slack: { channel: C0APPROVALS, audit_channel: C0AUDIT }
admins: [U0ADMIN]
groups:
  data-owners: { usergroup: S0DATA }
  sre: { usergroup: S0SRE }
defaults: { effect: deny, ttl: 1h, grant_ttl: 5m }
limits: { requests_per_minute: 100000, pending_per_client: 100000 }
rules:
  - id: exports
    match: { action: data.export }
    effect: require_approval
    approvals: [{ from: data-owners, count: 2 }]
  - id: applies
    match: { action: terraform.apply }
    effect: require_approval
    approvals: [{ from: sre }]
    channel: C0PROD
  - id: reads
    match: { action: data.count }
    effect: allow
  - id: drops
    match: { action: "database.drop*" }
    effect: deny
`

export interface PlaceOptions {
  readonly policy?: string
  readonly sandbox?: SandboxOptions
}

/** Where a house can stand: a Slack, a directory with database and policy, clients. It outlives every restart. */
export interface Place {
  readonly slack: Sandbox
  readonly directory: string
  readonly databaseFile: string
  readonly policyFile: string
  readonly signingKeyFile: string
  /** All that any house in here has logged. */
  readonly logs: string[]
  /** What {@link Place.close} ends first. */
  readonly atClose: (() => Promise<void>)[]
  /** @returns the key. Works whether or not a house serves the file. */
  newClient(name: string, more?: Partial<Omit<Client, 'id' | 'name' | 'secretHash'>>): Promise<string>
  /** Every invariant, and `canaries` nowhere in files, logs and calls to Slack. */
  problems(canaries?: readonly string[]): Promise<string[]>
  close(): Promise<void>
}

export async function openPlace({ policy = POLICY, sandbox }: PlaceOptions = {}): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-test-'))
  const databaseFile = join(directory, 'countersign.db')
  const policyFile = join(directory, 'policy.yaml')
  writeFileSync(policyFile, policy)
  const slack = await startSandbox(sandbox)
  const logs: string[] = []
  const atClose: Place['atClose'] = []
  const evidence = (): Evidence['texts'] => ({
    'the log': logs.join('\n'),
    'calls to Slack': JSON.stringify(slack.calls),
  })
  return {
    slack,
    directory,
    databaseFile,
    policyFile,
    signingKeyFile: join(directory, 'signing-key.pem'),
    logs,
    atClose,
    newClient: (name, more = {}) => newClient(databaseFile, name, more),
    problems: (canaries = []) => broken(databaseFile, { canaries, texts: evidence() ?? {} }),
    close: async () => {
      for (const end of atClose) await end()
      await slack.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function newClient(
  file: string,
  name: string,
  more: Partial<Omit<Client, 'id' | 'name' | 'secretHash'>>,
): Promise<string> {
  const { id, key, secretHash } = newClientKey(randomBytes(CLIENT_KEY_BYTES))
  const client: Client = {
    id,
    name,
    secretHash,
    owners: ['U0ALICE'],
    makers: ['os:tester'],
    scopes: ['request'],
    actFor: false,
    createdAtMs: Date.now(),
    ...UNBOUND,
    ...more,
  }
  const store = openSqlite({ file, exclusive: false })
  await store.commit(createClient(client, 'os:tester', { actor: 'os:tester', source: 'cli' }, Date.now()))
  await store.close()
  return key
}

/** A house that serves in this process. */
interface Served extends Pick<House, 'service'> {
  readonly url: string
  stop(): Promise<void>
}

/** @param connect false where Slack is not expected to answer. */
async function serveIn(place: Place, mode: Mode = 'socket', connect = true): Promise<Served> {
  const { slack } = place
  const house = await serve(
    {
      host: '127.0.0.1',
      port: 0,
      publicUrl: null,
      databaseFile: place.databaseFile,
      policyFile: place.policyFile,
      signingKeyFile: place.signingKeyFile,
      slackMode: mode,
      slackApiUrl: slack.apiUrl,
      // The issuers of the tests stand on this machine.
      oidcAllowHttpLoopback: true,
      logLevel: 'info',
      logFormat: 'json',
    },
    {
      slackBotToken: slack.botToken,
      slackAppToken: mode === 'socket' ? slack.appToken : null,
      slackSigningSecret: mode === 'http' ? slack.signingSecret : null,
    },
    pino({ level: 'info' }, { write: (line: string) => void place.logs.push(line) }),
  )
  slack.deliverTo(mode === 'http' ? `${house.url}/slack/events` : null)
  if (connect && !(await house.connected(10_000))) throw new Error(`Slack did not connect:\n${place.logs.join('')}`)
  return { url: house.url, service: house.service, stop: () => house.stop() }
}

/** A place, a house in it and the client of a pipeline that Alice owns: what most flows begin with. */
export interface Scene {
  readonly place: Place
  readonly slack: Sandbox
  readonly api: Api
  readonly key: string
  /** The house of this moment. */
  house(): Served
  /** Stops the house and opens another one on the same files. */
  restart(between?: () => Promise<void> | void): Promise<void>
  close(): Promise<void>
}

export async function openScene(mode: Mode = 'socket', options: PlaceOptions = {}): Promise<Scene> {
  const place = await openPlace(options)
  try {
    let house = await serveIn(place, mode)
    const key = await place.newClient('pipeline')
    return {
      place,
      slack: place.slack,
      key,
      api: new Api(() => house.url, key),
      house: () => house,
      restart: async (between) => {
        await house.stop()
        await between?.()
        house = await serveIn(place, mode)
      },
      close: async () => {
        await house.stop()
        await place.close()
      },
    }
  } catch (error) {
    await place.close()
    throw error
  }
}
