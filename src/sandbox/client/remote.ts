import type {
  ApiCall,
  DeliveryFault,
  DeliveryRecord,
  DeliveryResult,
  DisconnectReason,
  Fault,
  NewUser,
  SandboxChannel,
  SandboxGroup,
  SandboxMessage,
  UserPatch,
} from '../types.ts'
import type { ActiveFault, Standing, WorkspaceFacts } from '../wire.ts'
import type { Control } from './control.ts'
import type { Mirror } from './mirror.ts'
import { RemotePerson } from './person.ts'
import type { RemoteSandbox } from './surface.ts'

export type Credentials = Pick<
  RemoteSandbox,
  'url' | 'apiUrl' | 'botToken' | 'appToken' | 'signingSecret' | 'appId' | 'teamId' | 'botUserId' | 'botId'
>

/** Reads from the mirror, acts through the control API. */
export class Remote implements RemoteSandbox {
  readonly url: string
  readonly apiUrl: string
  readonly botToken: string
  readonly appToken: string
  readonly signingSecret: string
  readonly appId: string
  readonly teamId: string
  readonly botUserId: string
  readonly botId: string
  readonly #control: Control
  readonly #mirror: Mirror
  readonly #stop: () => Promise<void>

  constructor(credentials: Credentials, control: Control, mirror: Mirror, stop: () => Promise<void>) {
    this.url = credentials.url
    this.apiUrl = credentials.apiUrl
    this.botToken = credentials.botToken
    this.appToken = credentials.appToken
    this.signingSecret = credentials.signingSecret
    this.appId = credentials.appId
    this.teamId = credentials.teamId
    this.botUserId = credentials.botUserId
    this.botId = credentials.botId
    this.#control = control
    this.#mirror = mirror
    this.#stop = stop
  }

  get calls(): readonly ApiCall[] {
    return this.#mirror.calls
  }

  get deliveries(): readonly DeliveryRecord[] {
    return this.#mirror.deliveries
  }

  get protocolFaults(): readonly string[] {
    return this.#mirror.standing.protocolFaults
  }

  get revision(): number {
    return this.#mirror.revision
  }

  as(userId: string): RemotePerson {
    return new RemotePerson(this.#control, this.#mirror, userId)
  }

  messages(channel: string): readonly SandboxMessage[] {
    return this.#mirror.messages(channel)
  }

  message(channel: string, ts: string): SandboxMessage | undefined {
    return this.#mirror.message(channel, ts)
  }

  facts(): WorkspaceFacts {
    return this.#mirror.facts
  }

  standing(): Standing {
    return this.#mirror.standing
  }

  connections(): number {
    return this.#mirror.standing.connections
  }

  until<T>(what: () => T | undefined | null | false, label?: string, timeoutMs?: number): Promise<T> {
    return this.#mirror.watch.until(what, label, timeoutMs)
  }

  onChange(listener: (revision: number) => void): () => void {
    return this.#mirror.watch.onChange(() => listener(this.#mirror.revision))
  }

  setUser(id: string, patch: UserPatch): Promise<void> {
    return this.#control.call('PATCH', `users/${encodeURIComponent(id)}`, patch)
  }

  addUser(user: NewUser): Promise<void> {
    return this.#control.call('POST', 'users', user)
  }

  setGroup(id: string, patch: Partial<Omit<SandboxGroup, 'id'>>): Promise<void> {
    return this.#control.call('PATCH', `groups/${encodeURIComponent(id)}`, patch)
  }

  setChannel(id: string, patch: Partial<Omit<SandboxChannel, 'id'>>): Promise<void> {
    return this.#control.call('PATCH', `channels/${encodeURIComponent(id)}`, patch)
  }

  fault(fault: Fault): Promise<() => Promise<void>> {
    return this.#plan({ api: fault })
  }

  deliveryFault(fault: DeliveryFault): Promise<() => Promise<void>> {
    return this.#plan({ delivery: fault })
  }

  disconnectSockets(reason: DisconnectReason = 'refresh_requested'): Promise<void> {
    return this.#control.call('POST', 'disconnect', { reason })
  }

  deliverTo(requestUrl: string | null): Promise<void> {
    return this.#control.call('POST', 'deliver-to', { url: requestUrl })
  }

  advance(ms: number): Promise<void> {
    return this.#control.call('POST', 'clock', { advanceMs: ms })
  }

  revokeTokens(): Promise<void> {
    return this.#control.call('POST', 'revoke-tokens')
  }

  uninstall(): Promise<void> {
    return this.#control.call('POST', 'uninstall')
  }

  async replay(seq: number): Promise<DeliveryResult> {
    const { revision: _, ...result } = await this.#control.call<DeliveryResult & { revision: number }>(
      'POST',
      `deliveries/${seq}/replay`,
    )
    return result
  }

  catchUp(): Promise<void> {
    return this.#control.call('GET', 'standing')
  }

  close(): Promise<void> {
    return this.#stop()
  }

  /** A fault that is gone already needs no taking away. */
  async #plan(fault: ActiveFault['fault']): Promise<() => Promise<void>> {
    const { id } = await this.#control.call<ActiveFault>('POST', 'faults', fault)
    return async () => {
      if (this.#mirror.standing.faults.some((each) => each.id === id))
        await this.#control.call('DELETE', `faults/${id}`)
    }
  }
}
