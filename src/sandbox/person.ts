import { click } from './clicks.ts'
import { type CommandResult, runCommand } from './commands.ts'
import { close, type SubmitResult, submit, type Typed } from './forms.ts'
import { viewObject, type Where } from './payloads.ts'
import { emit, type Platform } from './platform.ts'
import { useMessageShortcut, useShortcut } from './shortcuts.ts'
import { say } from './speech.ts'
import { suggest } from './suggestions.ts'
import type { Person, Use } from './surface.ts'
import type { DeliveryResult, EphemeralMessage, SandboxMessage, View } from './types.ts'

/**
 * Somebody at a Slack client. Membership of a channel is not checked here: a click or command from somebody who should
 * not be able to make it is what the app has to survive.
 */
export class SlackClient implements Person {
  readonly id: string
  readonly #platform: Platform

  constructor(platform: Platform, userId: string) {
    platform.workspace.user(userId)
    this.id = userId
    this.#platform = platform
  }

  async click(
    channel: string,
    ts: string,
    actionId: string,
    opts: Use & { overrideValue?: string } = {},
  ): Promise<DeliveryResult> {
    return click(this.#platform, this.id, this.#message(channel, ts, opts.overrideValue !== undefined), actionId, opts)
  }

  async clickInView(viewId: string, actionId: string, opts: Use = {}): Promise<DeliveryResult> {
    return click(this.#platform, this.id, { view: this.#view(viewId) }, actionId, opts)
  }

  async suggest(...[at, actionId, typed, opts = {}]: Parameters<Person['suggest']>): Promise<DeliveryResult> {
    const where = 'viewId' in at ? { view: this.#view(at.viewId) } : this.#message(at.channel, at.ts)
    return suggest(this.#platform, this.id, where, { actionId, typed, ...opts })
  }

  async command(name: string, text: string, opts: { channel?: string } = {}): Promise<CommandResult> {
    const channel = opts.channel ?? this.#platform.workspace.channels.keys().next().value ?? this.#dmId()
    return runCommand(this.#platform, this.id, { name, text, channel })
  }

  async submit(viewId: string, values: Typed): Promise<SubmitResult> {
    return submit(this.#platform, this.id, this.#view(viewId), values)
  }

  async close(viewId: string): Promise<DeliveryResult | null> {
    return close(this.#platform, this.id, this.#view(viewId))
  }

  async say(channel: string, text: string, opts: { threadTs?: string } = {}): Promise<SandboxMessage> {
    return say(this.#platform, this.id, { channel, text, ...opts })
  }

  async shortcut(callbackId: string): Promise<DeliveryResult> {
    return useShortcut(this.#platform, this.id, callbackId)
  }

  async messageShortcut(channel: string, ts: string, callbackId: string): Promise<DeliveryResult> {
    const message = this.#platform.workspace.message(channel, ts)
    if (!message) throw new Error(`${this.id} sees no message ${ts} in ${channel}`)
    return useMessageShortcut(this.#platform, this.id, message, callbackId)
  }

  modals(): readonly View[] {
    return this.#platform.views.stack(this.id)
  }

  async openHome(): Promise<void> {
    const view = this.home()
    const channel = this.#dmId()
    const event = { type: 'app_home_opened', user: this.id, channel, tab: 'home' }
    await emit(this.#platform, { ...event, ...(view ? { view: viewObject(view) } : {}) })
  }

  home(): View | undefined {
    return this.#platform.views.home(this.id)
  }

  ephemerals(channel?: string): readonly EphemeralMessage[] {
    const all = this.#platform.workspace.ephemerals(this.id)
    return channel === undefined ? all : all.filter((message) => message.channel === channel)
  }

  dms(): readonly SandboxMessage[] {
    return this.#platform.workspace.messages(this.#dmId())
  }

  #dmId(): string {
    return this.#platform.workspace.dm(this.id).id
  }

  /** @param forged A stale client may still show a message that is gone; only a forged click can reach it. */
  #message(channel: string, ts: string, forged = false): Where {
    const { workspace } = this.#platform
    const whispered = this.ephemerals(channel).find((message) => message.ts === ts)
    const stale = forged ? workspace.deletedMessage(channel, ts) : undefined
    const at = whispered ?? workspace.message(channel, ts) ?? stale
    if (!at) throw new Error(`${this.id} sees no message ${ts} in ${channel}`)
    return { channel, at, ephemeral: whispered !== undefined }
  }

  #view(viewId: string): View {
    const view = [...this.modals(), this.home()].find((each) => each?.id === viewId)
    if (!view) throw new Error(`${this.id} has no view ${viewId} open`)
    return view
  }
}
