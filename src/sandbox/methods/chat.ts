import { ApiError, beyond } from '../api-error.ts'
import { messageBlocks } from '../blocks.ts'
import { METADATA_BYTES } from '../choices.ts'
import { isObject, type Json, type JsonObject, textOf } from '../json.ts'
import { messageObject } from '../message-object.ts'
import type { Call } from '../platform.ts'
import { APP } from '../seed.ts'
import { tell } from '../speech.ts'
import type { MessageMetadata, SandboxChannel, SandboxMessage } from '../types.ts'
import type { Draft } from '../workspace.ts'

const TEXT_KEPT = 40_000
const UPDATE_TEXT = 4_000

export function postMessage(call: Call): JsonObject {
  const { args, workspace } = call
  const channel = writable(call, args.required('channel'))
  const draft = draftOf(call)
  const cut = draft.text.length > TEXT_KEPT
  if (draft.thread_ts !== undefined && !workspace.message(channel.id, draft.thread_ts))
    throw new ApiError('cannot_reply_to_message')
  const message = workspace.post(channel.id, { ...draft, text: draft.text.slice(0, TEXT_KEPT) })
  void tell(call.platform, message)
  const warning = { warning: 'message_truncated', response_metadata: { warnings: ['message_truncated'] } }
  return { channel: channel.id, ts: message.ts, message: shown(call, message), ...(cut ? warning : {}) }
}

export function update(call: Call): JsonObject {
  const { args, workspace } = call
  const channel = reachable(call, args.required('channel'))
  const message = workspace.message(channel.id, args.required('ts'))
  if (!message) throw new ApiError('message_not_found')
  if (message.bot_id !== APP.botId) throw new ApiError('cant_update_message')
  if (channel.is_archived) throw new ApiError('is_inactive')
  const text = args.text('text')
  refuseLong('chat.update', text ?? '', UPDATE_TEXT)
  const blocks = args.json('blocks') === undefined ? undefined : messageBlocks(args.json('blocks'))
  const metadata = metadataOf(args.json('metadata'))
  if (text === undefined && blocks === undefined) throw new ApiError('no_text')
  if (text === undefined && message.text === '' && blocks?.length === 0) throw new ApiError('no_text')
  const edited = workspace.edit(message, {
    ...(text === undefined ? {} : { text }),
    ...(blocks === undefined ? {} : { blocks }),
    ...(metadata === undefined ? {} : { metadata }),
  })
  return { channel: channel.id, ts: message.ts, text: edited.text, message: shown(call, edited) }
}

export function remove(call: Call): JsonObject {
  const { args, workspace } = call
  const channel = reachable(call, args.required('channel'))
  const message = workspace.message(channel.id, args.required('ts'))
  if (!message) throw new ApiError('message_not_found')
  if (message.bot_id !== APP.botId) throw new ApiError('cant_delete_message')
  workspace.remove(message)
  return { channel: channel.id, ts: message.ts }
}

export function postEphemeral(call: Call): JsonObject {
  const { args, workspace } = call
  const channel = writable(call, args.required('channel'))
  const user = args.required('user')
  if (!channel.members.includes(user)) throw new ApiError('user_not_in_channel')
  const { metadata: _, ...draft } = draftOf(call)
  refuseLong('chat.postEphemeral', draft.text, TEXT_KEPT)
  return { message_ts: workspace.whisper(user, channel.id, draft).ts }
}

export function getPermalink(call: Call): JsonObject {
  const channel = reachable(call, call.args.required('channel'))
  const message = call.workspace.message(channel.id, call.args.required('message_ts'))
  if (!message) throw new ApiError('message_not_found')
  const path = `/archives/${channel.id}/p${message.ts.replace('.', '')}`
  return { channel: channel.id, permalink: call.platform.url() + path }
}

/** A channel the bot may know of: a private one without it is not there. */
export function reachable(call: Call, idOrName: string): SandboxChannel {
  const channel = call.workspace.channel(idOrName)
  if (!channel || (channel.is_private && !channel.is_member)) throw new ApiError('channel_not_found')
  return channel
}

function writable(call: Call, target: string): SandboxChannel {
  const { workspace } = call
  if (workspace.users.has(target)) return workspace.dm(target)
  const channel = reachable(call, target)
  if (channel.is_archived) throw new ApiError('is_archived')
  if (!channel.is_member && !workspace.scopes.includes('chat:write.public')) throw new ApiError('not_in_channel')
  return channel
}

function refuseLong(method: string, text: string, most: number): void {
  if (text.length > most)
    throw beyond('msg_too_long', `${method} takes a text of ${most} characters; this one has ${text.length}`)
}

function draftOf(call: Call): Draft {
  const { args } = call
  const blocks = messageBlocks(args.json('blocks'))
  const text = args.text('text') ?? ''
  if (text === '' && blocks.length === 0) throw new ApiError('no_text')
  const metadata = metadataOf(args.json('metadata'))
  const thread = args.text('thread_ts')
  return {
    text,
    blocks,
    ...(metadata === undefined ? {} : { metadata }),
    ...(thread === undefined ? {} : { thread_ts: thread }),
  }
}

/** `event_type` and an `event_payload` that is flat or one level deep. */
function metadataOf(metadata: Json | undefined): MessageMetadata | undefined {
  if (metadata === undefined || metadata === null || metadata === '') return undefined
  if (!isObject(metadata)) throw new ApiError('invalid_metadata_format')
  const { event_type, event_payload } = metadata
  if (textOf(event_type) === '' || !isObject(event_payload)) throw new ApiError('invalid_metadata_schema')
  if (!Object.values(event_payload).every((value) => shallow(value, 1))) throw new ApiError('invalid_metadata_schema')
  const bytes = Buffer.byteLength(JSON.stringify(metadata))
  if (bytes > METADATA_BYTES)
    throw beyond('metadata_too_large', `metadata may have ${METADATA_BYTES} bytes; this has ${bytes}`)
  return { event_type: textOf(event_type), event_payload }
}

function shallow(value: Json | undefined, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  // A list does not count as a level: lists of flat objects are allowed.
  if (Array.isArray(value))
    return value.every((each: Json) => (isObject(each) ? shallow(each, levels) : shallow(each, 0)))
  return Object.values(value).every((each) => shallow(each, levels - 1))
}

function shown(call: Call, message: SandboxMessage): JsonObject {
  return messageObject(call.workspace, message)
}
