import { z } from '@hono/zod-openapi'
import { emailIdentity } from '../approval/principal.ts'
import type { JsonObject } from '../approval/request.ts'
import { digest, line, text, wholeNumber } from './texts.ts'

/** Dotted lower-case words. */
const ACTION = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/
/** RFC 6901. */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/
const SLACK_USER = /^[UW][A-Z0-9]{2,30}$/

/** Any JSON object: the gate in front of the schema has seen to it that it is one kept exactly. */
export const jsonObject = z
  .custom<JsonObject>((value) => value !== null && typeof value === 'object' && !Array.isArray(value), {
    error: 'must be an object',
  })
  .openapi({ type: 'object', additionalProperties: true })

const onBehalfOf = z
  .strictObject({
    email: z
      .string()
      .max(254, 'must be at most 254 characters long')
      .refine((address) => emailIdentity(address) !== null, 'must be an e-mail address in ASCII')
      .optional(),
    slack_user_id: z.string().regex(SLACK_USER, 'must be a Slack user id such as U0ALICE').optional(),
  })
  .refine((human) => (human.email === undefined) !== (human.slack_user_id === undefined), {
    error: 'must have either email or slack_user_id',
  })
  .openapi({ minProperties: 1, maxProperties: 1 })

const agent = z.strictObject({
  name: line(128),
  model: line(128).optional(),
  provider: line(128).optional(),
  run_id: line(256).optional(),
  tool_call_id: line(256).optional(),
  prompt: text(16_000).optional(),
})

const context = z.strictObject({
  risk: z.enum(['low', 'medium', 'high', 'critical'], 'must be low, medium, high or critical').optional(),
  reversible: z.boolean('must be true or false').optional(),
  data: z
    .array(z.strictObject({ name: line(200), classification: line(100).optional() }))
    .max(50, 'must have at most 50 items')
    .optional(),
  links: z
    .array(
      z.strictObject({
        title: line(150),
        url: z.string().max(2000).refine(isWebAddress, 'must be an http or https URL'),
      }),
    )
    .max(20, 'must have at most 20 items')
    .optional(),
  diff: text(30_000).optional(),
  details: jsonObject.optional(),
})

/** A link that a person may click: nothing that runs (`javascript:`), nothing that hides where it goes (user info). */
function isWebAddress(address: string): boolean {
  const url = URL.parse(address)
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === ''
  )
}

/** Body of POST /v1/requests. */
export const askBody = z
  .strictObject({
    action: z
      .string()
      .min(1, 'must not be empty')
      .max(128, 'must be at most 128 characters long')
      .regex(ACTION, 'must be dotted lower-case words of a-z, 0-9, _ and -, such as data.export')
      .openapi({ example: 'data.export' }),
    resource: line(512).optional(),
    environment: line(64).optional(),
    params: jsonObject.optional(),
    sensitive: z
      .array(z.string().regex(POINTER, 'must be a JSON Pointer into params, such as /password'))
      .max(50, 'must have at most 50 items')
      .optional(),
    title: line(150).optional(),
    reason: text(2000).optional(),
    requester: z.strictObject({ on_behalf_of: onBehalfOf.optional(), agent: agent.optional() }).optional(),
    context: context.optional(),
    ttl_seconds: wholeNumber(1, 2_592_000).optional(),
    grant_ttl_seconds: wholeNumber(1, 86_400).optional(),
  })
  .openapi('Ask')

export type AskBody = z.infer<typeof askBody>

const executionId = line(256).openapi({ description: 'Names one run: the same id gets the same answer for ever.' })

/** Body of POST /v1/requests/{id}/consume. */
export const consumeBody = z
  .strictObject({
    execution_id: executionId,
    payload_digest: digest.optional(),
    params: jsonObject.optional(),
    grant: z.string().max(8192, 'must be at most 8192 characters long').optional(),
  })
  .refine((use) => (use.payload_digest === undefined) !== (use.params === undefined), {
    error: 'must have either payload_digest or params',
  })
  .openapi('Use')

/** Body of POST /v1/requests/{id}/complete. */
export const completeBody = z
  .strictObject({
    execution_id: executionId,
    status: z.enum(['succeeded', 'failed'], 'must be succeeded or failed'),
    summary: text(2000).optional(),
    result_digest: digest.optional(),
  })
  .openapi('Completion')

/** Body of POST /v1/requests/{id}/decisions. */
export const decisionBody = z
  .strictObject({
    verdict: z.enum(['approve', 'deny', 'withdraw'], 'must be approve, deny or withdraw'),
    reason: text(2000).optional(),
    payload_digest: digest.openapi({ description: 'Of the request, as you have read it.' }),
  })
  .openapi('DecisionBody')

/** Body of POST /v1/requests/{id}/cancel. */
export const cancelBody = z.strictObject({ reason: text(2000).optional() }).openapi('Cancellation')
