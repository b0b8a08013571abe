import { z } from '@hono/zod-openapi'
import { fault } from './bodies.ts'

/** The shapes that the control API answers with, as its description shows them; ../wire.ts has them as types. */

const json = z.record(z.string(), z.unknown()).openapi({ description: 'JSON as the app sent it, or as Slack sends it' })
const blocks = z.array(json)
const flag = z.boolean()

const user = z
  .object({
    id: z.string(),
    team_id: z.string(),
    name: z.string().openapi({ description: 'the handle, without @' }),
    real_name: z.string(),
    deleted: flag,
    is_admin: flag,
    is_owner: flag,
    is_bot: flag,
    is_workflow_bot: flag,
    is_restricted: flag,
    is_ultra_restricted: flag,
    is_stranger: flag,
    is_invited_user: flag,
    is_email_confirmed: flag,
    tz: z.string(),
    updated: z.int(),
    profile: z.object({
      email: z.string().optional(),
      real_name: z.string(),
      display_name: z.string(),
      title: z.string(),
    }),
  })
  .openapi('User')

const group = z
  .object({
    id: z.string(),
    handle: z.string(),
    name: z.string(),
    description: z.string(),
    users: z.array(z.string()),
    is_external: flag,
    date_delete: z.int(),
    date_update: z.int(),
  })
  .openapi('Group')

const channel = z
  .object({
    id: z.string(),
    name: z.string(),
    is_private: flag,
    is_im: flag,
    is_archived: flag,
    is_ext_shared: flag,
    is_pending_ext_shared: flag,
    is_member: flag.openapi({ description: 'whether the bot of the app is in it' }),
    members: z.array(z.string()),
  })
  .openapi('Channel')

const command = z
  .object({ command: z.string(), description: z.string(), usage_hint: z.string(), should_escape: flag })
  .openapi('SlashCommand')

const shortcut = z
  .object({
    name: z.string(),
    type: z.enum(['message', 'global']),
    callback_id: z.string(),
    description: z.string(),
  })
  .openapi('Shortcut')

export const facts = z
  .object({
    team: z.object({ id: z.string(), domain: z.string(), name: z.string() }),
    app: z.object({ id: z.string(), name: z.string(), botUserId: z.string(), botId: z.string() }),
    people: z.array(user),
    groups: z.array(group),
    channels: z.array(channel),
    commands: z.array(command),
    shortcuts: z.array(shortcut),
  })
  .openapi('WorkspaceFacts')

export const activeFault = z
  .object({
    id: z.string(),
    fault,
    left: z.int().nullable().openapi({ description: 'how often it will still strike; null: until it is taken away' }),
  })
  .openapi('ActiveFault')

export const standing = z
  .object({
    connections: z.int(),
    requestUrl: z.string().nullable(),
    faults: z.array(activeFault),
    protocolFaults: z.array(z.string()),
  })
  .openapi('Standing')

const message = z
  .object({
    ts: z.string(),
    channel: z.string(),
    user: z.string(),
    bot_id: z.string().optional(),
    text: z.string(),
    blocks,
    metadata: z.object({ event_type: z.string(), event_payload: json }).optional(),
    thread_ts: z.string().optional(),
    edited: z.object({ user: z.string(), ts: z.string() }).optional(),
  })
  .openapi('Message')

const ephemeral = z
  .object({
    ts: z.string(),
    channel: z.string(),
    text: z.string(),
    blocks,
    thread_ts: z.string().optional(),
  })
  .openapi('EphemeralMessage')

const view = z
  .object({ id: z.string(), type: z.enum(['modal', 'home']), blocks, callback_id: z.string(), hash: z.string() })
  .loose()
  .openapi('View')

export const calls = z.array(
  z
    .object({
      seq: z.int(),
      method: z.string(),
      args: json,
      at: z.number(),
      outcome: z.string(),
      problems: z.array(z.string()).optional(),
      tokenKind: z.enum(['bot', 'app', 'none', 'unknown']),
    })
    .openapi('ApiCall'),
)

const result = {
  acked: flag,
  ackMs: z.number(),
  status: z.int().optional(),
  body: z.unknown().optional(),
  error: z.string().optional().openapi({ description: 'what Slack would show the person' }),
}

export const deliveryResult = z.object({ ...result, revision: z.int() }).openapi('DeliveryResult')

export const deliveries = z.array(
  z
    .object({
      seq: z.int(),
      kind: z.enum(['interactive', 'slash_commands', 'events_api']),
      about: z.string(),
      user: z.string().optional(),
      at: z.number(),
      result: z.object(result).optional(),
      problems: z.array(z.string()).optional(),
      payload: json,
    })
    .openapi('DeliveryRecord'),
)

export const patch = z
  .object({
    first: z.literal(true).optional(),
    revision: z.int(),
    now: z.number(),
    workspace: facts.optional(),
    standing: standing.optional(),
    messages: z.array(message).optional(),
    removed: z.array(z.object({ channel: z.string(), ts: z.string() })).optional(),
    people: z
      .record(
        z.string(),
        z.object({
          ephemerals: z.array(ephemeral).optional(),
          modals: z.array(view).optional(),
          home: view.nullable().optional(),
        }),
      )
      .optional(),
    calls: calls.optional(),
    deliveries: deliveries.optional(),
  })
  .openapi('Patch')

export const deedResult = z
  .object({
    ...result,
    errors: z.record(z.string(), z.string()).optional(),
    reply: ephemeral.optional(),
    ts: z.string().optional().openapi({ description: 'of the message that the person wrote' }),
    revision: z.int(),
  })
  .openapi('DeedResult')

export const credentials = z
  .object({
    url: z.string(),
    apiUrl: z.string(),
    botToken: z.string(),
    appToken: z.string(),
    signingSecret: z.string(),
    appId: z.string(),
    teamId: z.string(),
    botUserId: z.string(),
    botId: z.string(),
  })
  .openapi('Credentials')

export const done = z
  .object({ revision: z.int().openapi({ description: 'the revision of the workspace with the change in it' }) })
  .openapi('Done')

export const problem = z
  .object({ error: z.string().openapi({ description: 'what cannot be done, in a sentence' }) })
  .openapi('ControlProblem')
