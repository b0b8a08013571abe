import { z } from 'zod'
import { issuer, keyName, person } from './schema-people.ts'
import { approvals, rule, zone } from './schema-rule.ts'
import { channel, count, duration, GROUP_NAME, mapping, UNIT_MS, usergroupId, userIds } from './words.ts'

/**
 * The policy file's shape (CONTRACT section 4), and nothing beyond it. What one field alone cannot show is judged in
 * `sense.ts`.
 */
const perMinute = () => count('must be a whole number of at least 1', Number.MAX_SAFE_INTEGER)

export const policyFile = mapping({
  version: z.literal(1, { error: 'must be 1' }),
  slack: mapping({
    channel: channel.describe('Where requests are announced, unless a rule says otherwise.'),
    audit_channel: channel.optional().describe('Alarms, policy changes, broken glass.'),
  }),
  admins: userIds.default([]).describe('Who may use the admin verbs of /approvals.'),
  groups: z
    .record(
      z.string().meta({ pattern: GROUP_NAME.source }),
      mapping({
        usergroup: usergroupId.optional().describe('A Slack user group, read at each click.'),
        users: userIds.optional().describe('A fixed list.'),
      }),
      { error: 'must be a mapping of group names' },
    )
    .default({}),
  people: z
    .array(person, { error: 'must be a list of people' })
    .default([])
    .describe('The accounts of one human, joined.'),
  unresolved_requester: z
    .enum(['deny', 'allow'], { error: 'must be deny or allow' })
    .default('deny')
    .describe('What becomes of an ask whose human nobody can name.'),
  defaults: mapping({
    effect: z.enum(['deny', 'require_approval'], { error: 'must be deny or require_approval' }).default('deny'),
    approvals: approvals.default([]),
    ttl: duration('30d').default(UNIT_MS.h),
    grant_ttl: duration('24h').default(5 * UNIT_MS.m),
    zone: zone.optional().describe('Time zone of every window that names none.'),
  })
    .prefault({})
    .describe('What applies where no rule does.'),
  rules: z
    .array(rule, { error: 'must be a list of rules' })
    .default([])
    .describe('All that match apply together, in any order: deny wins, requirements add up, the shortest time wins.'),
  limits: mapping({
    requests_per_minute: perMinute().default(60),
    pending_per_client: perMinute().default(100),
  }).prefault({}),
  issuers: z.array(issuer, { error: 'must be a list of issuers' }).default([]).describe('Whose OIDC tokens are taken.'),
  redact: z
    .array(keyName, { error: 'must be a list of key names' })
    .default([])
    .describe('More parameter names whose values are masked.'),
})
export type PolicyFile = z.output<typeof policyFile>

/** Words of the file that a later version will obey. This one would ignore them, which loosens: so they are refused. */
export const LATER: ReadonlySet<string> = new Set([
  'step_up',
  'escalate',
  'escalation',
  'reminders',
  'delegation',
  'webhooks',
  'retention',
])

/** The field names known at a path of the file; empty where the path leads to no mapping. */
export function knownFields(path: readonly PropertyKey[], file: z.ZodType = policyFile): readonly string[] {
  let schema: unknown = file
  for (const step of path) schema = below(bare(schema), step)
  const found = whole(bare(schema), 'mapping')
  return found instanceof z.ZodObject ? Object.keys(found.shape) : []
}

function below(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodUnion) return below(whole(schema, typeof step === 'number' ? 'list' : 'mapping'), step)
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, unknown>)[String(step)]
  if (schema instanceof z.ZodArray) return schema.element
  if (schema instanceof z.ZodRecord) return schema.valueType
  return undefined
}

/** Of what may be one or a list, the one meant. */
function whole(schema: unknown, form: 'list' | 'mapping'): unknown {
  if (!(schema instanceof z.ZodUnion)) return schema
  return schema.options.map(bare).find((option) => option instanceof z.ZodArray === (form === 'list'))
}

function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodPipe) return bare(schema.in)
  const wrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
  return wrapped ? bare(schema.unwrap()) : schema
}
