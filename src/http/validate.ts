import type { z } from '@hono/zod-openapi'
import type { JsonObject } from '../approval/request.ts'
import { canonicalJson } from '../audit/canonical.ts'
import { nearest } from './nearest.ts'
import { pointerOf } from './pointer.ts'
import { type Fault, Problem } from './problem.ts'
import type { Body } from './raw-body.ts'

const MAX_PARAMS_BYTES = 48 * 1024
/** A canonical form is less than five times as long as any other: `1e20,` becomes 22 bytes. */
const MOST_GROWTH = 5

/** Fields that the contract names and this version does not act on yet: ignoring one would be a promise broken. */
const LATER: Readonly<Record<string, string>> = {
  callback: 'is not accepted yet: webhooks come in a later version, so ask with wait or read the request instead',
}

/** An answer must stay small and quick to make, whatever a body holds: nobody mends more than these at once. */
export const MOST_FAULTS = 20

/** The body as the schema knows it, its very own strings. @throws {@link Problem} 422 with what is wrong. */
export function validate<T>(schema: z.ZodType<T>, body: Body): T {
  const parsed = schema.safeParse(body.value)
  if (!parsed.success) {
    const { issues } = parsed.error
    throw invalid(firstFaults(issues, schema, body.value), countOf(issues))
  }
  requireSmallParams(body)
  return parsed.data
}

/** 422 with every fault at once. @param count of all faults, where `errors` are only the first ones. */
export function invalid(errors: readonly Fault[], count = errors.length): Problem {
  const [first] = errors
  if (count === 1 && first) {
    return new Problem('validation_failed', `${first.pointer || 'The body'}: ${first.message}.`, { errors })
  }
  const more = count > errors.length ? `, which has the first ${errors.length} of them` : ''
  return new Problem('validation_failed', `${count} fields are not valid: see errors${more}.`, { errors })
}

const countOf = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce((count, issue) => count + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0)

/** Canonical form only where the raw one does not already prove it small: most asks are far below the limit. */
function requireSmallParams({ value, bytes }: Body): void {
  if (bytes * MOST_GROWTH <= MAX_PARAMS_BYTES || value.params === undefined) return
  if (Buffer.byteLength(canonicalJson(value.params)) <= MAX_PARAMS_BYTES) return
  throw invalid([
    { pointer: '/params', code: 'too_long', message: `must be at most ${MAX_PARAMS_BYTES} bytes in canonical form` },
  ])
}

function firstFaults(issues: readonly z.core.$ZodIssue[], schema: z.ZodType, body: JsonObject): readonly Fault[] {
  const first: Fault[] = []
  for (const issue of issues) {
    for (const fault of faultsOf(issue, schema, body)) {
      if (first.push(fault) === MOST_FAULTS) return first
    }
  }
  return first
}

/** One by one, as they are asked for: what nobody will read is not made. */
function* faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType, body: JsonObject): Generator<Fault> {
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schema, issue.path)
    for (const key of issue.keys) yield unknownField([...issue.path, key], key, known)
    return
  }
  const isMissing = issue.code !== 'custom' && valueAt(body, issue.path) === undefined
  yield {
    pointer: pointerOf(issue.path),
    code: isMissing ? 'required' : codeOf(issue),
    message: isMissing ? 'is required' : messageOf(issue),
  }
}

function unknownField(path: readonly PropertyKey[], key: string, known: readonly string[]): Fault {
  const later = path.length === 1 ? LATER[key] : undefined
  if (later) return { pointer: pointerOf(path), code: 'not_supported', message: later }
  const meant = nearest(key, known)
  const hint = meant ? `did you mean "${meant}"?` : `known here: ${known.join(', ')}`
  return { pointer: pointerOf(path), code: 'unknown_field', message: `is not a known field; ${hint}` }
}

/** Zod's own words are for programmers; a type that is wrong is named plainly, and our checks bring their own words. */
const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')
    ? `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`
    : issue.message

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big')
    return issue.origin === 'string' || issue.origin === 'array' ? 'too_long' : 'out_of_range'
  if (issue.code === 'too_small') return issue.origin === 'string' ? 'empty' : 'out_of_range'
  return issue.code === 'invalid_type' ? 'wrong_type' : 'invalid_value'
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, token) =>
      at !== null && typeof at === 'object' && Object.hasOwn(at, token) ? Reflect.get(at, token) : undefined,
    value,
  )
}

/** Names of the fields of the object schema at `path`, read from the schema itself. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at = unwrapped(schema)
  for (const token of path) {
    at = unwrapped(typeof token === 'number' ? inside(at, 'element') : inside(inside(at, 'shape'), String(token)))
  }
  return Object.keys(inside(at, 'shape') ?? {})
}

/** What an optional field holds. */
function unwrapped(schema: object | undefined): object | undefined {
  const inner = inside(schema, 'innerType')
  return inner ? unwrapped(inner) : schema
}

/** A member of a schema's definition, or of the shape that a definition holds. */
function inside(schema: object | undefined, member: string): object | undefined {
  const definition: unknown = schema && 'def' in schema ? schema.def : schema
  const found = definition !== null && typeof definition === 'object' ? Reflect.get(definition, member) : undefined
  return found !== null && typeof found === 'object' ? found : undefined
}
