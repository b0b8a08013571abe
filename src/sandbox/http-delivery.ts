import { type IncomingMessage, request } from 'node:http'
import { type Json, type JsonObject, parseJson } from './json.ts'
import { sign } from './signature.ts'
import type { DeliverOptions, Delivery, DeliveryKind, DeliveryResult } from './types.ts'

export interface HttpAnswer extends DeliveryResult {
  /** The app asked not to be sent this event again. */
  noRetry?: boolean
}

const FORM = 'application/x-www-form-urlencoded'

/** The signed request Slack would send, not sent yet. */
export function signedDelivery(
  kind: DeliveryKind,
  payload: JsonObject,
  signingSecret: string,
  opts: DeliverOptions & { extraHeaders?: Record<string, string> } = {},
): Delivery {
  const body = encode(kind, payload)
  const timestamp = String(Math.floor(Date.now() / 1000) + (opts.timestampOffsetSeconds ?? 0))
  const secret = opts.signature === 'wrong' ? `${signingSecret}-not` : signingSecret
  const headers = {
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    accept: 'application/json,*/*',
    'content-type': opts.contentType ?? (kind === 'events_api' ? 'application/json' : FORM),
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(secret, timestamp, body),
    ...opts.extraHeaders,
  }
  return { kind, headers, body, payload }
}

function encode(kind: DeliveryKind, payload: JsonObject): string {
  if (kind === 'events_api') return JSON.stringify(payload)
  if (kind === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  const fields = Object.entries(payload).map(([name, value]): [string, string] => [name, String(value)])
  return new URLSearchParams(fields).toString()
}

/** Posts one delivery. Only a 200 within the deadline is an acknowledgement. */
export function post(requestUrl: string, delivery: Delivery, deadlineMs: number): Promise<HttpAnswer> {
  const started = Date.now()
  const took = () => Date.now() - started
  return new Promise((resolve) => {
    const fail = (error: string) => resolve({ acked: false, ackMs: took(), error })
    const body = Buffer.from(delivery.body)
    const options = { method: 'POST', agent: false, headers: { ...delivery.headers, 'content-length': body.length } }
    const outgoing = request(requestUrl, options, (incoming) => {
      readText(incoming).then(
        (text) => resolve(answerOf(incoming, text, took())),
        () => fail('http_error'),
      )
    })
    const deadline = setTimeout(() => {
      fail('operation_timeout')
      outgoing.destroy()
    }, deadlineMs)
    outgoing.on('close', () => clearTimeout(deadline))
    outgoing.on('error', () => fail('http_error'))
    outgoing.end(body)
  })
}

function answerOf(incoming: IncomingMessage, text: string, ackMs: number): HttpAnswer {
  const status = incoming.statusCode ?? 0
  const parsed: Json | undefined = parseJson(text) ?? (text === '' ? undefined : text)
  return {
    acked: status === 200,
    ackMs,
    status,
    ...(parsed === undefined ? {} : { body: parsed }),
    ...(status === 200 ? {} : { error: `http_error_${status}` }),
    ...(incoming.headers['x-slack-no-retry'] === '1' ? { noRetry: true } : {}),
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
