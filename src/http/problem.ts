import type { Refusal, RefusalCode } from '../approval/refusal.ts'
import { StorageError } from '../store/store.ts'

/** Every code that HTTP answers with: its status and the title that goes with it. Codes are stable; titles are for people. */
export const PROBLEMS = {
  bad_request: [400, 'Bad request'],
  invalid_json: [400, 'The body is not valid JSON'],
  invalid_encoding: [400, 'The body is not valid UTF-8'],
  duplicate_key: [400, 'A key stands there twice'],
  unauthenticated: [401, 'Authentication is needed'],
  forbidden: [403, 'Forbidden'],
  insufficient_scope: [403, 'The client lacks a scope'],
  act_for_not_allowed: [403, 'The client may not act on behalf of others'],
  grant_invalid: [403, 'The grant is not valid'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  request_timeout: [408, 'The request took too long to arrive'],
  already_decided: [409, 'The request is already decided'],
  not_approved: [409, 'The request is not approved'],
  already_consumed: [409, 'The grant is already used'],
  not_consumed: [409, 'The grant is not used yet'],
  already_completed: [409, 'The outcome is already reported'],
  cancelled: [409, 'The request is cancelled'],
  expired: [409, 'Its time is over'],
  payload_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'Unsupported media type'],
  expectation_failed: [417, 'The expectation cannot be met'],
  validation_failed: [422, 'The request is not valid'],
  number_not_exact: [422, 'A number cannot be kept exactly'],
  digest_mismatch: [422, 'This is not what was approved'],
  idempotency_key_reused: [422, 'The idempotency key was used for another body'],
  no_eligible_approver: [422, 'Nobody could approve this'],
  requester_unresolved: [422, 'The requester cannot be told apart'],
  rate_limited: [429, 'Too many requests'],
  too_many_pending: [429, 'Too many requests are pending'],
  headers_too_large: [431, 'The request headers are too large'],
  internal: [500, 'Internal error'],
  not_ready: [503, 'Not ready'],
  policy_unavailable: [503, 'No policy is in force'],
  storage_unavailable: [503, 'The storage is unavailable'],
  storage_full: [507, 'The storage is full'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemCode = keyof typeof PROBLEMS

/** One thing that is wrong with what was sent; `pointer` is RFC 6901 into the body, or `?name` of a query parameter. */
export interface Fault {
  readonly pointer: string
  readonly code: string
  readonly message: string
}

interface Extras {
  readonly errors?: readonly Fault[]
  readonly headers?: Readonly<Record<string, string>>
  /** More members of the document (RFC 9457 section 3.2). */
  readonly members?: Readonly<Record<string, unknown>>
}

/** What is answered instead of what was asked for. `detail` is a sentence that the caller can act on; nothing secret. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ProblemCode
  readonly extras: Extras

  constructor(code: ProblemCode, detail: string, extras: Extras = {}) {
    super(detail)
    this.code = code
    this.extras = extras
  }

  get status(): number {
    return PROBLEMS[this.code][0]
  }

  /** The RFC 9457 document. @param id names this exchange, in the answer and in the log. */
  document(id: string): string {
    const [status, title] = PROBLEMS[this.code]
    const { errors, members } = this.extras
    return JSON.stringify({
      type: `urn:countersign:problem:${this.code}`,
      title,
      status,
      detail: this.message,
      instance: `urn:request:${id}`,
      code: this.code,
      ...(errors ? { errors } : {}),
      ...members,
    })
  }
}

export const NOT_FOUND_DETAIL = 'There is no such request, or it is not yours.'
const NOT_HERE = 'This is decided in Slack, not here.'

/** What each refusal is called over HTTP, and what is said where the rule said nothing. */
const REFUSALS: Record<RefusalCode, readonly [ProblemCode, string]> = {
  not_found: ['not_found', NOT_FOUND_DETAIL],
  no_eligible_approver: ['no_eligible_approver', 'Nobody but those behind the ask could approve it.'],
  requester_unresolved: ['requester_unresolved', 'on_behalf_of names nobody who could be told apart.'],
  act_for_not_allowed: ['act_for_not_allowed', 'This client may not act on behalf of anybody.'],
  idempotency_key_reused: ['idempotency_key_reused', 'This Idempotency-Key opened a request with another body.'],
  too_many_pending: ['too_many_pending', 'Too many requests of this client are pending: wait for them or cancel some.'],
  already_decided: ['already_decided', 'The request is already decided.'],
  expired: ['expired', 'The time of the request is over: ask again.'],
  cancelled: ['cancelled', 'The request is cancelled.'],
  not_approved: ['not_approved', 'The request is not approved.'],
  digest_mismatch: ['digest_mismatch', 'What is about to run is not what was approved.'],
  already_consumed: ['already_consumed', 'The grant is already used.'],
  not_consumed: ['not_consumed', 'The grant is not used yet: consume it first.'],
  already_completed: ['already_completed', 'The outcome is already reported.'],
  grant_invalid: ['grant_invalid', 'The grant is not one of ours for this request.'],
  policy_unavailable: ['policy_unavailable', 'There is no policy in force to judge by: try again soon.'],
  self_approval: ['forbidden', NOT_HERE],
  not_an_approver: ['forbidden', NOT_HERE],
  approver_not_human: ['forbidden', NOT_HERE],
  inactive: ['forbidden', NOT_HERE],
  guest: ['forbidden', NOT_HERE],
  outsider: ['forbidden', NOT_HERE],
  already_counted: ['forbidden', NOT_HERE],
  seat_taken: ['forbidden', NOT_HERE],
  stale_card: ['forbidden', NOT_HERE],
  reason_required: ['forbidden', NOT_HERE],
  channel_external: ['forbidden', NOT_HERE],
  policy_changed: ['forbidden', NOT_HERE],
  directory_unavailable: ['forbidden', NOT_HERE],
}

/** Seconds after which it is worth asking again. */
const RETRY_AFTER: Partial<Record<ProblemCode, string>> = {
  too_many_pending: '10',
  policy_unavailable: '5',
  storage_unavailable: '1',
  storage_full: '30',
  not_ready: '5',
}

export const retryAfter = (code: ProblemCode): string | undefined => RETRY_AFTER[code]

/** An expected no as HTTP says it. */
export function refusalProblem({ refused, detail }: Refusal): Problem {
  const [code, sentence] = REFUSALS[refused]
  return new Problem(code, detail === undefined ? sentence : asSentence(detail))
}

const asSentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`

/** What went wrong inside, without a word of how it looks there. */
export function problemOfError(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof StorageError) {
    return error.kind === 'full'
      ? new Problem('storage_full', 'The disk is full, so nothing was recorded: try again once there is space.')
      : new Problem('storage_unavailable', 'Nothing could be recorded just now: try again.')
  }
  return new Problem('internal', 'Something went wrong on our side. The instance names it in our log.')
}
