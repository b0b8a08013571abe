import { z } from 'zod'
import { type Identity, slackIdentity } from '../approval/principal.ts'
import { globProblem, literalsOf } from './glob.ts'
import { isDeceptive } from './text.ts'

/**
 * The words that a policy file is made of. Every message reads on from the field's name: "rules[0].ttl must be …". Patterns
 * stand in `meta` too, so that the published JSON Schema tells an editor what this reader will say.
 */

export const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

export const duration = (longest: '24h' | '30d') =>
  text(
    `must be a duration from 1s to ${longest}, such as 45s, 30m, 1h or 2d`,
    (written) => {
      const ms = durationMs(written)
      return ms !== null && ms <= (durationMs(longest) ?? 0) ? ms : null
    },
    /^[1-9][0-9]{0,8}[smhd]$/,
  )

function durationMs(written: string): number | null {
  const match = /^([1-9][0-9]{0,8})([smhd])$/.exec(written)
  return match ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] : null
}

/** A text read by `read`, which answers null for what it refuses. */
export function text<T>(must: string, read: (written: string) => T | null, shown?: RegExp) {
  const written = z.string({ error: must }).meta(shown && shown.flags !== 'i' ? { pattern: shown.source } : {})
  return written.transform((given, ctx): T => {
    const value = read(given)
    if (value === null) ctx.addIssue({ code: 'custom', message: must })
    return value ?? z.NEVER
  })
}

export const word = (must: string, pattern: RegExp) =>
  text(must, (t) => (pattern.test(t) && !isDeceptive(t) ? t : null), pattern)

export const count = (must: string, most: number) =>
  z.int({ error: must }).min(1, { error: must }).max(most, { error: must })

export const mapping = <S extends z.core.$ZodShape>(shape: S) =>
  z.strictObject(shape, { error: 'must be a mapping of fields' })

/** One of it, or a list: {@link z.ZodUnion} keeps both forms in the JSON Schema. */
export const oneOrMany = <S extends z.ZodType>(one: S, must: string, none: string) =>
  z
    .union([one, z.array(one, { error: must }).min(1, { error: none })], { error: must })
    .transform((given): z.output<S>[] => (Array.isArray(given) ? given : [given as z.output<S>]))

export const userId = word(
  'must be a Slack user id such as U0ALICE ("Copy member ID" in her profile)',
  /^[UW][A-Z0-9]{2,}$/,
)
export const userIds = z.array(userId, { error: 'must be a list of Slack user ids' })
export const slackIdentities = z.array(userId.transform(slackIdentity), { error: 'must be a list of Slack user ids' })
export const usergroupId = word('must be a Slack user group id such as S0DATA, not its name', /^S[A-Z0-9]{2,}$/)
export const channel = word(
  'must be a Slack channel id such as C0APPROVALS, or "#name" in quotes',
  /^(?:[CGD][A-Z0-9]{2,}|#[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}_-]{1,80})$/u,
)
/** Of rules and issuers: they stand in the audit log. */
export const id = word(
  'must be 1 to 64 of a-z, 0-9, _ and -, beginning with a letter or digit',
  /^[a-z0-9][a-z0-9_-]{0,63}$/,
)
/** ASCII only: a Cyrillic letter must not make a second group that looks like the first (I20). */
export const GROUP_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/
export const groupName = z.string({ error: 'must be the name of a group defined under groups' })

/** One glob or a list of them. */
export function globs(problem: (pattern: string) => string | null = globProblem) {
  const must = 'must be a glob, or a list of globs, in quotes'
  const glob = z.string({ error: must }).superRefine((pattern, ctx) => {
    const message = problem(pattern)
    if (message !== null) ctx.addIssue({ code: 'custom', message })
  })
  return oneOrMany(glob, must, 'must not be an empty list: it would match nothing')
}

/** A deny rule for `Data.Export` would silently never apply: actions are lower-case words by contract. */
export function actionProblem(pattern: string): string | null {
  if (globProblem(pattern) !== null) return globProblem(pattern)
  if (/^[a-z0-9._-]*$/.test(literalsOf(pattern))) return null
  return 'must use only a-z, 0-9, dot, _ and - beside wildcards: no action has other characters, so it would never match'
}

export const logins = (prefix: 'github' | 'gitlab' | 'os', pattern: RegExp) =>
  z.array(
    text(
      `must be a ${prefix} user name`,
      (name): Identity | null => (pattern.test(name) ? `${prefix}:${name.toLowerCase()}` : null),
      pattern,
    ),
    { error: `must be a list of ${prefix} user names` },
  )

/** Numbers of accounts. Written as a number or as text: no digit of a number above 2^53 may get lost. */
export const accountNumbers = (prefix: 'github_id' | 'gitlab_id') =>
  z.array(
    z
      .unknown()
      .meta({ type: ['integer', 'string'], pattern: DIGITS.source, minimum: 1 })
      .transform((given, ctx): Identity => {
        const digits = digitsOf(given)
        if (digits === null)
          ctx.addIssue({ code: 'custom', message: 'must be the number of an account, such as 583231' })
        return `${prefix}:${digits}`
      }),
    { error: 'must be a list of account numbers' },
  )

const DIGITS = /^[1-9][0-9]{0,18}$/

/** Plain decimal digits, or null. */
export function digitsOf(given: unknown): string | null {
  const written = typeof given === 'number' && Number.isSafeInteger(given) ? String(given) : given
  return typeof written === 'string' && DIGITS.test(written) ? written : null
}
