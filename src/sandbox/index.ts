import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Administration } from './administration.ts'
import { parseRequest, readBody } from './arguments.ts'
import { boundedArgs, unknownArgs } from './bounded.ts'
import { ChosenInMessages } from './chosen.ts'
import { Clock } from './clock.ts'
import { foreign, turnAway } from './control/guard.ts'
import { ControlDoor } from './control/index.ts'
import { Deliveries } from './delivery.ts'
import { Facts, standing } from './facts.ts'
import { Faults } from './faults.ts'
import type { JsonObject } from './json.ts'
import { Offers } from './offers.ts'
import { SlackClient } from './person.ts'
import type { Platform } from './platform.ts'
import { RateLimits } from './rate-limit.ts'
import { type PlainAnswer, ResponseUrls } from './response-urls.ts'
import { APP } from './seed.ts'
import { SocketMode } from './socket-mode.ts'
import { tell } from './speech.ts'
import type { Sandbox, SandboxOptions } from './surface.ts'
import { type Tokens, tokensOf } from './tokens.ts'
import { Triggers } from './triggers.ts'
import type { DeliveryKind } from './types.ts'
import { Views } from './views.ts'
import { Watch } from './watch.ts'
import { WebApi } from './web-api.ts'
import { Workspace } from './workspace.ts'

export { anyApp } from './any-app.ts'
export { fromManifest } from './manifest.ts'
export type { Person, Sandbox, SandboxOptions } from './surface.ts'
export { tokenProblems } from './tokens.ts'
export type {
  ApiCall,
  Delivery,
  DeliveryResult,
  EphemeralMessage,
  Fault,
  SandboxMessage,
  View,
  WorkspaceSeed,
} from './types.ts'

const ACK_MS = 3_000

/** A Slack workspace on 127.0.0.1 with one app installed: for the demo and the tests. Source: Slack's public documentation. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const tokens = tokensOf(options.tokens)
  let port = 0
  const platform = assemble(options, tokens.signingSecret, () => `http://127.0.0.1:${port}`)
  const limits = new RateLimits(platform.clock, options.rateLimits ?? true)
  const api = new WebApi(platform, tokens, limits)
  const door = new ControlDoor(() => ({ sandbox, platform }), options.site)
  const server = createServer((incoming, outgoing) => {
    route(platform, api, door, incoming, outgoing).catch((error) => broken(error, outgoing))
  })
  server.on('upgrade', (incoming, socket, head) => platform.sockets.upgrade(incoming, socket, head))
  port = await listen(server, options.port ?? 0)
  const sandbox = surface(platform, server, tokens)
  return sandbox
}

function assemble(options: SandboxOptions, signingSecret: string, url: () => string): Platform {
  const workspace = new Workspace(options.seed)
  const clock = new Clock()
  const watch = new Watch()
  const changed = () => watch.changed()
  const refused = (outcome: string) => record(watch, 'WebSocket', {}, { outcome })
  const sockets = new SocketMode(clock, options.socketKeepTcpOpen ?? false, changed, refused)
  const faults = new Faults(changed)
  const deadlineMs = options.ackTimeoutMs ?? ACK_MS
  const platform: Platform = {
    workspace,
    clock,
    watch,
    sockets,
    url,
    views: new Views(workspace),
    triggers: new Triggers(clock),
    responseUrls: new ResponseUrls(workspace, clock, (message) => void tell(platform, message)),
    chosen: new ChosenInMessages(),
    offers: new Offers(),
    faults,
    deliveries: new Deliveries({ signingSecret, sockets, clock, faults, deadlineMs, changed }),
  }
  return platform
}

async function route(
  platform: Platform,
  api: WebApi,
  door: ControlDoor,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  // `//` is no path of any URL: the parser would throw.
  const path = URL.parse(incoming.url ?? '/', 'http://sandbox')?.pathname
  if (path === undefined) return void outgoing.writeHead(400, { connection: 'close' }).end('bad_request')
  const method = /^\/api\/([\w.]+)\/?$/.exec(path)?.[1]
  if (await door.handle(path, incoming, outgoing)) return
  const refused = foreign(incoming)
  if (refused) return turnAway(refused, outgoing)
  if (method !== undefined) return api.handle(method, incoming, outgoing)
  const body = await readBody(incoming)
  if (!/^\/(actions|commands|app)\//.test(path)) return void outgoing.writeHead(404).end('not_found')
  const { args, malformed } = parseRequest(incoming, body)
  const answer = platform.responseUrls.use(path, incoming, malformed === undefined ? args : undefined)
  // Whoever has no such url is no app of ours: what it sends is not kept.
  const kept = answer.outcome === 'no_such_url' ? unknownArgs(body) : boundedArgs(args)
  record(platform.watch, 'response_url', kept, answer)
  outgoing.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.body)
}

/** Among the calls of the Web API, so that a developer finds in one place what the app said. */
function record(watch: Watch, method: string, args: JsonObject, { outcome, problems = [] }: Told): void {
  const call = { method, args, at: Date.now(), outcome, tokenKind: 'none' as const }
  watch.calls.add((seq) => ({ seq, ...call, ...(problems.length > 0 ? { problems } : {}) }))
  watch.changed()
}

type Told = Pick<PlainAnswer, 'outcome' | 'problems'>

/** A bug of the sandbox or a body it does not read: said aloud, so that nobody takes it for Slack. */
function broken(error: unknown, outgoing: ServerResponse): void {
  if (outgoing.headersSent) outgoing.destroy()
  else outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(`sandbox: ${String(error)}`)
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function surface(platform: Platform, server: Server, secrets: Tokens): Sandbox {
  const { workspace, watch, sockets, deliveries, clock, faults } = platform
  const plan = (fault: Parameters<Faults['plan']>[0]) => {
    const id = faults.plan(fault)
    return () => void faults.remove(id)
  }
  const facts = new Facts(workspace)
  const admin = new Administration(platform)
  return {
    url: platform.url(),
    apiUrl: `${platform.url()}/api/`,
    botToken: secrets.bot,
    appToken: secrets.app,
    signingSecret: secrets.signingSecret,
    appId: APP.id,
    teamId: workspace.team.id,
    botUserId: APP.botUserId,
    botId: APP.botId,
    calls: watch.calls.records,
    deliveries: deliveries.journal.records,
    protocolFaults: sockets.protocolFaults,
    deliverTo: (requestUrl) => {
      if (requestUrl !== null && new URL(requestUrl).protocol !== 'http:')
        throw new Error('the sandbox delivers to http:// alone')
      deliveries.requestUrl = requestUrl
      watch.changed()
    },
    as: (userId) => new SlackClient(platform, userId),
    messages: (channel) => workspace.messages(channel),
    message: (channel, ts) => workspace.message(channel, ts),
    until: (what, label, timeoutMs) => watch.until(what, label, timeoutMs),
    fault: (fault) => plan({ api: fault }),
    deliveryFault: (fault) => plan({ delivery: fault }),
    removeFault: (id) => faults.remove(id),
    facts: () => facts.current(),
    standing: () => standing(platform),
    onChange: (listener) => watch.onChange(listener),
    get revision() {
      return watch.revision
    },
    disconnectSockets: (reason = 'refresh_requested') => sockets.disconnect(reason),
    connections: () => sockets.connections(),
    setUser: (id, patch) => admin.setUser(id, patch),
    addUser: (user) => admin.addUser(user),
    setGroup: (id, patch) => admin.setGroup(id, patch),
    setChannel: (id, patch) => admin.setChannel(id, patch),
    revokeTokens: () => admin.revokeTokens(),
    uninstall: () => admin.uninstall(),
    deliver: (kind: DeliveryKind, payload, opts) => deliveries.deliver(kind, payload, opts),
    lastDelivery: () => deliveries.last,
    replay: (delivery) => deliveries.replay(delivery),
    advance: (ms) => clock.advance(ms),
    stop: () => stop(platform, server),
  }
}

async function stop({ watch, sockets, clock }: Platform, server: Server): Promise<void> {
  watch.stop()
  clock.stop()
  await sockets.stop()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
