import { z } from 'zod'
import { emailIdentity, type Identity, slackIdentity } from '../approval/principal.ts'
import { globProblem, literalsOf } from './glob.ts'
import { isDeceptive } from './text.ts'

/**
 * The policy file's shape (CONTRACT section 4), and nothing beyond it. Every message reads on from the field's name:
 * "rules[0].ttl must be …". What one field alone cannot show is judged in `sense.ts`.
 */

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
/** More seats than any real quorum; a typing error must not make the seating work for minutes. */
const MOST_PEOPLE = 100

const duration = (longest: '24h' | '30d') =>
  text(`must be a duration from 1s to ${longest}, such as 45s, 30m, 1h or 2d`, (written) => {
    const ms = durationMs(written)
    return ms !== null && ms <= (durationMs(longest) ?? 0) ? ms : null
  })

function durationMs(written: string): number | null {
  const match = /^([1-9][0-9]{0,8})([smhd])$/.exec(written)
  return match ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] : null
}

/** A text read by `read`, which answers null for what it refuses. */
function text<T>(must: string, read: (written: string) => T | null) {
  return z.string({ error: must }).transform((written, ctx): T => {
    const value = read(written)
    if (value === null) ctx.addIssue({ code: 'custom', message: must })
    return value ?? z.NEVER
  })
}

const word = (must: string, pattern: RegExp) => text(must, (t) => (pattern.test(t) && !isDeceptive(t) ? t : null))
const count = (must: string, most: number) => z.int({ error: must }).min(1, { error: must }).max(most, { error: must })
const people = () => count(`must be a whole number from 1 to ${MOST_PEOPLE}`, MOST_PEOPLE)
const perMinute = () => count('must be a whole number of at least 1', Number.MAX_SAFE_INTEGER)

const userId = word('must be a Slack user id such as U0ALICE ("Copy member ID" in her profile)', /^[UW][A-Z0-9]{2,}$/)
const usergroupId = word('must be a Slack user group id such as S0DATA, not its name', /^S[A-Z0-9]{2,}$/)
const channel = word(
  'must be a Slack channel id such as C0APPROVALS, or "#name" in quotes',
  /^(?:[CGD][A-Z0-9]{2,}|#[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}_-]{1,80})$/u,
)
const ruleId = word(
  'must be 1 to 64 of a-z, 0-9, _ and -, beginning with a letter or digit',
  /^[a-z0-9][a-z0-9_-]{0,63}$/,
)

const userIds = z.array(userId, { error: 'must be a list of Slack user ids' })

/** One glob or a list of them. */
function globs(problem: (pattern: string) => string | null = globProblem) {
  return z.unknown().transform((value, ctx): string[] => {
    const list: unknown[] = Array.isArray(value) ? value : [value]
    if (list.length === 0)
      ctx.addIssue({ code: 'custom', message: 'must not be an empty list: it would match nothing' })
    list.forEach((pattern, i) => {
      const message = typeof pattern === 'string' ? problem(pattern) : 'must be a glob, or a list of globs, in quotes'
      if (message !== null) ctx.addIssue({ code: 'custom', message, path: Array.isArray(value) ? [i] : [] })
    })
    return list.filter((pattern) => typeof pattern === 'string')
  })
}

/** A deny rule for `Data.Export` would silently never apply: actions are lower-case words by contract. */
function actionProblem(pattern: string): string | null {
  if (globProblem(pattern) !== null) return globProblem(pattern)
  if (/^[a-z0-9._-]*$/.test(literalsOf(pattern))) return null
  return 'must use only a-z, 0-9, dot, _ and - beside wildcards: no action has other characters, so it would never match'
}

const identities = (prefix: 'github' | 'gitlab' | 'os', pattern: RegExp) =>
  z.array(
    text(`must be a ${prefix} user name`, (name): Identity | null =>
      pattern.test(name) ? `${prefix}:${name.toLowerCase()}` : null,
    ),
    { error: `must be a list of ${prefix} user names` },
  )

const mapping = <S extends z.core.$ZodShape>(shape: S) =>
  z.strictObject(shape, { error: 'must be a mapping of fields' })

const requirement = mapping({
  from: z.string({ error: 'must be the name of a group defined under groups' }),
  count: people().default(1),
})
const approvals = z.array(requirement, { error: 'must be a list such as [{ from: sre, count: 1 }]' })

const rule = mapping({
  id: ruleId,
  match: mapping({
    action: globs(actionProblem).optional(),
    resource: globs().optional(),
    environment: globs().optional(),
  }),
  effect: z.enum(['allow', 'deny', 'require_approval'], { error: 'must be allow, deny or require_approval' }),
  approvals: approvals.default([]),
  deny_count: people().optional(),
  ttl: duration('30d').optional(),
  grant_ttl: duration('24h').optional(),
  channel: channel.optional(),
  reason_required: z
    .array(z.enum(['approve', 'deny'], { error: 'must be approve or deny' }), {
      error: 'must be a list of approve and deny, such as [deny]',
    })
    .default([]),
})

export const person = mapping({
  slack: z.array(userId.transform(slackIdentity), { error: 'must be a list of Slack user ids' }).default([]),
  emails: z
    .array(text('must be a plain ASCII mail address such as alice@example.com', emailIdentity), {
      error: 'must be a list of mail addresses',
    })
    .default([]),
  github: identities('github', /^[a-z0-9][a-z0-9_-]{0,99}(?:\[bot\])?$/i).default([]),
  gitlab: identities('gitlab', /^[a-z0-9_][a-z0-9_.-]{0,254}$/i).default([]),
  // Accounts of the machine: whoever makes a client on the command line is known by hers.
  os: identities('os', /^[a-z0-9_][a-z0-9_.-]{0,63}$/i).default([]),
})

export const policyFile = mapping({
  version: z.literal(1, { error: 'must be 1' }),
  slack: mapping({ channel, audit_channel: channel.optional() }),
  admins: userIds.default([]),
  groups: z
    .record(z.string(), mapping({ usergroup: usergroupId.optional(), users: userIds.optional() }), {
      error: 'must be a mapping of group names',
    })
    .default({}),
  people: z.array(person, { error: 'must be a list of people' }).default([]),
  defaults: mapping({
    effect: z.enum(['deny', 'require_approval'], { error: 'must be deny or require_approval' }).default('deny'),
    approvals: approvals.default([]),
    ttl: duration('30d').default(UNIT_MS.h),
    grant_ttl: duration('24h').default(5 * UNIT_MS.m),
  }).prefault({}),
  rules: z.array(rule, { error: 'must be a list of rules' }).default([]),
  limits: mapping({
    requests_per_minute: perMinute().default(60),
    pending_per_client: perMinute().default(100),
  }).prefault({}),
  issuers: z
    .array(z.unknown(), { error: 'must be an empty list' })
    .max(0, { error: 'must be empty: trusted OIDC issuers are reserved for a later version of Countersign' })
    .default([]),
  redact: z
    .array(word('must be a key name of 1 to 128 characters', /^\S.{0,127}$/u), { error: 'must be a list of key names' })
    .default([]),
})
export type PolicyFile = z.output<typeof policyFile>

/** Words of the file that a later version will obey. This one would ignore them, which loosens: so they are refused. */
export const LATER: ReadonlySet<string> = new Set([
  'when',
  'late_joiners',
  'must_show',
  'break_glass',
  'step_up',
  'escalate',
  'escalation',
  'reminders',
  'schedule',
  'freeze',
  'delegation',
  'webhooks',
  'retention',
])

/** The field names known at a path of the file; empty where the path leads to no mapping. */
export function knownFields(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = policyFile
  for (const step of path) {
    schema = bare(schema)
    if (schema instanceof z.ZodObject) schema = (schema.shape as Record<string, unknown>)[String(step)]
    else if (schema instanceof z.ZodArray) schema = schema.element
    else if (schema instanceof z.ZodRecord) schema = schema.valueType
  }
  schema = bare(schema)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function bare(schema: unknown): unknown {
  const wrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
  return wrapped ? bare(schema.unwrap()) : schema
}
