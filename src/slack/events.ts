import type { Homes } from './home.ts'
import type { SlackParts } from './parts.ts'
import type { Event } from './payload.ts'

export interface Hearing {
  readonly homes: Homes
  /** The token is no longer good for anything. */
  readonly revoked: (reason: string) => void
}

/** What Slack tells unasked. Nothing here decides anything: it only makes us read again, sooner. */
export function heard({ directory, log }: SlackParts, { type, event }: Event, { homes, revoked }: Hearing): void {
  switch (type) {
    case 'app_home_opened':
      if (event['tab'] === 'home') homes.opened(String(event['user']), idIn(event['view'], 'hash'))
      break
    case 'user_change':
      directory.invalidate({ user: idIn(event['user']) ?? '' })
      break
    case 'subteam_members_changed':
      directory.invalidate({ group: idIn(event, 'subteam_id') ?? '' })
      break
    case 'subteam_updated':
      directory.invalidate({ group: idIn(event['subteam']) ?? '' })
      break
    case 'channel_archive':
      log.warn({ channel: event['channel'] }, 'a channel was archived: requests can no longer be announced in it')
      break
    case 'tokens_revoked':
      // User tokens, which we have none of, are revoked under the same name.
      if (hasBot(event['tokens'])) revoked('the bot token was revoked: install the app again')
      break
    case 'app_uninstalled':
      revoked('the app was uninstalled: install it again')
      break
    default:
      log.debug({ type }, 'an event that nothing here listens to')
  }
}

function idIn(value: unknown, key = 'id'): string | null {
  const field = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : null
  return typeof field === 'string' ? field : null
}

function hasBot(tokens: unknown): boolean {
  const bot = typeof tokens === 'object' && tokens !== null && 'bot' in tokens ? tokens.bot : null
  return Array.isArray(bot) && bot.length > 0
}
