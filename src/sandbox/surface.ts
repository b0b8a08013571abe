import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JsonObject } from './json.ts'
import type { Tokens } from './tokens.ts'
import type {
  ApiCall,
  DeliverOptions,
  Delivery,
  DeliveryFault,
  DeliveryKind,
  DeliveryRecord,
  DeliveryResult,
  DisconnectReason,
  EphemeralMessage,
  Fault,
  Filled,
  NewUser,
  SandboxChannel,
  SandboxGroup,
  SandboxMessage,
  UserPatch,
  View,
  WorkspaceSeed,
} from './types.ts'
import type { Standing, WorkspaceFacts } from './wire.ts'

export interface SandboxOptions {
  /** 0 or absent picks a free port. */
  port?: number
  seed?: WorkspaceSeed
  /** Default true. */
  rateLimits?: boolean
  /** How long an app may take to acknowledge, in milliseconds. Slack's figure, 3000, unless given. */
  ackTimeoutMs?: number
  /** Tokens that outlive a restart; refused where one looks like a real one of Slack's. Chosen anew each time unless given. */
  tokens?: Partial<Tokens>
  /** The page at `/` instead of the plain one, and whatever it asks under `/beside/`. */
  site?: Site
  /** Do not end the TCP connection after the WebSocket close handshake, as the real Slack does not. */
  socketKeepTcpOpen?: boolean
}

/** A page of one's own around the workspace. */
export interface Site {
  /** The name of the built page: `src/demo/page/index.html` is `demo`. */
  page: string
  /** Answers every request whose path begins with `/beside/`. Checked for Host and Origin before. */
  handle(incoming: IncomingMessage, outgoing: ServerResponse): void
  /**
   * What is new beside the workspace, as JSON: it goes along with the live stream of the page, as events `beside`. A second
   * stream would be a second connection of each tab, and a browser has six for all tabs together.
   * @returns what ends it.
   */
  follow?(tell: (json: string) => void): () => void
}

/** How an element is used. */
export interface Use {
  /** Which block, where one action_id stands in several. */
  blockId?: string
  /** What was chosen or typed; a button takes none. */
  choice?: Filled
}

/** Somebody with a Slack client. A person can be a stranger, a guest or a bot: the app has to know. */
export interface Person {
  readonly id: string
  /**
   * Uses an element of a message, or of an ephemeral one only this person sees. An element that is not there throws,
   * unless a forged value is given.
   */
  click(channel: string, ts: string, actionId: string, opts?: Use & { overrideValue?: string }): Promise<DeliveryResult>
  clickInView(viewId: string, actionId: string, opts?: Use): Promise<DeliveryResult>
  /** `text` as typed; with should_escape @handle and #channel become ids and `&`, `<`, `>` entities. */
  command(
    name: string,
    text: string,
    opts?: { channel?: string },
  ): Promise<DeliveryResult & { reply?: EphemeralMessage }>
  /** Types into an external select: the answer's `body` holds what the app offers, of which one may choose afterwards. */
  suggest(
    at: { channel: string; ts: string } | { viewId: string },
    actionId: string,
    typed: string,
    opts?: Pick<Use, 'blockId'>,
  ): Promise<DeliveryResult>
  /** values[block_id][action_id] */
  submit(
    viewId: string,
    values: Record<string, Record<string, Filled>>,
  ): Promise<DeliveryResult & { errors?: Record<string, string> }>
  /** null when nobody asked to be notified. */
  close(viewId: string): Promise<DeliveryResult | null>
  /** Writes a message; throws where this person may not. Resolves when the app has heard of it, if it wants to. */
  say(channel: string, text: string, opts?: { threadTs?: string }): Promise<SandboxMessage>
  /** A global shortcut. */
  shortcut(callbackId: string): Promise<DeliveryResult>
  messageShortcut(channel: string, ts: string, callbackId: string): Promise<DeliveryResult>
  /** The open stack, top last. */
  modals(): readonly View[]
  openHome(): Promise<void>
  home(): View | undefined
  ephemerals(channel?: string): readonly EphemeralMessage[]
  dms(): readonly SandboxMessage[]
}

export interface Sandbox {
  readonly url: string
  readonly apiUrl: string
  readonly botToken: string
  readonly appToken: string
  readonly signingSecret: string
  readonly appId: string
  readonly teamId: string
  readonly botUserId: string
  readonly botId: string
  /** Signed POSTs go there; null is Socket Mode. */
  deliverTo(requestUrl: string | null): void
  as(userId: string): Person
  messages(channel: string): readonly SandboxMessage[]
  message(channel: string, ts: string): SandboxMessage | undefined
  /** Asks again after every change; rejects after `timeoutMs` (default 5000) with the label and the latest API calls. */
  until<T>(what: () => T | undefined | null | false, label?: string, timeoutMs?: number): Promise<T>
  readonly calls: readonly ApiCall[]
  /** The latest thousand, oldest first; a record that changes is replaced. */
  readonly deliveries: readonly DeliveryRecord[]
  /** Without `times` the fault stays until the returned function removes it. */
  fault(fault: Fault): () => void
  /** The same for what Slack sends to the app on its own; {@link deliver} and {@link replay} are spared. */
  deliveryFault(fault: DeliveryFault): () => void
  /** @returns false where there is no such fault (any more). Ids stand in {@link standing}. */
  removeFault(id: string): boolean
  /** The same object while nothing of it has changed. */
  facts(): WorkspaceFacts
  standing(): Standing
  /** Called after every change, with the revision that it led to; returns what ends that. */
  onChange(listener: (revision: number) => void): () => void
  /** Grows with every change. */
  readonly revision: number
  disconnectSockets(reason?: DisconnectReason): void
  connections(): number
  setUser(id: string, patch: UserPatch): void
  addUser(user: NewUser): void
  setGroup(id: string, patch: Partial<Omit<SandboxGroup, 'id'>>): void
  setChannel(id: string, patch: Partial<Omit<SandboxChannel, 'id'>>): void
  revokeTokens(): void
  uninstall(): void
  deliver(kind: DeliveryKind, payload: JsonObject, opts?: DeliverOptions): Promise<DeliveryResult[]>
  lastDelivery(): Delivery | undefined
  replay(delivery: Delivery): Promise<DeliveryResult>
  /** What an app did that the Socket Mode protocol does not allow: late, repeated or unknown acknowledgements. */
  readonly protocolFaults: readonly string[]
  /** Moves the sandbox's clock ahead: triggers, response_urls, tickets, rate limits and event retries. */
  advance(ms: number): void
  stop(): Promise<void>
}
