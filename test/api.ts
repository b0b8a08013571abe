/** A request as the API shows it, as far as the tests look at it. */
export interface Shown {
  readonly id: string
  readonly status: string
  readonly execution: string
  readonly version: number
  readonly payload_digest: string
  readonly expires_at: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly decisions: readonly { approver: { slack_user_id: string }; verdict: string; reason: string | null }[]
  readonly policy: { requirements: readonly { from: string; count: number; received: number }[] }
  readonly outcome: { by: string; code: string; reason: string | null } | null
  readonly grant: { jws: string; expires_at: string } | null
  readonly consumed: { execution_id: string } | null
  readonly completed: { status: string; summary: string | null } | null
  readonly delivery: { state: string; messages: readonly { channel: string; ts: string }[] }
}

/** `body` is the request where the answer is a 2xx, else the problem. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Shown & { readonly code: string; readonly detail: string }
}

type Fields = Readonly<Record<string, unknown>>

/** A pipeline with a client key: fetch, and nothing that repeats or hides an answer. */
export class Api {
  readonly #url: () => string
  readonly #key: string

  /** @param url asked anew for each call: a house that restarts has another port. */
  constructor(url: () => string, key: string) {
    this.#url = url
    this.#key = key
  }

  ask(body: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call('POST', '/v1/requests', body, headers)
  }

  get(id: string, waitSeconds = 0): Promise<Answer> {
    return this.call('GET', `/v1/requests/${id}${waitSeconds > 0 ? `?wait=${waitSeconds}` : ''}`)
  }

  consume(request: Pick<Shown, 'id' | 'payload_digest'>, executionId: string): Promise<Answer> {
    const use = { execution_id: executionId, payload_digest: request.payload_digest }
    return this.call('POST', `/v1/requests/${request.id}/consume`, use)
  }

  complete(id: string, executionId: string, summary: string): Promise<Answer> {
    return this.call('POST', `/v1/requests/${id}/complete`, { execution_id: executionId, status: 'succeeded', summary })
  }

  cancel(id: string, reason?: string): Promise<Answer> {
    return this.call('POST', `/v1/requests/${id}/cancel`, reason === undefined ? {} : { reason })
  }

  async call(
    method: string,
    path: string,
    body?: Fields,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(this.#url() + path, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
  }
}
