/**
 * An expected no: data, not an exception. `code` is stable; HTTP, Slack and the CLI each have one table from it to their
 * own words. A code without an entry in such a table does not compile.
 */
export type RefusalCode =
  // of requests
  | 'not_found'
  | 'no_eligible_approver'
  | 'requester_unresolved'
  | 'act_for_not_allowed'
  | 'forbidden'
  | 'must_show'
  | 'idempotency_key_reused'
  | 'too_many_pending'
  | 'already_decided'
  | 'expired'
  | 'cancelled'
  // of grants
  | 'not_approved'
  | 'digest_mismatch'
  | 'already_consumed'
  | 'not_consumed'
  | 'already_completed'
  | 'grant_invalid'
  // of people
  | 'self_approval'
  | 'not_an_approver'
  | 'approver_not_human'
  | 'inactive'
  | 'guest'
  | 'outsider'
  | 'already_counted'
  | 'seat_taken'
  | 'stale_card'
  | 'reason_required'
  | 'channel_external'
  | 'policy_changed'
  | 'not_now'
  | 'nothing_to_withdraw'
  | 'not_revocable'
  | 'reason_too_short'
  | 'break_glass_not_allowed'
  | 'review_not_open'
  | 'delegation_refused'
  | 'not_an_admin'
  // of everything
  | 'paused'
  // of the machinery: fail closed (INV7)
  | 'directory_unavailable'
  | 'policy_unavailable'

export interface Refusal {
  readonly refused: RefusalCode
  /** What the person or program that reads it can act on; never a secret. */
  readonly detail?: string
  /** What of `params` it is about, RFC 6901. */
  readonly pointer?: string
}

export const refuse = (refused: RefusalCode, detail?: string): Refusal =>
  detail === undefined ? { refused } : { refused, detail }

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value
}
