import { createHmac } from 'node:crypto'

/** Slack's v0 request signature over `timestamp` (seconds) and the raw body. */
export function sign(signingSecret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`
}
