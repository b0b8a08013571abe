import { nextTs } from './ids.ts'
import type { JsonObject } from './json.ts'
import { APP, fullSeed, OTHER_TEAM } from './seed.ts'
import type {
  EphemeralMessage,
  MessageMetadata,
  SandboxChannel,
  SandboxGroup,
  SandboxMessage,
  SandboxUser,
  Shortcut,
  SlashCommand,
  WorkspaceSeed,
} from './types.ts'

export interface Draft {
  text: string
  blocks: readonly JsonObject[]
  metadata?: MessageMetadata
  thread_ts?: string
}

const NONE: readonly never[] = []

/** The state of the workspace: who is there, what was said. Rules live in the methods. */
export class Workspace {
  readonly team: { id: string; domain: string; name: string }
  readonly users = new Map<string, SandboxUser>()
  readonly groups = new Map<string, SandboxGroup>()
  readonly channels = new Map<string, SandboxChannel>()
  readonly scopes: readonly string[]
  readonly events: readonly string[]
  readonly appName: string
  readonly commands: readonly SlashCommand[]
  readonly shortcuts: readonly Shortcut[]
  installed: 'yes' | 'revoked' | 'uninstalled' = 'yes'
  readonly #messages = new Map<string, readonly SandboxMessage[]>()
  readonly #deleted = new Map<string, SandboxMessage>()
  readonly #ephemerals = new Map<string, readonly EphemeralMessage[]>()

  constructor(seed: WorkspaceSeed | undefined) {
    const full = fullSeed(seed)
    this.team = full.team
    this.scopes = full.scopes
    this.events = full.events
    this.appName = full.appName
    this.commands = full.commands
    this.shortcuts = full.shortcuts
    for (const user of full.users) this.users.set(user.id, user)
    for (const group of full.groups) this.groups.set(group.id, group)
    for (const channel of full.channels) this.channels.set(channel.id, channel)
  }

  user(id: string): SandboxUser {
    const user = this.users.get(id)
    if (!user) throw new Error(`no user ${id} in the sandbox; there are ${[...this.users.keys()].join(', ')}`)
    return user
  }

  /** By id or name, as Slack resolves the channel of a post. */
  channel(idOrName: string): SandboxChannel | undefined {
    const name = idOrName.replace(/^#/, '')
    return this.channels.get(idOrName) ?? [...this.channels.values()].find((channel) => channel.name === name)
  }

  /** The conversation between the app and one person, opened if need be. */
  dm(userId: string): SandboxChannel {
    const id = `D${userId.slice(1)}`
    const open = this.channels.get(id)
    if (open) return open
    const channel: SandboxChannel = {
      id,
      name: 'directmessage',
      is_private: false,
      is_im: true,
      is_archived: false,
      is_ext_shared: false,
      is_pending_ext_shared: false,
      is_member: true,
      members: [userId],
    }
    this.channels.set(id, channel)
    return channel
  }

  teamOf(user: SandboxUser): { id: string; domain: string } {
    return user.team_id === this.team.id
      ? { id: this.team.id, domain: this.team.domain }
      : { id: user.team_id, domain: OTHER_TEAM.domain }
  }

  /** The same list while nothing in the channel changes; a message that changes is another object. */
  messages(channel: string): readonly SandboxMessage[] {
    return this.#messages.get(channel) ?? NONE
  }

  message(channel: string, ts: string): SandboxMessage | undefined {
    return this.#messages.get(channel)?.find((message) => message.ts === ts)
  }

  /** A message that was deleted: a click on it may still be under way. */
  deletedMessage(channel: string, ts: string): SandboxMessage | undefined {
    return this.#deleted.get(`${channel} ${ts}`)
  }

  /** The app's own message. */
  post(channel: string, draft: Draft): SandboxMessage {
    return this.#append({ ts: nextTs(), channel, user: APP.botUserId, bot_id: APP.botId, ...draft })
  }

  /** A person's. */
  say(userId: string, channel: string, draft: Draft): SandboxMessage {
    return this.#append({ ts: nextTs(), channel, user: userId, ...draft })
  }

  /** The answers to a message, the oldest first. */
  replies(parent: SandboxMessage): readonly SandboxMessage[] {
    return this.messages(parent.channel).filter(({ ts, thread_ts }) => thread_ts === parent.ts && ts !== parent.ts)
  }

  edit(old: SandboxMessage, change: Partial<Draft>): SandboxMessage {
    const message = { ...old, ...change, edited: { user: APP.botUserId, ts: nextTs() } }
    this.#put(old, [message])
    return message
  }

  remove(message: SandboxMessage): void {
    this.#deleted.set(`${message.channel} ${message.ts}`, message)
    this.#put(message, [])
  }

  ephemerals(userId: string): readonly EphemeralMessage[] {
    return this.#ephemerals.get(userId) ?? NONE
  }

  whisper(userId: string, channel: string, draft: Draft): EphemeralMessage {
    const { metadata: _, ...seen } = draft
    const message: EphemeralMessage = { ts: nextTs(), channel, ...seen }
    this.#ephemerals.set(userId, [...this.ephemerals(userId), message])
    return message
  }

  /** Replaces an ephemeral message, or takes it away where there is no `next`. */
  rewhisper(userId: string, ts: string, next?: Draft): void {
    const changed = this.ephemerals(userId).flatMap((message) => {
      if (message.ts !== ts) return [message]
      return next ? [{ ...message, text: next.text, blocks: next.blocks }] : []
    })
    this.#ephemerals.set(userId, changed)
  }

  #append(message: SandboxMessage): SandboxMessage {
    this.#messages.set(message.channel, [...this.messages(message.channel), message])
    return message
  }

  #put(old: SandboxMessage, instead: SandboxMessage[]): void {
    const all = this.#messages.get(old.channel) ?? []
    this.#messages.set(
      old.channel,
      all.flatMap((message) => (message.ts === old.ts ? instead : [message])),
    )
  }
}
