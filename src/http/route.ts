import { createRoute, type RouteConfig, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Exchange } from './exchange.ts'
import type { House } from './parts.ts'
import { PROBLEMS, type ProblemCode } from './problem.ts'

/** Hono hands on which exchange it routes; everything else of it stays behind. */
type Routed = Context<{ Bindings: Exchange }>

/** One route: what the description says of it and what it does. */
export interface Route {
  readonly doc: RouteConfig
  answer(house: House, exchange: Exchange, routed: Routed): Promise<Response> | Response
}

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem')

/** What every authenticated route may answer beside its own statuses; other codes are added by name. */
const EVERYWHERE: readonly ProblemCode[] = [
  ...(['unauthenticated', 'insufficient_scope', 'internal', 'storage_unavailable'] as const),
  // Of a token: whom to trust, and their keys.
  ...(['policy_unavailable', 'issuer_unavailable'] as const),
]

/** The description of problems: one entry for each status, naming its codes. */
export function problems(...codes: readonly ProblemCode[]): RouteConfig['responses'] {
  const byStatus = Map.groupBy(new Set([...EVERYWHERE, ...codes]), (code) => PROBLEMS[code][0])
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      { description: names.join(', '), content: { 'application/problem+json': { schema: problem } } },
    ]),
  )
}

/** What is wrong with a body that never reaches its route. */
export const BODY_PROBLEMS: readonly ProblemCode[] = [
  'invalid_json',
  'invalid_encoding',
  'duplicate_key',
  'payload_too_large',
  'unsupported_media_type',
  'validation_failed',
  'number_not_exact',
]

export const requestId = z.object({
  id: z.string().openapi({ param: { name: 'id', in: 'path' }, example: 'req_0199b7a4-0000-7000-8000-000000000000' }),
})

export const json = <T extends z.ZodType>(schema: T) => ({ 'application/json': { schema } })

/** A route that needs a client key, or a token of an issuer that the policy trusts. */
export const secured = (doc: Omit<RouteConfig, 'security' | 'tags'>): RouteConfig =>
  createRoute({ ...doc, tags: ['requests'], security: [{ clientKey: [] }, { token: [] }] })

/** A route for people: it needs a token of a person. */
export const personal = (doc: Omit<RouteConfig, 'security' | 'tags'>): RouteConfig =>
  createRoute({ ...doc, tags: ['requests'], security: [{ token: [] }] })

/** A route that anybody may read. */
export const open = (doc: Omit<RouteConfig, 'security' | 'tags'>): RouteConfig =>
  createRoute({ ...doc, tags: ['house'] })
