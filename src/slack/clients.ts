import { type Logger, LogLevel, WebClient } from '@slack/web-api'

/** Three mouths to one Slack, so that a rate limit or a slow answer of one stalls none of the others. */
export interface SlackClients {
  /** Who somebody is, before a click is judged: an answer that is late is none. */
  readonly reading: WebClient
  /** Cards and alarms, behind the outbox. */
  readonly posting: WebClient
  /** Modals, the Home tab and ephemeral answers, while somebody looks on. */
  readonly answering: WebClient
}

const READING_MS = 1_500
const SPEAKING_MS = 10_000

/** @param apiUrl Slack's Web API or another one that speaks like it. Nothing is called yet. */
export function slackClients(at: { readonly token: string; readonly apiUrl: string }): SlackClients {
  return {
    reading: client(at, READING_MS),
    posting: client(at, SPEAKING_MS),
    answering: client(at, SPEAKING_MS),
  }
}

/**
 * The SDK's own retries are off: it would post a card twice after a 500, and hold the whole client for the length of a
 * rate limit. It keeps and changes the options object it is given, so each client gets its own.
 */
const client = ({ token, apiUrl }: { readonly token: string; readonly apiUrl: string }, timeout: number): WebClient =>
  new WebClient(token, {
    slackApiUrl: apiUrl,
    timeout,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent(),
  })

/** The SDK logs requests and answers; what matters of them comes to us as errors, without tokens and texts. */
function silent(): Logger {
  const nothing = () => {}
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    setLevel: nothing,
    getLevel: () => LogLevel.ERROR,
    setName: nothing,
  }
}
