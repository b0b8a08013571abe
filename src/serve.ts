import { SYSTEM } from './approval/change.ts'
import type { Config, Secrets } from './config.ts'
import { createHttpDoor, type Readiness } from './http/server.ts'
import { newRequestId } from './ids.ts'
import type { Log } from './log.ts'
import { Metrics } from './metrics.ts'
import { Outbox } from './outbox.ts'
import { describeProblems } from './policy/load.ts'
import type { Policy } from './policy/policy.ts'
import { watchPolicy } from './policy/source.ts'
import { type Directory, Service } from './service.ts'
import { loadSigner } from './signing.ts'
import { createSlackDoor, type SlackDoor } from './slack/app.ts'
import { PolicyInForce } from './slack/channels.ts'
import { slackClients } from './slack/clients.ts'
import { slackDirectory } from './slack/directory.ts'
import { slackMessenger } from './slack/messenger.ts'
import { openSqlite } from './store/sqlite.ts'
import type { Store } from './store/store.ts'

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

const SWEEP_EVERY_MS = 1_000
const SWEEP_LIMIT = 500
/** A wall clock that falls back further than this against the monotonic one is evidence (F15). */
const CLOCK_JUMP_MS = 5_000

/** The composition root: the one place that names the concrete store, doors and messenger. */
export async function serve(config: Config, secrets: Secrets, log: Log): Promise<House> {
  const now = Date.now
  // Dies here, or anywhere before `listen`: nobody was answered yet; the next start finds what the last one left.
  const metrics = new Metrics()
  const sqlite = openSqlite({ file: config.databaseFile, exclusive: true })
  for (const warning of sqlite.warnings) log.warn(warning)
  const store = metrics.timed(sqlite)
  const closing: (() => Promise<void> | void)[] = [() => store.close()]
  try {
    return await furnish(config, secrets, log, store, metrics, now, closing)
  } catch (error) {
    for (const close of closing.reverse()) await close()
    throw error
  }
}

async function furnish(
  config: Config,
  secrets: Secrets,
  log: Log,
  store: Store,
  metrics: Metrics,
  now: () => number,
  closing: (() => Promise<void> | void)[],
): Promise<House> {
  const signer = await loadSigner(config.signingKeyFile)
  const clients = slackClients({ token: secrets.slackBotToken, apiUrl: config.slackApiUrl })
  const inForce = new PolicyInForce(clients.reading, log)
  const source = watchPolicy(config.policyFile, {
    onLoaded: (loaded) => {
      log.info({ digest: loaded.digest }, 'the changed policy is in force')
      inForce.take(loaded)
      service.policyLoaded(loaded).catch(unrecorded(log))
    },
    onFailed: (problems) => {
      const lines = describeProblems(config.policyFile, problems).split('\n')
      log.error({ problems: lines }, 'the changed policy is not valid: the last good one stays in force')
      service.policyReloadFailed(lines, inForce.current() ?? source.current()).catch(unrecorded(log))
    },
  })
  inForce.take(source.current())
  closing.push(
    () => source.close(),
    () => inForce.close(),
  )

  const directory = slackDirectory({
    reading: clients.reading,
    teamId: () => slack.state().teamId,
    enterpriseId: () => slack.state().enterpriseId,
    now,
  })
  const service = await openService(store, directory, inForce.current, now)
  const outbox = new Outbox({ store, messenger: slackMessenger(clients.posting), now, log })

  let declareFatal: (reason: string) => void = () => {}
  const fatal = new Promise<string>((resolve) => {
    declareFatal = resolve
  })
  const slack = createSlackDoor({
    service,
    directory,
    clients,
    policy: inForce.current,
    mode: config.slackMode,
    apiUrl: config.slackApiUrl,
    appToken: secrets.slackAppToken,
    signingSecret: secrets.slackSigningSecret,
    log,
    now,
    cardSeen: async (card) => {
      await store.commit({ delivery: 'found', card })
      outbox.nudge()
    },
    acked: (kind, seconds) => metrics.acked(kind, seconds),
    onFatal: (reason) => declareFatal(reason),
  })
  const http = createHttpDoor({
    service,
    signer,
    publicUrl: () => config.publicUrl ?? url,
    policy: inForce.current,
    readiness: () => readiness(store, slack, inForce.current() !== null),
    metrics,
    log,
    now,
    ...(slack.requestListener ? { slackEvents: slack.requestListener } : {}),
  })
  service.onCommitted((change) => {
    metrics.committed(change)
    if (change.outbox) outbox.heard(change.outbox)
  })
  metrics.watch({ waiters: () => service.waiters.count, outbox: () => store.outboxState() })

  await service.policyLoaded(source.current())
  // What ran out while we were away ends before anybody can click on it (F18).
  while ((await service.sweep(SWEEP_LIMIT)) === SWEEP_LIMIT);
  const { url } = await http.listen(config.host, config.port)
  closing.push(() => http.stop())
  const stopSweeping = sweepEverySecond(service, log, now)
  outbox.start()
  slack.start()
  return {
    url,
    service,
    fatal,
    connected: (timeoutMs) => slack.ready(timeoutMs),
    stop: async () => {
      stopSweeping()
      source.close()
      inForce.close()
      // Doors first: nothing new comes in while commits and deliveries finish.
      await Promise.all([http.stop(), slack.stop()])
      await outbox.stop()
      await store.close()
    },
  }
}

function openService(
  store: Store,
  directory: Directory,
  policy: () => Policy | null,
  now: () => number,
): Promise<Service> {
  return Service.open({ store, directory, policy, now, newId: newRequestId })
}

const unrecorded = (log: Log) => (error: unknown) =>
  log.error({ err: error }, 'a change of the policy was not recorded')

/** The store for administration beside a running server (or without one): no doors, no outbox. */
export async function openForAdmin(config: Config): Promise<{ service: Service; close(): Promise<void> }> {
  const store = openSqlite({ file: config.databaseFile, exclusive: false })
  const nobody: Directory = {
    member: async () => null,
    memberByEmail: async () => null,
    groupMembers: async () => ({ users: [], readAtMs: 0 }),
    isExternal: async () => true,
  }
  const service = await openService(store, nobody, () => null, Date.now)
  return { service, close: () => store.close() }
}

async function readiness(store: Store, slack: SlackDoor, hasPolicy: boolean): Promise<Readiness> {
  const checks: Record<string, { ok: boolean; reason?: string }> = {
    policy: hasPolicy ? { ok: true } : { ok: false, reason: 'channels that the policy names are not looked up yet' },
  }
  try {
    await store.head()
    checks['storage'] = { ok: true }
    const { failed, failures } = await store.outboxState()
    const [first] = failures
    checks['delivery'] =
      failed === 0
        ? { ok: true }
        : {
            ok: false,
            reason: `Slack refuses ${failed} messages for good${first ? `: ${first.channel} ${first.error}` : ''}`,
          }
  } catch {
    checks['storage'] = { ok: false, reason: 'the database cannot be read' }
  }
  const { connected, reason } = slack.state()
  checks['slack'] = connected ? { ok: true } : { ok: false, reason: reason ?? 'not connected' }
  return { ready: Object.values(checks).every((check) => check.ok), checks }
}

function sweepEverySecond(service: Service, log: Log, now: () => number): () => void {
  let sweeping = false
  let skewMs = now() - performance.now()
  const timer = setInterval(async () => {
    if (sweeping) return
    sweeping = true
    try {
      const drift = now() - performance.now() - skewMs
      skewMs += drift
      if (drift < -CLOCK_JUMP_MS) await recordJump(service, log, Math.round(drift), now())
      await service.sweep(SWEEP_LIMIT)
    } catch (error) {
      log.error({ err: error }, 'what is overdue could not be ended; trying again')
    } finally {
      sweeping = false
    }
  }, SWEEP_EVERY_MS)
  return () => clearInterval(timer)
}

async function recordJump(service: Service, log: Log, driftMs: number, atMs: number): Promise<void> {
  log.warn({ driftMs }, 'the wall clock was set back')
  await service.record({
    atMs,
    audit: [{ type: 'clock.jump', ...SYSTEM, requestId: null, body: { drift_ms: driftMs } }],
  })
}

export { readPolicyFile } from './policy/file.ts'
export { describeProblems } from './policy/load.ts'
