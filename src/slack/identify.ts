import type { WebClient } from '@slack/web-api'
import type { Installation } from './gate.ts'

/**
 * Whom the bot token speaks for. Slack names the app of a bot in bots.info alone.
 * @throws Slack's error, or one that says what was missing.
 */
export async function identify(client: WebClient): Promise<Installation> {
  const { team_id: teamId, user_id: botUserId, bot_id: botId, enterprise_id: enterpriseId } = await client.auth.test()
  if (!teamId || !botUserId || !botId) throw new Error('the token is not a bot token (xoxb-…) of one workspace')
  const { bot } = await client.bots.info({ bot: botId })
  if (!bot?.app_id) throw new Error('bots.info names no app')
  return { appId: bot.app_id, teamId, enterpriseId: enterpriseId ?? null, botId, botUserId }
}
