import { z } from 'zod'
import { emailIdentity, SCOPES } from '../approval/principal.ts'
import { isDeceptive } from './text.ts'
import {
  accountNumbers,
  actionProblem,
  digitsOf,
  globs,
  id,
  logins,
  mapping,
  oneOrMany,
  slackIdentities,
  text,
  userIds,
  word,
} from './words.ts'

/** Who somebody is: accounts of one human, and the issuers whose tokens say it. */

/** Any text that is exactly what an identity provider says: no spaces around, nothing hidden. */
const exactly = (must: string) => text(must, (t) => (/^\S(?:.{0,253}\S)?$/u.test(t) && !isDeceptive(t) ? t : null))

export const person = mapping({
  slack: slackIdentities.default([]).describe('Slack user ids, W… and U… alike.'),
  emails: z
    .array(text('must be a plain ASCII mail address such as alice@example.com', emailIdentity), {
      error: 'must be a list of mail addresses',
    })
    .default([]),
  github: logins('github', /^[a-z0-9][a-z0-9_-]{0,99}(?:\[bot\])?$/i).default([]),
  github_ids: accountNumbers('github_id')
    .default([])
    .describe('The number of the account, which stays when the login changes hands.'),
  gitlab: logins('gitlab', /^[a-z0-9_][a-z0-9_.-]{0,254}$/i).default([]),
  gitlab_ids: accountNumbers('gitlab_id').default([]),
  oidc: z
    .array(
      mapping({
        issuer: exactly('must be the id of an issuer of this policy, or its URL'),
        subject: exactly('must be the `sub` claim of her tokens, exactly'),
      }),
      { error: 'must be a list such as [{ issuer: okta, subject: 00u1abcd }]' },
    )
    .default([]),
  // Accounts of the machine: whoever makes a client on the command line is known by hers.
  os: logins('os', /^[a-z0-9_][a-z0-9_.-]{0,63}$/i).default([]),
})

/**
 * Byte by byte what the `iss` claim says, so nothing is trimmed or lower-cased. Plain http is for an issuer on this machine;
 * whether such a one is trusted is a setting.
 */
const issuerUrl = text(
  'must be the issuer exactly as its tokens say it: https://…, without query and fragment',
  (written) => (isIssuerUrl(written) ? written : null),
  /^https?:\/\/[^?#\s]+$/,
)

export function isIssuerUrl(written: string): boolean {
  if (!/^https?:\/\/[\x21-\x7e]{1,400}$/.test(written) || /[?#@\\]/.test(written)) return false
  try {
    const { protocol, hostname } = new URL(written)
    return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
  } catch {
    return false
  }
}

const CLAIM_MUST = 'must be a text or a whole number as the token says it, or a list of them'
const claimValue = z
  .unknown()
  .meta({ type: ['string', 'integer'] })
  .transform((given, ctx): string => {
    const value = typeof given === 'string' ? given : digitsOf(given)
    if (value === null || value === '' || isDeceptive(value)) ctx.addIssue({ code: 'custom', message: CLAIM_MUST })
    // A wildcard that is compared exactly would lock everybody out; one that is not lets strangers in (T17).
    else if (/[*?]/.test(value)) {
      ctx.addIssue({ code: 'custom', message: 'must be exact: claims are compared byte by byte, * and ? mean nothing' })
    }
    return value ?? ''
  })

const PRESETS = ['github', 'gitlab', 'okta', 'entra', 'oidc'] as const

export const issuer = mapping({
  id: id.describe('Its name in this policy: part of the caller in the audit log.'),
  preset: z
    .enum(PRESETS, { error: `must be one of ${PRESETS.join(', ')}` })
    .default('oidc')
    .describe('Which claims name the caller.'),
  issuer: issuerUrl.optional().describe('The `iss` claim, exactly. Known for github and gitlab.com.'),
  jwks_uri: issuerUrl
    .optional()
    .describe('Where its keys are: only where that is no address of the issuer itself, as with Google.'),
  audience: exactly('must be the `aud` claim that its tokens carry for Countersign').describe(
    'The `aud` claim that its tokens must carry: a name of your own for this Countersign.',
  ),
  kind: z
    .enum(['workload', 'person'], { error: 'must be workload or person' })
    .optional()
    .describe('Workloads ask; people ask and decide.'),
  require: z
    .record(
      z.string().meta({ pattern: '^[A-Za-z0-9_:./-]{1,128}$' }),
      oneOrMany(claimValue, CLAIM_MUST, 'must not be an empty list: no token could have it'),
      { error: 'must be a mapping of claims, such as { repository_owner_id: 9919 }' },
    )
    .default({})
    .describe('Claims that must have one of these values.'),
  scopes: z
    .array(z.enum(SCOPES, { error: `must be one of ${SCOPES.join(', ')}` }), {
      error: `must be a list of ${SCOPES.join(', ')}`,
    })
    .default(['request']),
  act_for: z
    .boolean({ error: 'must be true or false' })
    .default(false)
    .describe('May its callers name a human they act for?'),
  actions: globs(actionProblem).optional().describe('Actions its callers may ask for; any unless given.'),
  environments: globs().optional(),
  owners: userIds.default([]).describe('Slack users who answer for every caller of it: none of them can approve.'),
})

/** Names of more parameters to mask. */
export const keyName = word('must be a key name of 1 to 128 characters', /^\S.{0,127}$/u)
