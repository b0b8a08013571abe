import type { Json } from './json.ts'
import type {
  ApiCall,
  DeliveryFault,
  DeliveryRecord,
  EphemeralMessage,
  Fault,
  Filled,
  SandboxChannel,
  SandboxGroup,
  SandboxMessage,
  SandboxUser,
  Shortcut,
  SlashCommand,
  View,
} from './types.ts'

/**
 * What the control API, its client and the page exchange, as JSON. Paths: `/control/…`; documented in docs/sandbox.md
 * and at `/control/openapi.json`.
 */

/** Who and what there is, whoever looks. */
export interface WorkspaceFacts {
  readonly team: { readonly id: string; readonly domain: string; readonly name: string }
  readonly app: { readonly id: string; readonly name: string; readonly botUserId: string; readonly botId: string }
  readonly people: readonly SandboxUser[]
  readonly groups: readonly SandboxGroup[]
  /** Without direct messages. */
  readonly channels: readonly SandboxChannel[]
  readonly commands: readonly SlashCommand[]
  readonly shortcuts: readonly Shortcut[]
}

/** How the app is connected, and what is broken on purpose. */
export interface Standing {
  /** Open Socket Mode connections of the app. */
  readonly connections: number
  /** Where signed HTTP deliveries go; null is Socket Mode. */
  readonly requestUrl: string | null
  readonly faults: readonly ActiveFault[]
  readonly protocolFaults: readonly string[]
}

export interface ActiveFault {
  readonly id: string
  readonly fault: { readonly api: Fault } | { readonly delivery: DeliveryFault }
  /** How often it will still strike; null is until it is taken away. */
  readonly left: number | null
}

/**
 * One event of `GET /control/live`: what changed since the last one. The first carries everything, and `first: true`.
 * With `?as=U…` it is what this person sees; without, everything there is, of everybody.
 */
export interface Patch {
  readonly first?: true
  /** Grows with every change; an answer of the control API names the one that it led to. */
  readonly revision: number
  /** Milliseconds since 1970 on the sandbox's clock. */
  readonly now: number
  readonly workspace?: WorkspaceFacts
  readonly standing?: Standing
  /** New and changed messages, each whole. */
  readonly messages?: readonly SandboxMessage[]
  readonly removed?: readonly { readonly channel: string; readonly ts: string }[]
  /** Of one person, each list whole when it changed. */
  readonly people?: Readonly<Record<string, PersonPatch>>
  /** New and changed, by `seq`. */
  readonly calls?: readonly ApiCall[]
  readonly deliveries?: readonly DeliveryRecord[]
}

export interface PersonPatch {
  readonly ephemerals?: readonly EphemeralMessage[]
  readonly modals?: readonly View[]
  readonly home?: View | null
}

/** `POST /control/people/{user}/{deed}`: the body of each deed. */
export interface Deeds {
  /** A button or another element of a message. `choice` is the value chosen in a select, picker, checkbox or overflow. */
  click: { channel: string; ts: string; actionId: string; blockId?: string; choice?: Filled; overrideValue?: string }
  'click-in-view': { viewId: string; actionId: string; blockId?: string; choice?: Filled }
  /** Types into an external select; the answer's `body` holds what the app offers. */
  suggest: ({ channel: string; ts: string } | { viewId: string }) & {
    actionId: string
    blockId?: string
    typed: string
  }
  command: { name: string; text: string; channel?: string }
  submit: { viewId: string; values: Record<string, Record<string, Filled>> }
  close: { viewId: string }
  'open-home': Record<string, never>
  say: { channel: string; text: string; threadTs?: string }
  shortcut: { callbackId: string }
  'message-shortcut': { channel: string; ts: string; callbackId: string }
}

/** What a deed came to: how the app answered, and what Slack would show the person. */
export interface DeedResult {
  readonly acked: boolean
  readonly ackMs: number
  readonly status?: number
  /** Slack's sentence for the person, where the app did not answer as it should. */
  readonly error?: string
  /** Of a form: block_id -> sentence. */
  readonly errors?: Readonly<Record<string, string>>
  readonly reply?: EphemeralMessage
  /** Of the message that the person wrote. */
  readonly ts?: string
  readonly body?: Json
  readonly revision: number
}

/** Every refusal of the control API, with 4xx: what cannot be done, in a sentence. */
export interface ControlProblem {
  readonly error: string
}
