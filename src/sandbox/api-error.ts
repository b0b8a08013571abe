import type { JsonObject } from './json.ts'

/** A Web API method's no: `{ok: false, error, …}` with HTTP status 200. */
export class ApiError extends Error {
  readonly error: string
  readonly more: JsonObject

  constructor(error: string, more: JsonObject = {}) {
    super(error)
    this.error = error
    this.more = more
  }
}

/** `problems` as Slack writes them: in `errors` and, marked, in `response_metadata.messages`. */
export function invalid(error: string, problems: readonly string[]): ApiError {
  return new ApiError(error, {
    errors: problems,
    response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
  })
}
