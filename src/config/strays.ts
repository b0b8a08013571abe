import { nearest } from '../policy/text.ts'
import type { ConfigProblem } from './reading.ts'

/** Every variable that Countersign reads. */
export const VARIABLES = [
  'HOST',
  'PORT',
  'PUBLIC_URL',
  'DATABASE_URL',
  'POLICY_FILE',
  'SIGNING_KEY_FILE',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_MODE',
  'SLACK_API_URL',
  'OIDC_ALLOW_HTTP_LOOPBACK',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'COUNTERSIGN_URL',
  'COUNTERSIGN_TOKEN',
] as const

/** Names that are wrong by more than a slip of the finger, but often. */
const ALIASES: Readonly<Record<string, string>> = {
  SLACK_TOKEN: 'SLACK_BOT_TOKEN',
  SLACK_API_TOKEN: 'SLACK_BOT_TOKEN',
  SLACK_APP_LEVEL_TOKEN: 'SLACK_APP_TOKEN',
  SLACK_SECRET: 'SLACK_SIGNING_SECRET',
  COUNTERSIGN_KEY: 'COUNTERSIGN_TOKEN',
  COUNTERSIGN_API_KEY: 'COUNTERSIGN_TOKEN',
}

const OURS = /^(?:SLACK|COUNTERSIGN|DATABASE|POLICY|SIGNING|PUBLIC|OIDC|LOG)_/i

/**
 * Variables that are set but not read, and look like ours: a misspelt name would otherwise be a setting that silently
 * does nothing. Names of other programs are left alone.
 */
export function strays(env: Readonly<Record<string, string | undefined>>): ConfigProblem[] {
  return Object.keys(env)
    .filter((name) => OURS.test(name) && !VARIABLES.some((known) => known === name))
    .flatMap((variable) => {
      const near = ALIASES[variable.toUpperCase()] ?? nearest(variable, VARIABLES)
      if (near === null && !/^COUNTERSIGN_/i.test(variable)) return []
      const instead = near ?? `one of ${VARIABLES.join(', ')}`
      return [{ variable, problem: 'is set, but Countersign does not read it', instead }]
    })
}
