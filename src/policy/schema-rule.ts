import { z } from 'zod'
import { type Expression, readExpression } from './expression.ts'
import { ExpressionError } from './expression-error.ts'
import { isZone } from './window.ts'
import { actionProblem, channel, count, duration, globs, groupName, id, mapping, oneOrMany, text } from './words.ts'

/** The shape of one rule. What its fields say together is judged in `sense.ts`. */

/** More seats than any real quorum; a typing error must not make the seating work for minutes. */
const MOST_PEOPLE = 100
const people = () => count(`must be a whole number from 1 to ${MOST_PEOPLE}`, MOST_PEOPLE)

const requirement = mapping({
  from: groupName.describe('Name of a group defined under groups.'),
  count: people().default(1).describe('How many different people of the group; 1 unless given.'),
})
export const approvals = z.array(requirement, { error: 'must be a list such as [{ from: sre, count: 1 }]' })

export const zone = text(
  'must be a time zone of the IANA database such as Europe/Berlin or UTC',
  (name) => (isZone(name) ? name : null),
  /^[A-Za-z]/,
)

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
/** Minutes since midnight; "24:00" is the end of the day. */
const clock = text(
  'must be a time of day in quotes, from "00:00" to "24:00"',
  (written) => {
    const [, hours, minutes] = /^([01]?[0-9]|2[0-4]):([0-5][0-9])$/.exec(written) ?? []
    const minute = Number(hours) * 60 + Number(minutes)
    return minute <= 24 * 60 ? minute : null
  },
  /^([01]?[0-9]|2[0-4]):[0-5][0-9]$/,
)
const date = text(
  'must be a date such as 2026-12-20',
  (written) => (/^\d{4}-\d{2}-\d{2}$/.test(written) && isDate(written) ? written : null),
  /^\d{4}-\d{2}-\d{2}$/,
)

/** The calendar has it: the 30th of February becomes another day. */
function isDate(written: string): boolean {
  const read = new Date(`${written}T00:00:00Z`)
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(written)
}

const window = mapping({
  days: z
    .array(z.enum(DAYS, { error: `must be one of ${DAYS.join(', ')}` }), {
      error: 'must be a list of days, such as [mon, fri]',
    })
    .min(1, { error: 'must not be an empty list: leave it out for every day' })
    .transform((days) => days.map((day) => DAYS.indexOf(day) + 1))
    .optional()
    .describe('Days of the week; every day unless given.'),
  from: clock.optional().describe('Time of day at which the window opens, included; "00:00" unless given.'),
  to: clock
    .optional()
    .describe('Time of day at which it closes, not included; "24:00" unless given. Before `from`: next day.'),
  dates: mapping({ from: date.optional(), to: date.optional() })
    .optional()
    .describe('First and last day, both included.'),
  zone: zone.optional().describe('Time zone; defaults.zone unless given.'),
  outside: z
    .boolean({ error: 'must be true or false' })
    .default(false)
    .describe('True: the rule applies outside of this window instead.'),
})
export type WindowFile = z.output<typeof window>

/** A condition, checked whole; a fault stands at its own character of the text. */
const condition = z
  .string({ error: 'must be a CEL expression in quotes, such as "params.rows > 1000"' })
  .transform((source, ctx): Expression => {
    try {
      return readExpression(source)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      ctx.addIssue({ code: 'custom', message: `cannot be used: ${error.message}`, params: { offset: error.offset } })
      return z.NEVER
    }
  })

const pointer = text(
  'must be a JSON Pointer into params such as /rows or /target/host',
  (written) => (/^(?:\/(?:[^~/]|~[01])*)+$/.test(written) && written.length <= 512 ? written : null),
  /^(\/([^~/]|~[01])*)+$/,
)

export const rule = mapping({
  id: id.describe('Names the rule in the audit log and in every explanation.'),
  match: mapping({
    action: globs(actionProblem).optional(),
    resource: globs().optional(),
    environment: globs().optional(),
  }).describe('Globs; every given member must match, and any one of a list is enough.'),
  when: condition.optional().describe('CEL over the ask: action, resource, environment, params, requester, context …'),
  during: oneOrMany(
    window,
    'must be a window such as { days: [fri], from: "16:00" }, or a list of them',
    'must not be an empty list',
  )
    .optional()
    .describe('When the rule applies: in any of these windows. Always unless given.'),
  effect: z
    .enum(['allow', 'deny', 'require_approval'], { error: 'must be allow, deny or require_approval' })
    .describe('What the rule says of an ask that it applies to.'),
  limit: mapping({
    count: count('must be a whole number from 1 to 1000000', 1_000_000),
    per: duration('30d'),
  })
    .optional()
    .describe('Of an allow rule: at most so many times per requester; beyond it `approvals` are asked.'),
  approvals: approvals.default([]).describe('Who must approve. They add up: each person counts once.'),
  late_joiners: z
    .boolean({ error: 'must be true or false' })
    .optional()
    .describe('May people approve who joined the user group after the ask? True unless given.'),
  deny_count: people().optional().describe('How many denies end it; 1 unless given.'),
  ttl: duration('30d').optional().describe('How long people have to decide.'),
  grant_ttl: duration('24h').optional().describe('How long the yes may be used.'),
  channel: channel.optional().describe('Where it is announced; slack.channel unless given.'),
  reason_required: z
    .array(z.enum(['approve', 'deny'], { error: 'must be approve or deny' }), {
      error: 'must be a list of approve and deny, such as [deny]',
    })
    .default([])
    .describe('Which answers need a reason.'),
  must_show: z
    .array(pointer, { error: 'must be a list of JSON Pointers such as [/rows]' })
    .default([])
    .describe('What an asker may not mask.'),
  break_glass: mapping({
    from: groupName,
    grant_ttl: duration('24h').optional(),
    self: z.boolean({ error: 'must be true or false' }).default(false),
  })
    .optional()
    .describe('Who may, in an emergency, say yes alone: loudly, and reviewed afterwards.'),
})
