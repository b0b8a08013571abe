import type { Flaw, Reading } from './reading.ts'
import { baseUrl } from './urls.ts'

interface SlackSettings {
  readonly mode: 'socket' | 'http'
  readonly apiUrl: string
  readonly secrets: {
    readonly slackBotToken: string
    readonly slackAppToken: string | null
    readonly slackSigningSecret: string | null
  }
}

const MODES = ['socket', 'http'] as const

/** @param needed false for commands that never speak to Slack: then what is missing is not missed. */
export function readSlack(reading: Reading, needed: boolean): SlackSettings {
  const apiUrl = baseUrl(reading, 'SLACK_API_URL') ?? 'https://slack.com/api/'
  if (!needed) {
    return { mode: 'socket', apiUrl, secrets: { slackBotToken: '', slackAppToken: null, slackSigningSecret: null } }
  }
  const bot = reading.secret('SLACK_BOT_TOKEN', wrongBotToken)
  if (!reading.isSet('SLACK_BOT_TOKEN')) {
    reading.refuse('SLACK_BOT_TOKEN', 'is not set', 'the Bot User OAuth Token (xoxb-) of your Slack app', null)
  }
  const secrets = {
    slackBotToken: bot ?? '',
    slackAppToken: reading.secret('SLACK_APP_TOKEN', wrongAppToken),
    slackSigningSecret: reading.secret('SLACK_SIGNING_SECRET', wrongSigningSecret),
  }
  return { mode: mode(reading), apiUrl, secrets }
}

/** What is set decides; with both secrets set somebody must say which one counts. */
function mode(reading: Reading): 'socket' | 'http' {
  const app = reading.isSet('SLACK_APP_TOKEN')
  const signing = reading.isSet('SLACK_SIGNING_SECRET')
  const inferred = signing && !app ? 'http' : 'socket'
  const written = reading.oneOf('SLACK_MODE', MODES, inferred)
  if (!app && !signing && !reading.isSet('SLACK_MODE')) {
    return reading.refuse(
      'SLACK_APP_TOKEN',
      'is not set, and neither is SLACK_SIGNING_SECRET',
      'the app-level token (xapp-) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode',
      written,
    )
  }
  if (app && signing && !reading.isSet('SLACK_MODE')) {
    const problem = 'is not set, though both SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are'
    return reading.refuse('SLACK_MODE', problem, 'socket or http', written)
  }
  if (written === 'socket' && !app) {
    return reading.refuse(
      'SLACK_APP_TOKEN',
      'is not set, and Socket Mode needs it',
      'the app-level token (xapp-)',
      written,
    )
  }
  if (written === 'http' && !signing) {
    const instead = 'the Signing Secret from "Basic Information" of your Slack app'
    return reading.refuse('SLACK_SIGNING_SECRET', 'is not set, and HTTP mode needs it', instead, written)
  }
  return written
}

function wrongBotToken(value: string): Flaw | null {
  const instead = 'the Bot User OAuth Token (xoxb-) from "OAuth & Permissions"'
  if (value.startsWith('xoxp-')) return { what: 'is a user token: decisions would be read as that person', instead }
  if (value.startsWith('xapp-')) return { what: 'is an app-level token, which belongs in SLACK_APP_TOKEN', instead }
  if (/^xoxe[.-]/.test(value)) {
    return { what: 'is a rotating token', instead: `${instead}, with token rotation off as in manifest.yml` }
  }
  return /^xoxb-[A-Za-z0-9-]{8,}$/.test(value) ? null : { what: 'is no bot token', instead }
}

function wrongAppToken(value: string): Flaw | null {
  const instead = 'the app-level token (xapp-) with the scope connections:write from "Basic Information"'
  if (value.startsWith('xoxb-')) return { what: 'is a bot token, which belongs in SLACK_BOT_TOKEN', instead }
  return /^xapp-[A-Za-z0-9-]{8,}$/.test(value) ? null : { what: 'is no app-level token', instead }
}

function wrongSigningSecret(value: string): Flaw | null {
  const instead = 'the Signing Secret (32 hex digits) from "Basic Information"'
  if (/^x(?:ox[a-z]|app)[-.]/.test(value)) return { what: 'is a token, not the signing secret', instead }
  return /^[\x21-\x7e]{16,}$/.test(value) ? null : { what: 'is too short or holds a space', instead }
}
