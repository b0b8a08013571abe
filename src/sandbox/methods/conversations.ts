import { ApiError } from '../api-error.ts'
import type { JsonObject } from '../json.ts'
import { messageObject } from '../message-object.ts'
import { type Call, needScope, page } from '../platform.ts'
import { APP, OTHER_TEAM } from '../seed.ts'
import type { SandboxChannel, SandboxMessage } from '../types.ts'
import { reachable } from './chat.ts'

export function info(call: Call): JsonObject {
  const channel = reachable(call, call.args.required('channel'))
  needScope(call.workspace, scopeFor(channel, 'read'))
  const members = call.args.flag('include_num_members') ? { num_members: everybody(channel).length } : {}
  return { channel: { ...channelObject(call, channel), ...members } }
}

export function members(call: Call): JsonObject {
  const channel = reachable(call, call.args.required('channel'))
  needScope(call.workspace, scopeFor(channel, 'read'))
  const { items, next } = page(everybody(channel), call.args)
  return { members: [...items], response_metadata: { next_cursor: next } }
}

const LISTED: Readonly<Record<string, string>> = { private_channel: 'groups:read', im: 'im:read', mpim: 'mpim:read' }

export function list(call: Call): JsonObject {
  const types = (call.args.text('types') ?? 'public_channel').split(',')
  for (const type of types) needScope(call.workspace, LISTED[type] ?? 'channels:read')
  const chosen = [...call.workspace.channels.values()].filter((channel) => {
    if (channel.is_private && !channel.is_member) return false
    if (channel.is_archived && call.args.flag('exclude_archived')) return false
    return types.includes(channel.is_im ? 'im' : channel.is_private ? 'private_channel' : 'public_channel')
  })
  const { items, next } = page(chosen, call.args)
  return { channels: items.map((each) => channelObject(call, each)), response_metadata: { next_cursor: next } }
}

export function open(call: Call): JsonObject {
  const { args, workspace } = call
  const channelId = args.text('channel')
  const known = channelId === undefined ? undefined : workspace.channels.get(channelId)
  if (channelId !== undefined && !known) throw new ApiError('channel_not_found')
  if (known) return { channel: { id: known.id } }
  const users = (args.text('users') ?? '').split(',').filter((id) => id !== '')
  if (users.length === 0) throw new ApiError('users_list_not_supplied')
  if (users.length > 1) throw new ApiError('invalid_user_combination')
  const user = workspace.users.get(users[0] ?? '')
  if (!user) throw new ApiError('user_not_found')
  if (user.deleted) throw new ApiError('user_disabled')
  if (user.is_bot) throw new ApiError('invalid_user_combination')
  const channel = workspace.dm(user.id)
  return { channel: args.flag('return_im') ? channelObject(call, channel) : { id: channel.id } }
}

/** Newest first; replies stand in their thread alone; metadata only where asked for. */
export function history(call: Call): JsonObject {
  const channel = readable(call)
  const top = call.workspace.messages(channel.id).filter((each) => !each.thread_ts || each.thread_ts === each.ts)
  return messagePage(call, between(call, top).toReversed())
}

export function replies(call: Call): JsonObject {
  const channel = readable(call)
  const ts = call.args.required('ts')
  const messages = call.workspace.messages(channel.id)
  const thread = messages.filter((message) => message.ts === ts || message.thread_ts === ts)
  if (thread.length === 0) throw new ApiError('thread_not_found')
  return messagePage(call, between(call, thread))
}

function readable(call: Call): SandboxChannel {
  const channel = reachable(call, call.args.required('channel'))
  needScope(call.workspace, scopeFor(channel, 'history'))
  if (!channel.is_member) throw new ApiError('not_in_channel')
  return channel
}

function between(call: Call, messages: readonly SandboxMessage[]): readonly SandboxMessage[] {
  const oldest = Number(call.args.text('oldest') ?? 0)
  const latest = Number(call.args.text('latest') ?? Number.POSITIVE_INFINITY)
  const inclusive = call.args.flag('inclusive')
  return messages.filter(({ ts }) => {
    const at = Number(ts)
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest
  })
}

function messagePage(call: Call, messages: readonly SandboxMessage[]): JsonObject {
  const { items, next } = page(messages, call.args)
  const withMetadata = call.args.flag('include_all_metadata')
  return {
    messages: items.map((message) => messageObject(call.workspace, message, withMetadata)),
    has_more: next !== '',
    response_metadata: { next_cursor: next },
  }
}

function scopeFor(channel: SandboxChannel, what: 'read' | 'history'): string {
  if (channel.is_im) return `im:${what}`
  return channel.is_private ? `groups:${what}` : `channels:${what}`
}

function everybody(channel: SandboxChannel): readonly string[] {
  return channel.is_member ? [...channel.members, APP.botUserId] : channel.members
}

function channelObject(call: Call, channel: SandboxChannel): JsonObject {
  const { id, name, is_private, is_im, is_archived, is_ext_shared, is_pending_ext_shared, is_member } = channel
  const created = { created: 1_700_000_000, is_archived, is_org_shared: false, updated: 1_700_000_000_000 }
  if (is_im) return { id, ...created, is_im, user: channel.members[0] ?? '' }
  const teams = [call.workspace.team.id, ...(is_ext_shared ? [OTHER_TEAM.id] : [])]
  const written = { value: '', creator: '', last_set: 0 }
  return {
    id,
    name,
    name_normalized: name,
    ...created,
    is_channel: !is_private,
    is_group: is_private,
    is_im,
    is_mpim: false,
    is_private,
    is_general: false,
    is_shared: is_ext_shared,
    is_ext_shared,
    is_pending_ext_shared,
    pending_shared: [],
    shared_team_ids: teams,
    context_team_id: call.workspace.team.id,
    creator: 'U0ADMIN',
    is_member,
    unlinked: 0,
    topic: written,
    purpose: written,
    previous_names: [],
  }
}
