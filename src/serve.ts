import type { Config, Secrets } from './config.ts'
import type { Directory } from './eligibility.ts'
import { createHttpDoor, type Readiness } from './http/server.ts'
import { newRequestId } from './ids.ts'
import type { Log } from './log.ts'
import { Metrics } from './metrics.ts'
import { Tokens } from './oidc/tokens.ts'
import { Outbox } from './outbox.ts'
import { policyLoaded, policyReloadFailed } from './policy/evidence.ts'
import { describeProblems } from './policy/load.ts'
import { type PolicySource, watchPolicy } from './policy/source.ts'
import { Roster } from './roster.ts'
import { Service } from './service.ts'
import { loadSigner } from './signing.ts'
import { createSlackDoor, type SlackDoor } from './slack/app.ts'
import { PolicyInForce } from './slack/channels.ts'
import { slackClients } from './slack/clients.ts'
import { LATE, within } from './slack/deadline.ts'
import { type SlackDirectory, slackDirectory } from './slack/directory.ts'
import { identify } from './slack/identify.ts'
import { slackMessenger } from './slack/messenger.ts'
import { openSqlite } from './store/sqlite.ts'
import type { Card, Reads, Store } from './store/store.ts'
import { Sweeper } from './sweeper.ts'

/** SIGTERM to the closed store, at most: half a second less than the command line gives us. */
const STOP_MS = 9_000
/** Slack may hang for longer than we may take. */
const OUTBOX_STOP_MS = 3_000
const UNSAID = 'Slack did not answer in time: what was being said is looked for, and said if need be, at the next start'

/** A running Countersign. */
export interface House {
  readonly url: string
  readonly service: Service
  /** Resolves once Slack is connected, or after `timeoutMs` without. */
  connected(timeoutMs: number): Promise<boolean>
  /** Stops accepting, answers held waits, finishes commits and what is being said. */
  stop(): Promise<void>
  /** Why the house cannot go on, once it cannot. */
  readonly fatal: Promise<string>
}

/** What every part of the house is furnished from. */
interface Foundation {
  readonly config: Config
  readonly secrets: Secrets
  readonly log: Log
  readonly store: Store
  readonly metrics: Metrics
  readonly now: () => number
  readonly fatal: Promise<string>
  readonly declareFatal: (reason: string) => void
  /** What must be let go of where the house cannot be furnished. */
  readonly closing: (() => void)[]
}

/** The composition root: the one place that names the concrete store, doors and messenger. */
export async function serve(config: Config, secrets: Secrets, log: Log): Promise<House> {
  let declareFatal: (reason: string) => void = () => {}
  const fatal = new Promise<string>((resolve) => {
    declareFatal = resolve
  })
  const metrics = new Metrics()
  // Dies here, or anywhere before `listen`: nobody was answered yet; the next start finds what the last one left.
  const sqlite = openSqlite({
    file: config.databaseFile,
    exclusive: true,
    onFatal: (error) => declareFatal(error instanceof Error ? error.message : 'the database'),
  })
  for (const warning of sqlite.warnings) log.warn(warning)
  const store = metrics.timed(sqlite)
  const closing: (() => void)[] = []
  try {
    return await furnish({ config, secrets, log, store, metrics, now: Date.now, fatal, declareFatal, closing })
  } catch (error) {
    for (const close of closing) close()
    await store.close()
    throw error
  }
}

async function furnish(foundation: Foundation): Promise<House> {
  const { config, secrets, log, store, metrics, now } = foundation
  const signer = await loadSigner(config.signingKeyFile)
  for (const warning of signer.warnings) log.warn(warning)
  const clients = slackClients({ token: secrets.slackBotToken, apiUrl: config.slackApiUrl })
  const policy = new PolicyInForce(clients.reading, log, {
    onInForce: async (inForce) => {
      const [before = null] = await service.reads.policyVersions(1)
      await service.record(policyLoaded(inForce, before, now()))
    },
    onRefused: async (problem, stays) => {
      await service.record(policyReloadFailed([problem], stays, now()))
    },
  })
  foundation.closing.push(() => policy.close())
  const source = followPolicy(foundation, policy, () => service)
  foundation.closing.push(() => source.close())
  const slackNow = {
    reading: clients.reading,
    teamId: () => slack.state().teamId,
    enterpriseId: () => slack.state().enterpriseId,
    now,
  }
  const reading = slackDirectory(slackNow)
  const roster = new Roster({ directory: reading, policy: policy.current, now })
  const directory: SlackDirectory = {
    ...reading,
    invalidate: (news) => {
      reading.invalidate(news)
      if (news.group !== undefined) roster.forget(news.group)
    },
  }
  const service = await Service.open({ store, directory, policy: policy.current, roster, now, newId: newRequestId })
  const messenger = slackMessenger({
    posting: clients.posting,
    // A memory of its own: what was true when a card was posted must not be what a click on it is judged by.
    isExternal: slackDirectory(slackNow).isExternal,
    botId: () => slack.state().botId,
  })
  const outbox = new Outbox({ store, messenger, now, log })
  const slack = createSlackDoor({
    service,
    directory,
    clients,
    policy: policy.current,
    mode: config.slackMode,
    apiUrl: config.slackApiUrl,
    appToken: secrets.slackAppToken,
    signingSecret: secrets.slackSigningSecret,
    log,
    now,
    cardSeen: (card) => track(store, outbox, card, now()),
    acked: (kind, seconds) => metrics.acked(kind, seconds),
    connected: () => roster.wake(),
    onFatal: foundation.declareFatal,
  })
  const http = createHttpDoor({
    service,
    signer,
    publicUrl: () => config.publicUrl ?? url,
    policy: policy.current,
    readiness: () => readiness(store, slack, policy),
    metrics,
    log,
    now,
    tokens: new Tokens({
      now,
      allowHttpLoopback: config.oidcAllowHttpLoopback,
      onTrouble: (issuer, trouble) => log.warn({ issuer, trouble }, 'an issuer of tokens is in trouble'),
    }),
    ...(slack.requestListener ? { slackEvents: slack.requestListener } : {}),
  })
  const sweeper = new Sweeper(service, log, now)
  service.onCommitted((change) => {
    metrics.committed(change)
    if (change.outbox) outbox.heard(change.outbox)
  })
  metrics.watch({ waiters: () => service.waiters.count, outbox: () => store.outboxState() })

  await policy.take(source.current())
  await sweeper.sweepAll()
  const { url } = await http.listen(config.host, config.port)
  sweeper.start()
  outbox.start()
  slack.start()
  roster.start()
  return {
    url,
    service,
    fatal: foundation.fatal,
    connected: (timeoutMs) => slack.ready(timeoutMs),
    stop: async () => {
      source.close()
      policy.close()
      const until = performance.now() + STOP_MS
      // Doors first: nothing new comes in while commits and deliveries finish.
      await Promise.all([http.stop(), slack.stop(), sweeper.stop(), roster.stop()])
      const left = Math.max(0, until - performance.now())
      // Dies here, or goes on without us: the row stays due with its attempt counted, and the next start looks in the
      // channel before it posts again (C5).
      if ((await within(outbox.stop(), Math.min(left, OUTBOX_STOP_MS))) === LATE) log.warn(UNSAID)
      await store.close()
    },
  }
}

/** Reads the policy, puts each valid change of it in force, and keeps what came of each as evidence. */
function followPolicy({ config, log, now }: Foundation, policy: PolicyInForce, service: () => Service): PolicySource {
  const unrecorded = (error: unknown) => log.error({ err: error }, 'a change of the policy was not recorded')
  const source = watchPolicy(config.policyFile, {
    onLoaded: (loaded) => {
      log.info({ digest: loaded.digest }, 'the policy was changed')
      policy.take(loaded).catch(unrecorded)
    },
    onFailed: (problems) => {
      const lines = describeProblems(config.policyFile, problems).split('\n')
      log.error({ problems: lines }, 'the changed policy is not valid: the last good one stays in force')
      service()
        .record(policyReloadFailed(lines, policy.lastGood ?? source.current(), now()))
        .catch(unrecorded)
    },
  })
  return source
}

/** A card of ours that the store did not know, after a post whose outcome we never learned: updated like the others. */
async function track(store: Store, outbox: Outbox, card: Card, dueAtMs: number): Promise<void> {
  await store.commit({ delivery: 'found', card })
  const message = { kind: 'update', requestId: card.requestId, channel: card.channel } as const
  await store.commit({ delivery: 'queue', message, dueAtMs })
  outbox.nudge()
}

async function readiness(store: Store, slack: SlackDoor, policy: PolicyInForce): Promise<Readiness> {
  const { connected, reason } = slack.state()
  const checks: Record<string, { ok: boolean; reason?: string }> = {
    policy: policy.reason === null ? { ok: true } : { ok: false, reason: policy.reason },
    slack: connected ? { ok: true } : { ok: false, reason: reason ?? 'not connected' },
  }
  try {
    const { failed, failures } = await store.outboxState()
    const [first] = failures
    const where = first ? `: ${first.channel} ${first.error.replace(/^\w+ said: /, '')}` : ''
    checks.delivery =
      failed === 0 ? { ok: true } : { ok: false, reason: `Slack refuses ${failed} of our messages for good${where}` }
    checks.storage = { ok: true }
  } catch {
    checks.storage = { ok: false, reason: 'the database cannot be read' }
  }
  return { ready: Object.values(checks).every((check) => check.ok), checks }
}

/** The store for administration beside a running server (or without one): no doors, no outbox, nobody to decide. */
export async function openForAdmin(config: Config): Promise<{ service: Service; close(): Promise<void> }> {
  const store = openSqlite({ file: config.databaseFile, exclusive: false })
  const directory: Directory = {
    member: async () => null,
    memberByEmail: async () => null,
    groupMembers: async () => ({ users: [], readAtMs: 0 }),
    isExternal: async () => true,
  }
  const service = await Service.open({ store, directory, policy: () => null, now: Date.now, newId: newRequestId })
  return { service, close: () => store.close() }
}

/** The store for looking at it alone, beside a running server or without one. Makes, changes and upgrades nothing. */
export function openForReading(config: Config): { readonly reads: Reads; close(): Promise<void> } {
  const store = openSqlite({ file: config.databaseFile, exclusive: false, readOnly: true })
  return { reads: store, close: () => store.close() }
}

/** Who is who in Slack, for a command that tells of it; throws {@link DirectoryError} where Slack does not answer. */
export async function openDirectory(config: Config, secrets: Secrets): Promise<Directory> {
  const { reading } = slackClients({ token: secrets.slackBotToken, apiUrl: config.slackApiUrl })
  const { teamId, enterpriseId } = await identify(reading)
  return slackDirectory({ reading, teamId: () => teamId, enterpriseId: () => enterpriseId, now: Date.now })
}

export { readRange } from './http/ip-range.ts'
export { lookAtIssuer } from './oidc/look-at-issuer.ts'
export * as policyAsCode from './policy/as-code.ts'
export { readPolicyFile } from './policy/file.ts'
export { globProblem } from './policy/glob.ts'
export { describeProblems } from './policy/load.ts'
export { actionProblem } from './policy/words.ts'
