import { z } from '@hono/zod-openapi'
import { isObject, type Json, type JsonObject } from '../json.ts'
import type {
  DeliveryFault,
  DisconnectReason,
  Fault,
  Filled,
  NewUser,
  SandboxChannel,
  SandboxGroup,
  UserPatch,
} from '../types.ts'
import type { Deeds } from '../wire.ts'

/** `T` as a schema sees it: JSON has no `undefined`, but zod's optional members do. */
type Written<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]: Record<never, never> extends Pick<T, K> ? Written<T[K]> | undefined : Written<T[K]> }
    : T
type Schema<T> = z.ZodType<Written<T>>

const id = z.string().min(1).max(255)
const text = z.string().max(100_000)
const names = z.array(id).max(10_000)

const richText = z
  .custom<JsonObject>((value) => isObject(value as Json) && (value as JsonObject).type === 'rich_text')
  .openapi({ type: 'object', description: 'a rich_text block' })
const filled: z.ZodType<Filled> = z.union([text, z.array(text).max(1_000), richText]).openapi({
  description:
    'text or a value; several values as a list, or joined by commas where none has one; rich text as its block',
})
const typing = { actionId: id, blockId: id.optional(), typed: text }

/** The body of each deed of a person. */
export const deeds: { readonly [D in keyof Deeds]: Schema<Deeds[D]> } = {
  click: z.strictObject({
    channel: id,
    ts: id,
    actionId: id,
    blockId: id.optional(),
    choice: filled.optional().openapi({ description: 'what is chosen in a select, picker, checkbox or overflow' }),
    overrideValue: text.optional().openapi({ description: 'a value that the button never had: a forged click' }),
  }),
  'click-in-view': z.strictObject({ viewId: id, actionId: id, blockId: id.optional(), choice: filled.optional() }),
  suggest: z.union([z.strictObject({ channel: id, ts: id, ...typing }), z.strictObject({ viewId: id, ...typing })]),
  command: z.strictObject({
    name: id.openapi({ example: '/approvals' }),
    text,
    channel: id.optional(),
  }),
  submit: z.strictObject({
    viewId: id,
    values: z.record(z.string(), z.record(z.string(), filled)).openapi({ description: 'values[block_id][action_id]' }),
  }),
  close: z.strictObject({ viewId: id }),
  'open-home': z.strictObject({}),
  say: z.strictObject({ channel: id, text, threadTs: id.optional() }),
  shortcut: z.strictObject({ callbackId: id }),
  'message-shortcut': z.strictObject({ channel: id, ts: id, callbackId: id }),
}

const target = {
  method: id.openapi({ description: 'a Web API method, or * for every one', example: 'chat.postMessage' }),
  times: z.int().min(1).optional(),
  channel: id.optional(),
}
const status = z.int().min(200).max(599)
const of = <K extends string>(kind: K) => z.literal(kind)

const apiFault: Schema<Fault> = z.discriminatedUnion('kind', [
  z.strictObject({ ...target, kind: of('error'), error: id }),
  z.strictObject({ ...target, kind: of('ratelimited'), retryAfter: z.int().min(0).nullable().optional() }),
  z.strictObject({ ...target, kind: of('status'), status }),
  z.strictObject({ ...target, kind: of('timeout_after_commit') }),
  z.strictObject({ ...target, kind: of('timeout_before_commit') }),
  z.strictObject({ ...target, kind: of('reset_after_commit') }),
  z.strictObject({ ...target, kind: of('status_after_commit'), status }),
  z.strictObject({ ...target, kind: of('slow'), ms: z.int().min(0).max(600_000) }),
  z.strictObject({ ...target, kind: of('malformed') }),
])

const way = {
  times: z.int().min(1).optional(),
  kinds: z
    .array(z.enum(['interactive', 'slash_commands', 'events_api']))
    .min(1)
    .optional(),
}

const deliveryFault: Schema<DeliveryFault> = z.discriminatedUnion('kind', [
  z.strictObject({ ...way, kind: of('duplicate'), copies: z.int().min(2).max(20) }),
  z.strictObject({ ...way, kind: of('late'), ms: z.int().min(0).max(600_000) }),
  z.strictObject({ ...way, kind: of('lost') }),
])

/** What may be planned to go wrong: with calls of the Web API, or on the way to the app. */
export const fault = z
  .union([z.strictObject({ api: apiFault }), z.strictObject({ delivery: deliveryFault })])
  .openapi('Fault')

const flag = z.boolean().optional()
const line = z.string().max(1_000).optional()
const person = {
  team_id: line,
  real_name: line,
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
  tz: line,
  updated: z.int().optional(),
  profile: z.strictObject({ email: line, real_name: line, display_name: line, title: line }).optional(),
}
export const userPatch: Schema<UserPatch> = z.strictObject({ name: id.optional(), ...person })
export const newUser: Schema<NewUser> = z.strictObject({
  id: z.string().regex(/^[UW][A-Z0-9]{2,30}$/, 'must be U or W, and then capitals and digits, such as U0ZOE'),
  name: id,
  ...person,
})
export const groupPatch: Schema<Partial<Omit<SandboxGroup, 'id'>>> = z.strictObject({
  handle: id.optional(),
  name: line,
  description: line,
  users: names.optional(),
  is_external: flag,
  date_delete: z.int().optional(),
  date_update: z.int().optional(),
})
export const channelPatch: Schema<Partial<Omit<SandboxChannel, 'id'>>> = z.strictObject({
  name: id.optional(),
  is_private: flag,
  is_im: flag,
  is_archived: flag,
  is_ext_shared: flag,
  is_pending_ext_shared: flag,
  is_member: flag,
  members: names.optional(),
})

const reasons = ['warning', 'refresh_requested', 'too_many_websockets', 'link_disabled', 'cut'] as const
export const disconnect: z.ZodType<{ reason: DisconnectReason }> = z.strictObject({ reason: z.enum(reasons) })
export const advance = z.strictObject({
  advanceMs: z
    .int()
    .min(0)
    .max(10 * 366 * 86_400_000),
})
export const requestUrl = z.strictObject({
  url: z
    .url({ protocol: /^http$/ })
    .nullable()
    .openapi({ description: 'where signed deliveries go; null is Socket Mode' }),
})
