import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { DeliveryError } from '../messenger.ts'

/** `post`: said twice is heard twice. `repeat`: saying it again changes nothing (chat.update, reading). */
export type CallKind = 'post' | 'repeat'

/** Slack's errors that stay until a person mends their cause. */
const PERMANENT = new Set([
  'access_denied',
  'account_inactive',
  'app_access_restricted',
  'attachment_payload_limit_exceeded',
  'block_mismatch',
  'cannot_reply_to_message',
  'cant_update_message',
  'channel_not_found',
  'edit_window_closed',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'invalid_auth',
  'is_archived',
  'is_inactive',
  'markdown_text_conflict',
  'message_not_found',
  'messages_tab_disabled',
  'missing_scope',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_permission',
  'no_text',
  'not_allowed_token_type',
  'not_authed',
  'not_in_channel',
  'team_not_found',
  'token_expired',
  'token_revoked',
  'too_many_attachments',
  'unknown_method',
  'user_not_in_channel',
])
const PERMANENT_FAMILIES =
  /^(?:invalid_(?:blocks|arguments|metadata|arg_name|array_arg|charset|form_data|post_type)|restricted_action|metadata_)/

/** Those of them that every message in the channel meets, and those that every call meets. */
const OF_CHANNEL = new Set([
  'access_denied',
  'channel_not_found',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'is_archived',
  'is_inactive',
  'messages_tab_disabled',
  'no_permission',
  'not_in_channel',
  'restricted_action',
  'team_not_found',
  'user_not_in_channel',
])
const OF_TOKEN = new Set([
  'account_inactive',
  'app_access_restricted',
  'invalid_auth',
  'not_allowed_token_type',
  'not_authed',
  'token_expired',
  'token_revoked',
])

/** "Some aspect of the operation may have succeeded", says Slack of these. */
const MAYBE_DONE = new Set(['fatal_error', 'internal_error'])
const PASSING = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'request_timeout',
  'external_channel_migrating',
  'team_added_to_org',
  'org_login_required',
])
/** The call never left this machine. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** An error that nobody has classed is tried again, but seldom: it will most likely stay. */
const SELDOM_MS = 60_000

/** What the SDK threw, in the outbox's three classes. Anything not known for sure counts as maybe said. */
export function deliveryError(error: unknown, call: CallKind): DeliveryError {
  const doubtful = call === 'post' ? 'unknown' : 'later'
  if (error instanceof DeliveryError) return error
  if (error instanceof WebAPIRateLimitedError) return new DeliveryError('later', 'ratelimited', error.retryAfter * 1000)
  if (error instanceof WebAPIPlatformError) return ofPlatform(error.data.error, doubtful)
  if (error instanceof WebAPIHTTPError) {
    // A proxy's 202 or a redirect may stand for a message that was taken; only a refusal of the caller says it was not.
    const refused = error.statusCode >= 400 && error.statusCode < 500
    return new DeliveryError(refused ? 'later' : doubtful, `http_${error.statusCode}`)
  }
  if (error instanceof WebAPIRequestError) {
    const code = networkCode(error.original)
    return new DeliveryError(NOT_SENT.has(code) ? 'later' : doubtful, code)
  }
  // A 429 without a usable Retry-After is a plain Error of the SDK's.
  if (error instanceof Error && error.message.startsWith('Retry header did not contain')) {
    return new DeliveryError('later', 'ratelimited')
  }
  return new DeliveryError(doubtful, error instanceof Error ? error.name : 'error')
}

function ofPlatform(code: string, doubtful: 'unknown' | 'later'): DeliveryError {
  // The SDK hands a body that is no JSON over as if it were an error code: the answer was lost, not the message.
  if (!/^[a-z0-9_]{1,80}$/.test(code)) return new DeliveryError(doubtful, 'malformed_answer')
  if (PERMANENT.has(code) || PERMANENT_FAMILIES.test(code)) {
    return new DeliveryError('permanent', code, null, reachOf(code))
  }
  if (MAYBE_DONE.has(code)) return new DeliveryError(doubtful, code)
  return new DeliveryError('later', code, PASSING.has(code) ? null : SELDOM_MS)
}

const reachOf = (code: string): DeliveryError['reach'] =>
  OF_TOKEN.has(code) ? 'everything' : OF_CHANNEL.has(code) ? 'channel' : 'message'

/** `fetch failed` hides the socket's error in its cause; a time-out is an error of its own. */
function networkCode(original: Error): string {
  for (let error: unknown = original; error instanceof Error; error = error.cause) {
    if (error.name === 'TimeoutError') return 'timeout'
    if ('code' in error && typeof error.code === 'string') return error.code
  }
  return 'request_failed'
}
