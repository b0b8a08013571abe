import type { IncomingMessage, ServerResponse } from 'node:http'
import { HTTPReceiver, type Logger } from '@slack/bolt'
import { isTimely } from './gate.ts'

const ENDPOINT = '/slack/events'

/** The largest thing Slack sends is a view of 250 kB, percent-encoded. */
const BODY_LIMIT = 1024 * 1024

/** Bolt's verification of the signature; what it verified comes to the gate as `slackSignature`. */
export const httpReceiver = (signingSecret: string, logger: Logger): HTTPReceiver =>
  new HTTPReceiver({
    signingSecret,
    endpoints: [ENDPOINT],
    logger,
    bodyLimit: BODY_LIMIT,
    customPropertiesExtractor: ({ headers }) => ({ slackSignature: headers['x-slack-signature'] }),
  })

/**
 * What our server hands `/slack/events` to: our two-sided window in front of Bolt, which alone takes a time stamp of next
 * year (M11). `isOpen` is false while nobody is there to answer; Slack then shows the person an error, which is the truth.
 */
export const requestListener =
  (receiver: HTTPReceiver, isOpen: () => boolean, now: () => number) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const refuse = (status: number): void => {
      request.resume()
      response.writeHead(status).end()
    }
    if (!isTimely(request.headers['x-slack-request-timestamp'], now())) refuse(401)
    else if (!isOpen()) refuse(503)
    else hand(receiver, request, response, () => refuse(404))
  }

/** @param refuse for another path or method: there Bolt throws before it has read anything. */
function hand(receiver: HTTPReceiver, request: IncomingMessage, response: ServerResponse, refuse: () => void): void {
  // Bolt reads a form only where the type says nothing more; a proxy may add the charset. The signature is of the body.
  const [type] = (request.headers['content-type'] ?? '').split(';', 1)
  if (type !== undefined) request.headers['content-type'] = type.trim().toLowerCase()
  try {
    receiver.requestListener(request, response)
  } catch {
    refuse()
  }
}
