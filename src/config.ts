import { resolve } from 'node:path'
import { checkPolicyPath, checkSigningKey, databaseFile } from './config/files.ts'
import { type ConfigProblem, Reading } from './config/reading.ts'
import { readSlack } from './config/slack.ts'
import { strays } from './config/strays.ts'
import { address, baseUrl } from './config/urls.ts'

export type { ConfigProblem } from './config/reading.ts'

/** How the process was set up. Nothing here is secret: it may be logged. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | null
  readonly databaseFile: string
  readonly policyFile: string
  readonly signingKeyFile: string
  readonly slackMode: 'socket' | 'http'
  readonly slackApiUrl: string
  /** Development only: OIDC issuers on this machine may speak plain http. */
  readonly oidcAllowHttpLoopback: boolean
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  readonly logFormat: 'json' | 'pretty'
}

/** Kept apart from {@link Config}, so that nothing that logs the one can log the other. */
export interface Secrets {
  readonly slackBotToken: string
  readonly slackAppToken: string | null
  readonly slackSigningSecret: string | null
}

export type ConfigReading =
  | { readonly config: Config; readonly secrets: Secrets; readonly warnings: readonly ConfigProblem[] }
  | { readonly problems: readonly ConfigProblem[]; readonly warnings: readonly ConfigProblem[] }

export interface ReadOptions {
  /** `database`: what a command needs that works on the database alone; Slack, policy and key are not looked at. */
  readonly need?: 'server' | 'database'
  /** Where relative paths start. */
  readonly directory?: string
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const
const LOG_FORMATS = ['json', 'pretty'] as const
const YES_OR_NO = ['true', 'false'] as const

/**
 * The environment -> settings and secrets, or every problem at once (I30). Nothing is guessed: a value that is not
 * understood is a problem, never a default. No text that comes out of here holds a secret's value.
 *
 * @param env variables by name; see {@link readEnvironment} for where they come from.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  options: ReadOptions = {},
): ConfigReading {
  const directory = options.directory ?? process.cwd()
  const server = options.need !== 'database'
  const reading = new Reading(env)
  reading.warnings.push(...strays(env))
  const host = address(reading)
  const settings: Omit<Config, 'slackMode' | 'slackApiUrl'> = {
    host,
    port: port(reading),
    publicUrl: baseUrl(reading, 'PUBLIC_URL')?.replace(/\/$/, '') ?? null,
    databaseFile: databaseFile(reading, directory),
    policyFile: resolve(directory, reading.text('POLICY_FILE') ?? './policy.yaml'),
    signingKeyFile: resolve(directory, reading.text('SIGNING_KEY_FILE') ?? './data/signing-key.pem'),
    logLevel: reading.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    logFormat: reading.oneOf('LOG_FORMAT', LOG_FORMATS, 'json'),
    oidcAllowHttpLoopback: reading.oneOf('OIDC_ALLOW_HTTP_LOOPBACK', YES_OR_NO, 'false') === 'true',
  }
  if (server) {
    checkPolicyPath(reading, settings.policyFile)
    checkSigningKey(reading, settings.signingKeyFile, directory)
    if (settings.publicUrl === null && (host === '0.0.0.0' || host === '::')) {
      reading.warn('PUBLIC_URL', `is not set, so links and grants will name ${host}`, 'the https:// address people use')
    }
  }
  if (settings.oidcAllowHttpLoopback) {
    const instead = 'nothing in production: real issuers speak https'
    reading.warn('OIDC_ALLOW_HTTP_LOOPBACK', 'takes tokens of issuers on this machine over plain http', instead)
  }
  const slack = readSlack(reading, server)
  if (reading.problems.length > 0) return { problems: reading.problems, warnings: reading.warnings }
  const { mode, apiUrl, secrets } = slack
  return { config: { ...settings, slackMode: mode, slackApiUrl: apiUrl }, secrets, warnings: reading.warnings }
}

function port(reading: Reading): number {
  const text = reading.text('PORT')
  if (text === null) return 8787
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  return reading.refuse('PORT', `is ${reading.show('PORT')}`, 'a whole number from 0 (any free port) to 65535', 0)
}
