import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api'

/** Slack took the installation away; only a person can give it back. */
export class Revoked extends Error {
  override name = 'Revoked'
}

/** What an operator can act on: Slack's error code, an HTTP status, or the network's word. Holds no token. */
export function inWords(error: unknown): string {
  if (error instanceof WebAPIPlatformError) return `Slack answered ${error.data.error}`
  if (error instanceof WebAPIHTTPError) return `Slack answered HTTP ${error.statusCode}`
  if (error instanceof WebAPIRateLimitedError) return 'Slack limits our rate'
  if (error instanceof Revoked) return error.message
  if (!(error instanceof Error)) return 'the socket was closed before Slack said hello'
  const codes: string[] = []
  for (let cause: unknown = error; cause instanceof Error && codes.length < 3; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && /^E[A-Z]+$/.test(cause.code)) codes.push(cause.code)
  }
  return `Slack cannot be reached (${codes.join(', ') || error.message})`
}
