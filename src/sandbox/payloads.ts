import { newId, nextTs } from './ids.ts'
import type { JsonObject } from './json.ts'
import { APP } from './seed.ts'
import type { EphemeralMessage, SandboxMessage, SandboxUser, View } from './types.ts'
import type { Workspace } from './workspace.ts'

/** A stored message as Slack's API and payloads show it. */
export function messageObject(message: SandboxMessage, teamId: string, withMetadata = true): JsonObject {
  const { channel: _, metadata, ...rest } = message
  const parent = rest.thread_ts !== undefined && rest.thread_ts !== rest.ts ? { parent_user_id: APP.botUserId } : {}
  return {
    type: 'message',
    ...rest,
    app_id: APP.id,
    team: teamId,
    bot_profile: {
      id: APP.botId,
      app_id: APP.id,
      user_id: APP.botUserId,
      name: APP.botName,
      icons: {},
      deleted: false,
      updated: 1_700_000_000,
      team_id: teamId,
    },
    ...parent,
    ...(withMetadata && metadata ? { metadata: { ...metadata } } : {}),
  }
}

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

export interface Interaction {
  user: SandboxUser
  triggerId: string
  action: JsonObject
}

/** A click in a message. Slack does not echo an ephemeral message. */
export function messageAction(
  workspace: Workspace,
  on: Interaction & { responseUrl: string; channel: string; at: SandboxMessage | EphemeralMessage; ephemeral: boolean },
): JsonObject {
  const { at } = on
  const channel = workspace.channels.get(on.channel)
  return {
    type: 'block_actions',
    ...common(workspace, on.user),
    container: {
      type: 'message',
      message_ts: at.ts,
      channel_id: on.channel,
      is_ephemeral: on.ephemeral,
      ...(at.thread_ts === undefined ? {} : { thread_ts: at.thread_ts }),
    },
    trigger_id: on.triggerId,
    channel: { id: on.channel, name: channelName(channel?.name ?? on.channel, channel) },
    ...('user' in at ? { message: messageObject(at, workspace.team.id) } : {}),
    state: { values: {} },
    response_url: on.responseUrl,
    actions: [{ ...on.action, action_ts: nextTs() }],
  }
}

/** A click in a modal or in Home. */
export function viewAction(workspace: Workspace, on: Interaction & { view: View }): JsonObject {
  return {
    type: 'block_actions',
    ...common(workspace, on.user),
    container: { type: 'view', view_id: on.view.id },
    trigger_id: on.triggerId,
    view: viewObject(on.view),
    actions: [{ ...on.action, action_ts: nextTs() }],
  }
}

export function viewSubmission(workspace: Workspace, user: SandboxUser, view: View, triggerId: string): JsonObject {
  return {
    type: 'view_submission',
    ...common(workspace, user),
    trigger_id: triggerId,
    view: viewObject(view),
    response_urls: [],
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
  const channel = workspace.channels.get(line.channel)
  return {
    token: APP.verificationToken,
    team_id: workspace.team.id,
    team_domain: workspace.team.domain,
    channel_id: line.channel,
    channel_name: channelName(channel?.name ?? line.channel, channel),
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
    event: { ...event, event_ts: nextTs() },
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [{ ...authorization, is_enterprise_install: false }],
    is_ext_shared_channel: false,
    event_context: `1-${String(event.type)}-${workspace.team.id}`,
  }
}

function channelName(name: string, channel: { is_im: boolean; is_private: boolean } | undefined): string {
  if (channel?.is_im) return 'directmessage'
  return channel?.is_private ? 'privategroup' : name
}
