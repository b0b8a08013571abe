import { newId, nextTs } from './ids.ts'
import type { Values } from './inputs.ts'
import type { JsonObject } from './json.ts'
import { messageObject } from './message-object.ts'
import { APP } from './seed.ts'
import type { EphemeralMessage, SandboxMessage, SandboxUser, View } from './types.ts'
import type { Workspace } from './workspace.ts'

/** The plain data of a view. */
export function viewObject(view: View): JsonObject {
  return structuredClone(view) as unknown as JsonObject
}

function common(workspace: Workspace, user: SandboxUser): JsonObject {
  return {
    user: { id: user.id, username: user.name, name: user.name, team_id: user.team_id },
    api_app_id: APP.id,
    token: APP.verificationToken,
    team: workspace.teamOf(user),
    enterprise: null,
    is_enterprise_install: false,
  }
}

/** Where somebody uses an element: in a modal or Home, or in a message. */
export type Where = { readonly view: View } | InMessage

interface InMessage {
  readonly channel: string
  readonly at: SandboxMessage | EphemeralMessage
  readonly ephemeral: boolean
}

/** Slack does not echo an ephemeral message. */
function place(workspace: Workspace, where: Where): JsonObject {
  if ('view' in where) return { container: { type: 'view', view_id: where.view.id }, view: viewObject(where.view) }
  const { at, channel, ephemeral } = where
  const thread = at.thread_ts === undefined ? {} : { thread_ts: at.thread_ts }
  return {
    container: { type: 'message', message_ts: at.ts, channel_id: channel, is_ephemeral: ephemeral, ...thread },
    channel: channelOf(workspace, channel),
    ...('user' in at ? { message: messageObject(workspace, at) } : {}),
  }
}

export interface Interaction {
  readonly user: SandboxUser
  readonly triggerId: string
  readonly action: JsonObject
  /** Of a message, with what this person has chosen in it. */
  readonly inMessage?: { readonly responseUrl: string; readonly values: Values }
}

export function blockActions(workspace: Workspace, where: Where, on: Interaction): JsonObject {
  const { inMessage } = on
  return {
    type: 'block_actions',
    ...common(workspace, on.user),
    ...place(workspace, where),
    trigger_id: on.triggerId,
    ...(inMessage ? { state: { values: inMessage.values }, response_url: inMessage.responseUrl } : {}),
    actions: [{ ...on.action, action_ts: nextTs() }],
  }
}

/** The app is asked what an external select offers for what was typed. */
export function blockSuggestion(
  workspace: Workspace,
  where: Where,
  on: { user: SandboxUser; actionId: string; blockId: string; typed: string },
): JsonObject {
  return {
    type: 'block_suggestion',
    ...common(workspace, on.user),
    ...place(workspace, where),
    action_id: on.actionId,
    block_id: on.blockId,
    value: on.typed,
  }
}

export function viewSubmission(
  workspace: Workspace,
  on: { user: SandboxUser; view: View; triggerId: string; responseUrls: readonly JsonObject[] },
): JsonObject {
  return {
    type: 'view_submission',
    ...common(workspace, on.user),
    trigger_id: on.triggerId,
    view: viewObject(on.view),
    response_urls: on.responseUrls,
  }
}

export function viewClosed(workspace: Workspace, user: SandboxUser, view: View, isCleared: boolean): JsonObject {
  return {
    type: 'view_closed',
    ...common(workspace, user),
    view: viewObject(view),
    is_cleared: isCleared,
    response_urls: [],
  }
}

interface ShortcutUse {
  readonly user: SandboxUser
  readonly callbackId: string
  readonly triggerId: string
}

export function globalShortcut(workspace: Workspace, on: ShortcutUse): JsonObject {
  const { api_app_id: _, ...around } = common(workspace, on.user)
  return {
    type: 'shortcut',
    ...around,
    action_ts: nextTs(),
    callback_id: on.callbackId,
    trigger_id: on.triggerId,
  }
}

export function messageAction(
  workspace: Workspace,
  on: ShortcutUse & { message: SandboxMessage; responseUrl: string },
): JsonObject {
  const { type: _, ...around } = globalShortcut(workspace, on)
  return {
    type: 'message_action',
    ...around,
    channel: channelOf(workspace, on.message.channel),
    message_ts: on.message.ts,
    message: messageObject(workspace, on.message),
    response_url: on.responseUrl,
  }
}

export interface CommandLine {
  user: SandboxUser
  channel: string
  command: string
  text: string
  responseUrl: string
  triggerId: string
}

/** The flat form fields of a slash command; booleans travel as strings. */
export function slashCommand(workspace: Workspace, line: CommandLine): JsonObject {
  const { id, name } = channelOf(workspace, line.channel)
  return {
    token: APP.verificationToken,
    team_id: workspace.team.id,
    team_domain: workspace.team.domain,
    channel_id: id,
    channel_name: name,
    user_id: line.user.id,
    user_name: line.user.name,
    command: line.command,
    text: line.text,
    api_app_id: APP.id,
    is_enterprise_install: 'false',
    response_url: line.responseUrl,
    trigger_id: line.triggerId,
  }
}

export function eventCallback(workspace: Workspace, event: JsonObject): JsonObject {
  const authorization = { enterprise_id: null, team_id: workspace.team.id, user_id: APP.botUserId, is_bot: true }
  return {
    token: APP.verificationToken,
    team_id: workspace.team.id,
    api_app_id: APP.id,
    event: { ...event, event_ts: event.event_ts ?? nextTs() },
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [{ ...authorization, is_enterprise_install: false }],
    is_ext_shared_channel: false,
    event_context: `1-${String(event.type)}-${workspace.team.id}`,
  }
}

function channelOf(workspace: Workspace, id: string): { id: string; name: string } {
  const channel = workspace.channels.get(id)
  if (channel?.is_im) return { id, name: 'directmessage' }
  return { id, name: channel?.is_private ? 'privategroup' : (channel?.name ?? id) }
}
