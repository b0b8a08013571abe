/** What a pipeline does with Countersign, with nothing but fetch: ask, wait, use once, report. */
export interface Pipeline {
  ask(body: object, waitSeconds: number): Promise<Answer>
  get(id: string, waitSeconds: number): Promise<Answer>
  consume(id: string, executionId: string, digest: string): Promise<Answer>
  complete(id: string, executionId: string, summary: string): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly body: {
    readonly id: string
    readonly status: string
    readonly payload_digest: string
    readonly code?: string
    readonly detail?: string
    readonly outcome?: { readonly reason: string | null } | null
    readonly params?: object
  }
}

export function pipeline(url: string, key: string): Pipeline {
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }
  return {
    ask: (body, waitSeconds) => call('POST', '/v1/requests', body, { prefer: `wait=${waitSeconds}` }),
    get: (id, waitSeconds) => call('GET', `/v1/requests/${id}?wait=${waitSeconds}`),
    consume: (id, executionId, digest) =>
      call('POST', `/v1/requests/${id}/consume`, { execution_id: executionId, payload_digest: digest }),
    complete: (id, executionId, summary) =>
      call('POST', `/v1/requests/${id}/complete`, { execution_id: executionId, status: 'succeeded', summary }),
  }
}
