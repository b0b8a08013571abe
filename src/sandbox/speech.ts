import { randomUUID } from 'node:crypto'
import { SAID_CHARACTERS } from './choices.ts'
import type { JsonObject } from './json.ts'
import { messageObject } from './message-object.ts'
import { emit, type Platform } from './platform.ts'
import { APP } from './seed.ts'
import { sees } from './sight.ts'
import { escaped } from './typed-text.ts'
import type { SandboxChannel, SandboxMessage } from './types.ts'

/** A person writes a message. Throws the sentence that her client would show where she may not. */
export async function say(
  platform: Platform,
  userId: string,
  on: { channel: string; text: string; threadTs?: string | undefined },
): Promise<SandboxMessage> {
  const { workspace, watch } = platform
  const channel = writable(platform, userId, on.channel)
  if (on.text.trim() === '') throw new Error('a message needs a text')
  if (on.text.length > SAID_CHARACTERS)
    throw new Error(`a message has at most ${SAID_CHARACTERS} characters; this one has ${on.text.length}`)
  const parent = on.threadTs === undefined ? undefined : workspace.message(channel.id, on.threadTs)
  if (on.threadTs !== undefined && !parent) throw new Error(`there is no message ${on.threadTs} in ${channel.name}`)
  // An answer to an answer stands in the same thread.
  const thread = parent ? { thread_ts: parent.thread_ts ?? parent.ts } : {}
  const text = escaped(workspace, on.text, 'message')
  const message = workspace.say(userId, channel.id, { text, blocks: [], ...thread })
  watch.changed()
  await tell(platform, message)
  return message
}

/** The app hears of messages where its bot is, its own included. */
export async function tell(platform: Platform, message: SandboxMessage): Promise<void> {
  const { workspace } = platform
  const channel = workspace.channels.get(message.channel)
  if (!channel?.is_member) return
  const byPerson = message.bot_id === undefined
  const event: JsonObject = {
    ...messageObject(workspace, message, true),
    ...(byPerson ? { client_msg_id: randomUUID() } : {}),
    channel: channel.id,
    event_ts: message.ts,
  }
  const [type, name] = kindOf(channel)
  const mentioned = byPerson && !channel.is_im && message.text.includes(`<@${APP.botUserId}>`)
  await Promise.all([
    emit(platform, { ...event, channel_type: type }, name),
    mentioned ? emit(platform, { ...event, type: 'app_mention' }) : undefined,
  ])
}

function writable({ workspace }: Platform, userId: string, id: string): SandboxChannel {
  const channel = workspace.channels.get(id)
  if (!channel || !sees(workspace, userId, channel)) throw new Error(`${userId} sees no channel ${id}`)
  if (channel.is_archived) throw new Error(`#${channel.name} is archived: nobody can write there`)
  if (!channel.members.includes(userId)) throw new Error(`${userId} must join #${channel.name} to write there`)
  return channel
}

/** channel_type, and the name under which an app subscribes to its messages. */
function kindOf(channel: SandboxChannel): [string, string] {
  if (channel.is_im) return ['im', 'message.im']
  return channel.is_private ? ['group', 'message.groups'] : ['channel', 'message.channels']
}
