import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Config, Secrets } from '../../config.ts'
import { type Check, doubtful, failed, fine } from './check.ts'
import { type Answer, callSlack } from './web-api.ts'

/** Slack refuses, and we refuse, what is signed more than five minutes off; far less already makes deadlines lie. */
const MOST_SKEW_MS = 10_000

/** Reachability, clock, bot token, scopes and app-level token. `usable`: the rest can be asked for. */
export async function checkSlack(config: Config, secrets: Secrets): Promise<{ checks: Check[]; usable: boolean }> {
  const answer = await callSlack(config.slackApiUrl, 'auth.test', secrets.slackBotToken)
  const checks = [checkClock(answer), checkBotToken(answer, config.slackApiUrl)]
  if (answer.error === null) checks.push(checkScopes(answer))
  if (config.slackMode === 'socket' && secrets.slackAppToken !== null) {
    checks.push(checkAppToken(await callSlack(config.slackApiUrl, 'apps.connections.open', secrets.slackAppToken)))
  }
  return { checks, usable: answer.error === null }
}

function checkClock({ aheadMs }: Answer): Check {
  const mend = 'Set this machine’s clock (NTP): deadlines and signatures are judged by it.'
  if (aheadMs === null) return doubtful('clock', 'Slack did not say what time it is', 'See the check of the bot token.')
  const off = `${Math.abs(Math.round(aheadMs / 1_000))} s ${aheadMs > 0 ? 'behind' : 'ahead of'} Slack’s`
  return Math.abs(aheadMs) > MOST_SKEW_MS
    ? failed('clock', off, mend)
    : fine('clock', `within ${MOST_SKEW_MS / 1_000} s of Slack’s`)
}

const REINSTALL = 'Copy it again from "OAuth & Permissions" of your Slack app, after "Install App".'

function checkBotToken({ error, body }: Answer, apiUrl: string): Check {
  if (error === null) return fine('bot token', `team ${String(body.team_id)}, bot ${String(body.user_id)}`)
  if (/^[a-z_]+$/.test(error)) return failed('bot token', `Slack says ${error}`, REINSTALL)
  return failed(
    'bot token',
    `${new URL(apiUrl).host} cannot be asked: ${error}`,
    'Check network, proxy and SLACK_API_URL.',
  )
}

/** What the app asks for when it is installed, from the manifest that came with this version. */
function wantedScopes(): readonly string[] {
  const manifest: unknown = parse(readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8'))
  return (manifest as { oauth_config: { scopes: { bot: string[] } } }).oauth_config.scopes.bot
}

function checkScopes({ scopes }: Answer): Check {
  if (scopes === null) return doubtful('scopes', 'Slack did not say which scopes the token has', 'Nothing; go on.')
  const missing = wantedScopes().filter((scope) => !scopes.includes(scope))
  if (missing.length === 0) return fine('scopes', 'all of the manifest')
  return failed('scopes', `missing: ${missing.join(', ')}`, 'Update the app from manifest.yml, then install it again.')
}

function checkAppToken({ error }: Answer): Check {
  if (error === null) return fine('app token', 'Socket Mode can connect')
  const mend =
    'Make one with the scope connections:write: "Basic Information", "App-Level Tokens". Socket Mode must be on.'
  return failed('app token', `Slack says ${error}`, mend)
}
