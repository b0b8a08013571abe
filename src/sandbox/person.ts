import { buttonsIn, clickOn, forgedClick } from './buttons.ts'
import { SHOWN } from './choices.ts'
import { filledState, unsendable } from './inputs.ts'
import { isObject, type Json, type JsonObject, objectsOf, textOf } from './json.ts'
import { messageAction, slashCommand, viewAction, viewClosed, viewObject, viewSubmission } from './payloads.ts'
import { emit, type Platform } from './platform.ts'
import { responseDraft } from './response-urls.ts'
import { afterSubmit } from './submission.ts'
import type { Person } from './surface.ts'
import type { DeliveryResult, EphemeralMessage, SandboxMessage, SandboxUser, View } from './types.ts'

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
    opts: { overrideValue?: string } = {},
  ): Promise<DeliveryResult> {
    const { workspace, triggers, responseUrls, url } = this.#platform
    const ephemeral = this.ephemerals(channel).find((message) => message.ts === ts)
    const at = ephemeral ?? workspace.message(channel, ts) ?? this.#deleted(channel, ts, opts)
    if (!at) throw new Error(`${this.id} sees no message ${ts} in ${channel}`)
    const action = this.#action(at, actionId, opts.overrideValue)
    const origin = ephemeral ? { ephemeralTs: ts } : { messageTs: ts }
    const responseUrl = url() + responseUrls.issue('actions', { userId: this.id, channel, ...origin })
    const triggerId = triggers.issue(this.id, false)
    const on = { user: this.#user(), triggerId, action, responseUrl, channel, at, ephemeral: ephemeral !== undefined }
    return this.#send(messageAction(workspace, on), SHOWN.button)
  }

  async clickInView(viewId: string, actionId: string): Promise<DeliveryResult> {
    const view = this.#view(viewId)
    const action = clickOn(view.blocks, actionId)
    if (!action)
      throw new Error(`no button ${actionId} in view ${viewId}; there are ${buttonsIn(view.blocks).join(', ')}`)
    const { workspace, triggers } = this.#platform
    const triggerId = triggers.issue(this.id, view.type === 'modal')
    return this.#send(viewAction(workspace, { user: this.#user(), triggerId, action, view }), SHOWN.button)
  }

  async command(
    name: string,
    text: string,
    opts: { channel?: string } = {},
  ): Promise<DeliveryResult & { reply?: EphemeralMessage }> {
    const { workspace, triggers, responseUrls, deliveries, watch, url } = this.#platform
    const channel = opts.channel ?? workspace.channels.keys().next().value ?? this.#dmId()
    const fields = slashCommand(workspace, {
      user: this.#user(),
      channel,
      command: name,
      text: this.#escape(text),
      responseUrl: url() + responseUrls.issue('commands', { userId: this.id, channel }),
      triggerId: triggers.issue(this.id, false),
    })
    const result = await deliveries.one('slash_commands', fields)
    if (!result.acked) return { ...result, error: SHOWN.command(name, commandError(result)) }
    const reply = this.#reply(result.body, channel)
    watch.changed()
    return reply ? { ...result, reply } : result
  }

  async submit(
    viewId: string,
    values: Record<string, Record<string, string>>,
  ): Promise<DeliveryResult & { errors?: Record<string, string> }> {
    const { views, workspace, triggers, watch } = this.#platform
    const open = this.#view(viewId)
    if (open !== this.modals().at(-1)) throw new Error(`view ${viewId} is not the topmost modal of ${this.id}`)
    if (!open.submit) throw new Error(`view ${viewId} has no submit button`)
    const state = filledState(open, values)
    const missing = unsendable(open, state, SHOWN.required)
    if (Object.keys(missing).length > 0) return { acked: false, ackMs: 0, error: SHOWN.required, errors: missing }
    const view = views.setState(this.id, open, state)
    const payload = viewSubmission(workspace, this.#user(), view, triggers.issue(this.id, true))
    const result = await this.#send(payload, () => SHOWN.modal)
    if (!result.acked) return result
    const refused = afterSubmit(views, this.id, view, result.body)
    watch.changed()
    return { ...result, ...refused }
  }

  async close(viewId: string): Promise<DeliveryResult | null> {
    const { views, workspace, watch } = this.#platform
    const top = this.#view(viewId)
    const gone = views.close(this.id, top.clear_on_close ? 'all' : viewId)
    watch.changed()
    const results: DeliveryResult[] = []
    for (const view of gone.filter((each) => each.notify_on_close))
      results.push(await this.#send(viewClosed(workspace, this.#user(), view, top.clear_on_close), () => SHOWN.modal))
    return results[0] ?? null
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

  #user(): SandboxUser {
    return this.#platform.workspace.user(this.id)
  }

  #dmId(): string {
    return this.#platform.workspace.dm(this.id).id
  }

  #view(viewId: string): View {
    const view = [...this.modals(), this.home()].find((each) => each?.id === viewId)
    if (!view) throw new Error(`${this.id} has no view ${viewId} open`)
    return view
  }

  /** A stale client may still show a message that is gone; only a forged click can reach it. */
  #deleted(channel: string, ts: string, opts: { overrideValue?: string }): SandboxMessage | undefined {
    return opts.overrideValue === undefined ? undefined : this.#platform.workspace.deletedMessage(channel, ts)
  }

  #action(at: { ts: string; blocks: readonly JsonObject[] }, actionId: string, forged: string | undefined): JsonObject {
    const action = clickOn(at.blocks, actionId)
    if (forged !== undefined) return action ? { ...action, value: forged } : forgedClick(actionId, forged)
    if (!action)
      throw new Error(`no button ${actionId} in message ${at.ts}; there are ${buttonsIn(at.blocks).join(', ')}`)
    return action
  }

  /** should_escape: @handle and #channel become ids, the rest is entity-encoded. */
  #escape(text: string): string {
    const { users, channels } = this.#platform.workspace
    const encoded = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    const withUsers = encoded.replace(/(?<![\w.])@([a-z0-9][a-z0-9._-]*)/g, (typed, handle: string) => {
      const user = [...users.values()].find((each) => each.name === handle)
      return user ? `<@${user.id}|${user.name}>` : typed
    })
    return withUsers.replace(/(?<![\w&])#([a-z0-9][a-z0-9_-]*)/g, (typed, name: string) => {
      const channel = [...channels.values()].find((each) => each.name === name)
      return channel ? `<#${channel.id}|${channel.name}>` : typed
    })
  }

  async #send(payload: JsonObject, shown: (error: string) => string): Promise<DeliveryResult> {
    const result = await this.#platform.deliveries.one('interactive', payload)
    this.#platform.watch.changed()
    return result.acked ? result : { ...result, error: shown(result.error ?? 'unknown_error') }
  }

  /** The body of a command's acknowledgement, shown to the person or to the channel. */
  #reply(body: Json | undefined, channel: string): EphemeralMessage | undefined {
    const answer = typeof body === 'string' ? { text: body } : body
    if (!isObject(answer) || (textOf(answer.text) === '' && !objectsOf(answer.blocks).length)) return undefined
    const draft = responseDraft(answer)
    if (answer.response_type !== 'in_channel') return this.#platform.workspace.whisper(this.id, channel, draft)
    this.#platform.workspace.post(channel, draft)
    return undefined
  }
}

function commandError(result: DeliveryResult): string {
  return result.error === 'operation_timeout' ? 'operation_timeout' : 'dispatch_failed'
}
