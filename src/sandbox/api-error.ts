import type { JsonObject } from './json.ts'

/** A Web API method's no: `{ok: false, error, …}` with HTTP status 200. */
export class ApiError extends Error {
  readonly error: string
  readonly more: JsonObject
  /** What was broken, for the developer: Slack's own lines, or a sentence where Slack says nothing but the code. */
  readonly problems: readonly string[]

  constructor(error: string, more: JsonObject = {}, problems: readonly string[] = []) {
    super(error)
    this.error = error
    this.more = more
    this.problems = problems
  }
}

/** A broken limit that Slack names by its code alone. */
export function beyond(error: string, sentence: string): ApiError {
  return new ApiError(error, {}, [sentence])
}

/** `problems` as Slack writes them: in `errors` and, marked, in `response_metadata.messages`. */
export function invalid(error: string, problems: readonly string[]): ApiError {
  const messages = problems.map((problem) => `[ERROR] ${problem}`)
  return new ApiError(error, { errors: problems, response_metadata: { messages } }, messages)
}
