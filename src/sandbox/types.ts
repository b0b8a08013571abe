import type { Json, JsonObject } from './json.ts'

/** Lists replace those of the default workspace; what is absent stays as it is there. */
export interface WorkspaceSeed {
  team?: { id: string; domain: string; name: string }
  users?: readonly NewUser[]
  groups?: readonly (Partial<SandboxGroup> & { id: string; handle: string })[]
  channels?: readonly (Partial<SandboxChannel> & { id: string; name: string })[]
  /** OAuth scopes of the bot token. */
  scopes?: readonly string[]
  /** Bot events the app is subscribed to. */
  events?: readonly string[]
  /** The app's display name. */
  appName?: string
  commands?: readonly SlashCommand[]
  shortcuts?: readonly Shortcut[]
}

/** A slash command of the app, as its manifest declares it. */
export interface SlashCommand {
  /** With its slash. */
  command: string
  description: string
  usage_hint: string
  /** @names and #channels reach the app as ids, and `&`, `<`, `>` as entities. */
  should_escape: boolean
}

export interface Shortcut {
  name: string
  type: 'message' | 'global'
  callback_id: string
  description: string
}

interface UserProfile {
  email?: string
  real_name: string
  display_name: string
  title: string
}

export interface SandboxUser {
  id: string
  team_id: string
  /** The handle, without @. */
  name: string
  real_name: string
  deleted: boolean
  is_admin: boolean
  is_owner: boolean
  is_bot: boolean
  is_workflow_bot: boolean
  is_restricted: boolean
  is_ultra_restricted: boolean
  is_stranger: boolean
  is_invited_user: boolean
  is_email_confirmed: boolean
  tz: string
  /** Seconds. */
  updated: number
  profile: UserProfile
}

export type UserPatch = Partial<Omit<SandboxUser, 'id' | 'profile'>> & { profile?: Partial<UserProfile> }
export type NewUser = UserPatch & { id: string; name: string }

export interface SandboxGroup {
  id: string
  /** Without @. */
  handle: string
  name: string
  description: string
  users: readonly string[]
  is_external: boolean
  /** Seconds; 0 while the group is enabled. */
  date_delete: number
  date_update: number
}

export interface SandboxChannel {
  id: string
  name: string
  is_private: boolean
  is_im: boolean
  is_archived: boolean
  is_ext_shared: boolean
  is_pending_ext_shared: boolean
  /** Whether the app's bot is in it. */
  is_member: boolean
  /** User ids, without the bot's. */
  members: readonly string[]
}

export interface MessageMetadata {
  event_type: string
  event_payload: JsonObject
}

export interface SandboxMessage {
  ts: string
  channel: string
  user: string
  bot_id?: string
  text: string
  blocks: readonly JsonObject[]
  metadata?: MessageMetadata
  thread_ts?: string
  edited?: { user: string; ts: string }
}

/** Seen by one person only, never in history, never changed by chat.update. */
export interface EphemeralMessage {
  ts: string
  channel: string
  text: string
  blocks: readonly JsonObject[]
  thread_ts?: string
}

/** A modal or Home as Slack stores and sends it. */
export interface View {
  id: string
  team_id: string
  type: 'modal' | 'home'
  title: JsonObject | null
  submit: JsonObject | null
  close: JsonObject | null
  blocks: readonly JsonObject[]
  private_metadata: string
  callback_id: string
  external_id: string
  state: { values: Record<string, Record<string, JsonObject>> }
  hash: string
  clear_on_close: boolean
  notify_on_close: boolean
  root_view_id: string
  previous_view_id: string | null
  app_id: string
  app_installed_team_id: string
  bot_id: string
}

export type TokenKind = 'bot' | 'app' | 'none' | 'unknown'

export interface ApiCall {
  /** Its place in the order of calls, from 1. */
  readonly seq: number
  readonly method: string
  /** Blocks, views and metadata parsed; the token left out. */
  readonly args: JsonObject
  /** Milliseconds since 1970. */
  readonly at: number
  /** 'ok', Slack's error, an HTTP status, the kind of a planned fault, or 'pending' while it is being answered. */
  readonly outcome: string
  /** The limits it broke, in Slack's words: `[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]`. */
  readonly problems?: readonly string[]
  readonly tokenKind: TokenKind
}

export type Fault = { method: string; times?: number; channel?: string } & (
  | { kind: 'error'; error: string }
  | { kind: 'ratelimited'; retryAfter?: number | null }
  | { kind: 'status'; status: number }
  | { kind: 'timeout_after_commit' }
  | { kind: 'timeout_before_commit' }
  | { kind: 'reset_after_commit' }
  | { kind: 'status_after_commit'; status: number }
  | { kind: 'slow'; ms: number }
  | { kind: 'malformed' }
)

/**
 * What is put into an element: text or the value of what is chosen; of several their list, or, where no value has a comma,
 * a text joined by commas; of a rich_text_input its words or the rich_text block.
 */
export type Filled = string | readonly string[] | JsonObject

/** What may go wrong on the way to the app. `times` absent: until it is taken away. */
export type DeliveryFault = { times?: number; kinds?: readonly DeliveryKind[] } & (
  | { kind: 'duplicate'; copies: number }
  | { kind: 'late'; ms: number }
  | { kind: 'lost' }
)

export type DeliveryKind = 'interactive' | 'slash_commands' | 'events_api'

/** How the app answered one delivery. */
export interface DeliveryResult {
  acked: boolean
  ackMs: number
  /** HTTP mode only. */
  status?: number
  body?: Json
  /** What Slack would show the person. */
  error?: string
}

export interface DeliverOptions {
  copies?: number
  /** Signed, but with a clock that is off by so much. HTTP mode only, as the next two. */
  timestampOffsetSeconds?: number
  signature?: 'wrong'
  contentType?: string
}

/** One delivery and what became of it, for whoever looks for a fault. */
export interface DeliveryRecord {
  /** Its place in the order of deliveries, from 1. */
  readonly seq: number
  readonly kind: DeliveryKind
  /** What it is about: `block_actions countersign:approve`, `/approvals help`, `app_home_opened`. */
  readonly about: string
  readonly user?: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** Absent while the app has not answered. */
  readonly result?: DeliveryResult
  /** What in the app's answer broke a limit or a rule, in Slack's words. */
  readonly problems?: readonly string[]
  readonly payload: JsonObject
}

/** One delivery, verbatim: the signed HTTP request, or in Socket Mode the payload as JSON without headers. */
export interface Delivery {
  readonly kind: DeliveryKind
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly payload: JsonObject
}

export type DisconnectReason = 'warning' | 'refresh_requested' | 'too_many_websockets' | 'link_disabled' | 'cut'
