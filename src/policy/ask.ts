import { z } from 'zod'
import { emailIdentity } from '../approval/principal.ts'
import { MaskError, mask } from '../approval/redact.ts'
import type { Ask, JsonObject } from '../approval/request.ts'
import type { Policy } from './policy.ts'
import { count, mapping, userId, word } from './words.ts'

/** An ask as it is written down for trying a policy out: the fields of POST /v1/requests. */

const some = (most: number) =>
  z
    .string({ error: `must be a text of 1 to ${most} characters` })
    .min(1, { error: 'must not be empty' })
    .max(most, { error: `must be at most ${most} characters long` })

const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  { error: 'must be a mapping' },
)

const email = z
  .string({ error: 'must be an e-mail address' })
  .refine((address) => emailIdentity(address) !== null, { error: 'must be an e-mail address in ASCII' })

export const onBehalfOf = z.union([mapping({ email }), mapping({ slack_user_id: userId })], {
  error: 'must have either email or slack_user_id',
})

const agent = mapping({
  name: some(128),
  model: some(128).optional(),
  provider: some(128).optional(),
  run_id: some(256).optional(),
  tool_call_id: some(256).optional(),
  prompt: some(16_000).optional(),
})

const context = mapping({
  risk: z.enum(['low', 'medium', 'high', 'critical'], { error: 'must be low, medium, high or critical' }).optional(),
  reversible: z.boolean({ error: 'must be true or false' }).optional(),
  data: z
    .array(mapping({ name: some(200), classification: some(100).optional() }), { error: 'must be a list' })
    .optional(),
  links: z.array(mapping({ title: some(150), url: some(2000) }), { error: 'must be a list' }).optional(),
  diff: some(30_000).optional(),
  details: jsonObject.optional(),
})

export const ask = mapping({
  action: word(
    'must be dotted lower-case words of a-z, 0-9, _ and -, such as data.export',
    /^(?=.{1,128}$)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/,
  ),
  resource: some(512).optional(),
  environment: some(64).optional(),
  params: jsonObject.optional(),
  sensitive: z
    .array(word('must be a JSON Pointer into params such as /password', /^(?:\/(?:[^~/]|~[01])*)*$/), {
      error: 'must be a list of JSON Pointers',
    })
    .optional(),
  title: some(150).optional(),
  reason: some(2000).optional(),
  requester: mapping({ on_behalf_of: onBehalfOf.optional(), agent: agent.optional() }).optional(),
  context: context.optional(),
  ttl_seconds: count('must be a whole number of seconds', 2_592_000).optional(),
  grant_ttl_seconds: count('must be a whole number of seconds', 86_400).optional(),
})

/**
 * As the service would store and judge it: masked.
 * @returns why it would be refused, where it would.
 */
export function asStored(written: Ask, policy: Policy): Ask | { readonly refused: string } {
  try {
    return mask(written, policy.redact)
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    return { refused: `${error.pointer} ${error.message}` }
  }
}
