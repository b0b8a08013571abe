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
  self_approval: [403, 'Nobody approves what they asked for'],
  not_an_approver: [403, 'Not an approver of this request'],
  approver_not_human: [403, 'Only people decide'],
  inactive: [403, 'The account is not active'],
  guest: [403, 'Guests do not decide'],
  outsider: [403, 'Not a member of the workspace'],
  channel_external: [403, 'The channel is shared with others'],
  break_glass_not_allowed: [403, 'The glass may not be broken here'],
  insufficient_scope: [403, 'The client lacks a scope'],
  act_for_not_allowed: [403, 'The client may not act on behalf of others'],
  grant_invalid: [403, 'The grant is not valid'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  request_timeout: [408, 'The request took too long to arrive'],
  already_decided: [409, 'The request is already decided'],
  already_counted: [409, 'This person is counted already'],
  seat_taken: [409, 'No seat is left for this person'],
  nothing_to_withdraw: [409, 'There is nothing to take back'],
  not_revocable: [409, 'There is no unused yes to revoke'],
  review_not_open: [409, 'There is no review to sign'],
  policy_changed: [409, 'The policy was changed'],
  not_now: [409, 'Not at this time'],
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
  digest_mismatch: [422, 'This is another payload'],
  idempotency_key_reused: [422, 'The idempotency key was used for another body'],
  must_show: [422, 'The policy wants this shown'],
  reason_required: [422, 'A reason is needed'],
  reason_too_short: [422, 'The reason says too little'],
  delegation_refused: [422, 'This cannot be delegated'],
  no_eligible_approver: [422, 'Nobody could approve this'],
  requester_unresolved: [422, 'The requester cannot be told apart'],
  rate_limited: [429, 'Too many requests'],
  too_many_pending: [429, 'Too many requests are pending'],
  headers_too_large: [431, 'The request headers are too large'],
  internal: [500, 'Internal error'],
  not_ready: [503, 'Not ready'],
  policy_unavailable: [503, 'No policy is in force'],
  issuer_unavailable: [503, 'The issuer of the token does not answer'],
  directory_unavailable: [503, 'Slack does not answer'],
  paused: [503, 'Everything is paused'],
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
  forbidden: ['forbidden', 'The policy or the client is not made for this action or environment.'],
  must_show: ['must_show', 'The policy wants a parameter shown that is masked.'],
  paused: ['paused', 'An admin has paused everything: try again later.'],
  self_approval: ['self_approval', 'You stand behind this ask, so you cannot approve it.'],
  not_an_approver: ['not_an_approver', 'You are not among those whose yes or no this request needs.'],
  not_an_admin: ['forbidden', 'This is for admins.'],
  approver_not_human: ['approver_not_human', 'Only people decide, by their own account.'],
  inactive: ['inactive', 'Your Slack account is not active.'],
  guest: ['guest', 'Guests of the workspace do not decide.'],
  outsider: ['outsider', 'You are not a member of the workspace.'],
  already_counted: ['already_counted', 'Your answer is counted already.'],
  seat_taken: ['seat_taken', 'Every seat that you could fill is taken.'],
  stale_card: ['digest_mismatch', 'payload_digest is not that of the request: read the request again.'],
  reason_required: ['reason_required', 'Say why: the policy wants a reason.'],
  reason_too_short: ['reason_too_short', 'Say more: the reason is for those who will review this.'],
  channel_external: ['channel_external', 'The channel is shared with another organisation.'],
  policy_changed: ['policy_changed', 'The policy was changed meanwhile: read the request again.'],
  not_now: ['not_now', 'The policy does not allow it at this time; the request stays pending.'],
  nothing_to_withdraw: ['nothing_to_withdraw', 'You have said nothing that could be taken back.'],
  not_revocable: ['not_revocable', 'There is no unused yes that you could revoke.'],
  break_glass_not_allowed: ['break_glass_not_allowed', 'The policy lets nobody break the glass here.'],
  review_not_open: ['review_not_open', 'There is no review that is open.'],
  delegation_refused: ['delegation_refused', 'This cannot be delegated.'],
  directory_unavailable: [
    'directory_unavailable',
    'Slack does not say who you are now, so nothing was recorded: try again.',
  ],
}

/** Seconds after which it is worth asking again. */
const RETRY_AFTER: Partial<Record<ProblemCode, string>> = {
  too_many_pending: '10',
  policy_unavailable: '5',
  paused: '30',
  issuer_unavailable: '10',
  directory_unavailable: '5',
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
