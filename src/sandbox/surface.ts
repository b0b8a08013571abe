import type { JsonObject } from './json.ts'
import type {
  ApiCall,
  DeliverOptions,
  Delivery,
  DeliveryKind,
  DeliveryResult,
  DisconnectReason,
  EphemeralMessage,
  Fault,
  NewUser,
  SandboxChannel,
  SandboxGroup,
  SandboxMessage,
  UserPatch,
  View,
  WorkspaceSeed,
} from './types.ts'

export interface SandboxOptions {
  /** 0 or absent picks a free port. */
  port?: number
  seed?: WorkspaceSeed
  /** Default true. */
  rateLimits?: boolean
  /** How long an app may take to acknowledge, in milliseconds. Slack's figure, 3000, unless given. */
  ackTimeoutMs?: number
  /** Do not end the TCP connection after the WebSocket close handshake, as the real Slack does not. */
  socketKeepTcpOpen?: boolean
}

/** Somebody with a Slack client. A person can be a stranger, a guest or a bot: the app has to know. */
export interface Person {
  readonly id: string
  /** Clicks a button of a message, or of an ephemeral one only this person sees. A button that is not there throws, unless a forged value is given. */
  click(channel: string, ts: string, actionId: string, opts?: { overrideValue?: string }): Promise<DeliveryResult>
  clickInView(viewId: string, actionId: string): Promise<DeliveryResult>
  /** `text` as typed: @handle and #channel become ids, `&`, `<` and `>` are escaped, as with should_escape. */
  command(
    name: string,
    text: string,
    opts?: { channel?: string },
  ): Promise<DeliveryResult & { reply?: EphemeralMessage }>
  /** values[block_id][action_id]; several choices of one element are joined by commas. */
  submit(
    viewId: string,
    values: Record<string, Record<string, string>>,
  ): Promise<DeliveryResult & { errors?: Record<string, string> }>
  /** null when nobody asked to be notified. */
  close(viewId: string): Promise<DeliveryResult | null>
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
  /** Without `times` the fault stays until the returned function removes it. */
  fault(fault: Fault): () => void
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
