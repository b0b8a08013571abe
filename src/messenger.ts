import type { ApprovalRequest } from './approval/request.ts'
import type { Card } from './store/store.ts'

/**
 * Whoever speaks to the people for us. Renders from the request as the store has it, never from what was queued, so the
 * last word said is always the newest state.
 */
export interface Messenger {
  /** Posts the request's card. Not idempotent: Slack has no dedupe id, so an unknown outcome is `unknown`. */
  announce(request: ApprovalRequest, channel: string): Promise<{ readonly ts: string }>
  /** Brings a posted card up to date. Idempotent. */
  update(request: ApprovalRequest, card: Card): Promise<void>
  /** Timestamps of cards of this request that are already in the channel; null where we may not look. */
  find(request: ApprovalRequest, channel: string): Promise<readonly string[] | null>
  /** Says a sentence of ours in a channel. @param mention Slack ids of groups (`S…`) and people whom it is to wake. */
  say(channel: string, text: string, mention?: readonly string[]): Promise<void>
}

/**
 * Why something was not said.
 * - `permanent`: will fail again until somebody mends it (channel archived, bot not in it, token revoked);
 * - `later`: nothing was said, try again (rate limit, Slack down before it took the call);
 * - `unknown`: maybe said (time-out, reset or 5xx after the call went out): look before saying it again.
 */
export class DeliveryError extends Error {
  override name = 'DeliveryError'
  readonly kind: 'permanent' | 'later' | 'unknown'
  /** Slack's error code, or ours. */
  readonly code: string
  readonly retryAfterMs: number | null
  /** What else will fail for the same cause: only this message, whatever is said in its channel, or every call. */
  readonly reach: 'message' | 'channel' | 'everything'
  constructor(
    kind: DeliveryError['kind'],
    code: string,
    retryAfterMs: number | null = null,
    reach: DeliveryError['reach'] = 'message',
  ) {
    super(`${kind}: ${code}`)
    this.kind = kind
    this.code = code
    this.retryAfterMs = retryAfterMs
    this.reach = reach
  }
}
