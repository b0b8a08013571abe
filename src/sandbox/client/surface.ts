import type { Person, Sandbox } from '../surface.ts'
import type {
  DeliveryFault,
  DeliveryResult,
  DisconnectReason,
  Fault,
  NewUser,
  SandboxChannel,
  SandboxGroup,
  UserPatch,
} from '../types.ts'

type Awaitable<T> = T | Promise<T>

/** What reads the same in both kinds of sandbox: at once, without asking anybody. */
type Reads = Pick<
  Sandbox,
  | ('url' | 'apiUrl' | 'botToken' | 'appToken' | 'signingSecret' | 'appId' | 'teamId' | 'botUserId' | 'botId')
  | ('messages' | 'message' | 'calls' | 'deliveries' | 'protocolFaults' | 'connections' | 'facts' | 'standing')
  | ('until' | 'onChange' | 'revision')
>

/**
 * A sandbox of this process or one elsewhere: a function that takes this, and awaits every change, works with both.
 */
export interface AnySandbox extends Reads {
  as(userId: string): Person
  setUser(id: string, patch: UserPatch): Awaitable<void>
  addUser(user: NewUser): Awaitable<void>
  setGroup(id: string, patch: Partial<Omit<SandboxGroup, 'id'>>): Awaitable<void>
  setChannel(id: string, patch: Partial<Omit<SandboxChannel, 'id'>>): Awaitable<void>
  fault(fault: Fault): Awaitable<() => Awaitable<void>>
  deliveryFault(fault: DeliveryFault): Awaitable<() => Awaitable<void>>
  disconnectSockets(reason?: DisconnectReason): Awaitable<void>
  deliverTo(requestUrl: string | null): Awaitable<void>
  advance(ms: number): Awaitable<void>
  revokeTokens(): Awaitable<void>
  uninstall(): Awaitable<void>
}

/**
 * A sandbox elsewhere, through its control API. Its state is mirrored, so that reading it needs no waiting; what somebody
 * does or changes here is shown by the mirror once the promise resolves. What the app does arrives a moment later: wait
 * for it with `until`, or call `catchUp` first.
 */
export interface RemoteSandbox extends AnySandbox {
  setUser(id: string, patch: UserPatch): Promise<void>
  addUser(user: NewUser): Promise<void>
  setGroup(id: string, patch: Partial<Omit<SandboxGroup, 'id'>>): Promise<void>
  setChannel(id: string, patch: Partial<Omit<SandboxChannel, 'id'>>): Promise<void>
  /** Resolves to what takes the fault away again. */
  fault(fault: Fault): Promise<() => Promise<void>>
  deliveryFault(fault: DeliveryFault): Promise<() => Promise<void>>
  disconnectSockets(reason?: DisconnectReason): Promise<void>
  deliverTo(requestUrl: string | null): Promise<void>
  advance(ms: number): Promise<void>
  revokeTokens(): Promise<void>
  uninstall(): Promise<void>
  /** @param seq of a record in `deliveries`. */
  replay(seq: number): Promise<DeliveryResult>
  /** Resolves when the mirror shows all that had happened when this was called. */
  catchUp(): Promise<void>
  /** Ends the mirror, not the sandbox. */
  close(): Promise<void>
}
