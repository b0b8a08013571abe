import type { JsonObject } from './json.ts'
import { APP } from './seed.ts'
import type { SandboxMessage } from './types.ts'
import type { Workspace } from './workspace.ts'

/** A stored message as Slack's API and payloads show it. */
export function messageObject(workspace: Workspace, message: SandboxMessage, withMetadata = true): JsonObject {
  const { channel: _, metadata, ...rest } = message
  return {
    type: 'message',
    ...rest,
    team: workspace.users.get(message.user)?.team_id ?? workspace.team.id,
    ...(message.bot_id === undefined ? {} : { app_id: APP.id, bot_profile: profile(workspace) }),
    ...threadOf(workspace, message),
    ...(withMetadata && metadata ? { metadata: { ...metadata } } : {}),
  }
}

function profile(workspace: Workspace): JsonObject {
  return {
    id: APP.botId,
    app_id: APP.id,
    user_id: APP.botUserId,
    name: workspace.appName,
    icons: {},
    deleted: false,
    updated: 1_700_000_000,
    team_id: workspace.team.id,
  }
}

/** An answer names whom it answers; a message with answers counts them. */
function threadOf(workspace: Workspace, message: SandboxMessage): JsonObject {
  const { channel, ts, thread_ts } = message
  if (thread_ts !== undefined && thread_ts !== ts) {
    const parent = workspace.message(channel, thread_ts)
    return parent ? { parent_user_id: parent.user } : {}
  }
  const replies = workspace.replies(message)
  const last = replies.at(-1)
  if (!last) return {}
  const users = [...new Set(replies.map((reply) => reply.user))]
  return {
    thread_ts: ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    latest_reply: last.ts,
    reply_users: users,
    is_locked: false,
    subscribed: false,
  }
}
