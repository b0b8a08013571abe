import { type Logger, LogLevel } from '@slack/bolt'
import type { Log } from '../log.ts'

/**
 * Bolt's words in our log: warnings and errors only, as text. Its debug lines hold whole envelopes, answers of people and
 * single-use URLs among them, and are dropped here however the level is set.
 */
export function boltLog(log: Log): Logger {
  const nothing = (): void => undefined
  return {
    debug: nothing,
    info: nothing,
    warn: (...said: unknown[]) => log.warn(inWords(said)),
    error: (...said: unknown[]) => log.error(inWords(said)),
    setLevel: nothing,
    getLevel: () => LogLevel.WARN,
    setName: nothing,
  }
}

/** Slack's tokens and single-use addresses, wherever they stand in a line. */
const SECRET = /xox[a-z]-[\w-]+|xapp-[\w-]+|wss?:\/\/\S+|https?:\/\/hooks\.slack\.com\/\S+/g

const inWords = (said: readonly unknown[]): string =>
  said
    .map((part) => (part instanceof Error ? part.message : typeof part === 'string' ? part : typeof part))
    .join(' ')
    .replace(SECRET, '[removed]')
