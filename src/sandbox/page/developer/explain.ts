import { SLACK_ERRORS } from './slack-errors.ts'

/** What an error means and what to do about it, each one sentence. */
export interface Explanation {
  readonly means: string
  readonly todo: string
}

/** What became of a call or a delivery, in a sentence; undefined where nothing went wrong. */
export function explain(outcome: string, method = ''): Explanation | undefined {
  if (outcome === 'ok' || outcome === 'pending') return undefined
  const known = SLACK_ERRORS.get(`${method} ${outcome}`) ?? SLACK_ERRORS.get(outcome) ?? status(outcome)
  if (!known) return UNKNOWN
  const [means, todo] = known
  return { means, todo }
}

const UNKNOWN: Explanation = {
  means: 'Slack refused it with an error this page has no sentence for.',
  todo: 'Look it up among the errors on the method’s page of Slack’s documentation.',
}

function status(outcome: string): readonly [string, string] | undefined {
  const code = Number(/^(?:http_error_)?(\d{3})$/.exec(outcome)?.[1])
  if (Number.isNaN(code)) return undefined
  if (outcome.startsWith('http_error_')) return answered(code)
  if (code < 500)
    return [`Slack answered HTTP ${code} instead of JSON.`, 'Treat it as a refusal, and do not repeat it.']
  return [
    `Slack answered HTTP ${code}: it is not known whether the call was carried out.`,
    'Wait and try again; before posting again, look whether the message is already there.',
  ]
}

/** The app's own answer to a delivery. */
function answered(code: number): readonly [string, string] {
  const means = `The app answered HTTP ${code}; Slack takes only 200 for an acknowledgement.`
  if (code === 401 || code === 403) return [means, 'Check the signing secret and the clock of the app.']
  if (code === 404) return [means, 'Check the path of the request URL.']
  return [means, 'Look into the log of the app; acknowledge first, and work afterwards.']
}

const PROTOCOL: readonly (readonly [prefix: string, Explanation])[] = [
  [
    'a late or repeated acknowledgement',
    {
      means: 'The app acknowledged an envelope twice, or after Slack had given it up (3 seconds).',
      todo: 'Acknowledge each envelope once, before any slow work.',
    },
  ],
  [
    'an unknown envelope_id',
    {
      means: 'The app acknowledged an envelope that Slack never sent.',
      todo: 'Send the envelope_id back exactly as it came.',
    },
  ],
  [
    'a body where none is accepted',
    {
      means: 'The acknowledgement carried a payload, but the envelope said accepts_response_payload: false.',
      todo: 'Answer with an empty acknowledgement and use the Web API or the response_url.',
    },
  ],
]

/** What a breach of the Socket Mode protocol means. */
export function explainProtocolFault(line: string): Explanation {
  const known = PROTOCOL.find(([prefix]) => line.startsWith(prefix))?.[1]
  return known ?? { means: 'Socket Mode does not allow this.', todo: 'Compare it with Slack’s Socket Mode protocol.' }
}
