import type { Person, Use } from '../surface.ts'
import type { DeliveryResult, EphemeralMessage, SandboxMessage, View } from '../types.ts'
import type { DeedResult, Deeds } from '../wire.ts'
import type { Control } from './control.ts'
import type { Mirror } from './mirror.ts'

/** Somebody in a sandbox elsewhere. */
export class RemotePerson implements Person {
  readonly id: string
  readonly #control: Control
  readonly #mirror: Mirror

  constructor(control: Control, mirror: Mirror, userId: string) {
    const { people } = mirror.facts
    if (!people.some(({ id }) => id === userId))
      throw new Error(`no user ${userId} in the sandbox; there are ${people.map(({ id }) => id).join(', ')}`)
    this.id = userId
    this.#control = control
    this.#mirror = mirror
  }

  click(
    channel: string,
    ts: string,
    actionId: string,
    opts: Use & { overrideValue?: string } = {},
  ): Promise<DeliveryResult> {
    return this.#do('click', { channel, ts, actionId, ...opts })
  }

  clickInView(viewId: string, actionId: string, opts: Use = {}): Promise<DeliveryResult> {
    return this.#do('click-in-view', { viewId, actionId, ...opts })
  }

  suggest(...[at, actionId, typed, opts = {}]: Parameters<Person['suggest']>): Promise<DeliveryResult> {
    return this.#do('suggest', { ...at, actionId, typed, ...opts })
  }

  command(name: string, text: string, opts: { channel?: string } = {}): ReturnType<Person['command']> {
    return this.#do('command', { name, text, ...opts })
  }

  submit(viewId: string, values: Deeds['submit']['values']): ReturnType<Person['submit']> {
    return this.#do('submit', { viewId, values })
  }

  async close(viewId: string): Promise<DeliveryResult | null> {
    const open = this.modals()
    const view = open.find(({ id }) => id === viewId)
    const going = view?.clear_on_close ? open : [view]
    const result = await this.#do('close', { viewId })
    return going.some((each) => each?.notify_on_close) ? result : null
  }

  async say(channel: string, text: string, opts: { threadTs?: string } = {}): Promise<SandboxMessage> {
    const { ts = '' } = await this.#do('say', { channel, text, ...opts })
    const message = this.#mirror.message(channel, ts)
    if (!message) throw new Error(`the message ${ts} in ${channel} is gone already`)
    return message
  }

  shortcut(callbackId: string): Promise<DeliveryResult> {
    return this.#do('shortcut', { callbackId })
  }

  messageShortcut(channel: string, ts: string, callbackId: string): Promise<DeliveryResult> {
    return this.#do('message-shortcut', { channel, ts, callbackId })
  }

  async openHome(): Promise<void> {
    await this.#do('open-home', {})
  }

  modals(): readonly View[] {
    return this.#mirror.own(this.id).modals
  }

  home(): View | undefined {
    return this.#mirror.own(this.id).home ?? undefined
  }

  ephemerals(channel?: string): readonly EphemeralMessage[] {
    const all = this.#mirror.own(this.id).ephemerals
    return channel === undefined ? all : all.filter((message) => message.channel === channel)
  }

  dms(): readonly SandboxMessage[] {
    return this.#mirror.messages(`D${this.id.slice(1)}`)
  }

  async #do<D extends keyof Deeds>(deed: D, body: Deeds[D]): Promise<Omit<DeedResult, 'revision'>> {
    const path = `people/${encodeURIComponent(this.id)}/${deed}`
    const { revision: _, ...result } = await this.#control.call<DeedResult>('POST', path, body)
    return result
  }
}
