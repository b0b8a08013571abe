import { type Actor, type Change, clientActor, SYSTEM, type Unchanged, whileItsClientLives } from './change.ts'
import type { Digest } from './digest.ts'
import { changing, end, type Patch } from './outcome.ts'
import { type Refusal, refuse } from './refusal.ts'
import { type ApprovalRequest, type Completion, isOverdue } from './request.ts'

type ById = { readonly id: string }

/** The claims of a grant (JWS payload, times in seconds): RFC 7519 names, RFC 9396 `authorization_details`. */
export interface GrantClaims {
  readonly iss: string
  readonly aud: string
  readonly sub: string
  readonly jti: string
  readonly iat: number
  readonly exp: number
  readonly authorization_details: readonly [
    {
      readonly type: 'countersign_action'
      readonly action: string
      readonly resource?: string
      readonly environment?: string
      readonly payload_digest: string
    },
  ]
  readonly approvers: readonly string[]
}

/**
 * What an approved request's grant says, or null where there is none. A pure function of the request: the same client
 * fetches the same grant again, and no bearer text lies in the database (T19).
 */
export function grantClaims(request: ApprovalRequest, issuer: string): GrantClaims | null {
  if (request.status !== 'approved' || request.grantExpiresAtMs === null || request.outcome === null) return null
  const { action, resource, environment } = request.ask
  return {
    iss: issuer,
    aud: request.client.id,
    sub: request.client.id,
    jti: request.id,
    iat: Math.floor(request.outcome.atMs / 1000),
    exp: Math.floor(request.grantExpiresAtMs / 1000),
    authorization_details: [
      {
        type: 'countersign_action',
        action,
        ...(resource === undefined ? {} : { resource }),
        ...(environment === undefined ? {} : { environment }),
        payload_digest: request.payloadDigest,
      },
    ],
    approvers: request.outcome.approvers,
  }
}

/**
 * The one use. Compared by the request's id and digest, never by the grant's text, which has more than one spelling that
 * verifies (M12). The same execution of the same client gets the same answer for ever: its first reply may have been lost
 * (B49).
 *
 * @param digest of what is about to run; must be the digest that was approved (INV5).
 */
export function consume(
  request: ApprovalRequest,
  use: { readonly executionId: string; readonly digest: Digest },
  client: ById,
  nowMs: number,
): Change | Refusal | Unchanged {
  const unusable = whyUnusable(request)
  if (unusable) return unusable
  if (use.digest !== request.payloadDigest) {
    return refuse('digest_mismatch', 'what is about to run is not what was approved')
  }
  if (request.consumed) {
    const { executionId, by } = request.consumed
    return executionId === use.executionId && by === client.id
      ? { unchanged: request }
      : refuse('already_consumed', `used by execution ${executionId}`)
  }
  if (request.grantExpiresAtMs === null || !(nowMs < request.grantExpiresAtMs)) {
    return refuse('expired', 'the grant is over: ask again')
  }
  const patch: Patch = { consumed: { executionId: use.executionId, by: client.id, atMs: nowMs }, execution: 'started' }
  const change = changing(request, patch, 'grant.consumed', clientActor(client), nowMs)
  return { ...change, notAfterMs: request.grantExpiresAtMs, unlessPaused: true, ...whileItsClientLives(request) }
}

function whyUnusable(request: ApprovalRequest): Refusal | null {
  if (request.status === 'approved') return null
  if (request.status === 'cancelled') return refuse('cancelled', 'the request was cancelled')
  if (request.status === 'expired') return refuse('expired', 'the request expired before it was approved')
  return refuse('not_approved', `the request is ${request.status}`)
}

/** How it went. Only the execution that used the grant may say so, and it says one thing. */
export function complete(
  request: ApprovalRequest,
  done: Omit<Completion, 'atMs'>,
  client: ById,
  nowMs: number,
): Change | Refusal | Unchanged {
  if (!request.consumed) return whyUnusable(request) ?? refuse('not_consumed', 'the grant was not used yet')
  // The asker may report for a gate that used it in its place; another gate may not.
  const isHis = client.id === request.consumed.by || client.id === request.client.id
  if (!isHis || request.consumed.executionId !== done.executionId) {
    return refuse('already_consumed', `used by execution ${request.consumed.executionId}`)
  }
  const known = request.completed
  if (known) {
    const same =
      known.status === done.status && known.summary === done.summary && known.resultDigest === done.resultDigest
    return same ? { unchanged: request } : refuse('already_completed', `reported as ${known.status}`)
  }
  const patch: Patch = { completed: { ...done, atMs: nowMs }, execution: done.status }
  return changing(request, patch, 'grant.completed', clientActor(client), nowMs)
}

/** The asker withdraws; an approved grant that was not used dies with it (B38). */
export function cancel(
  request: ApprovalRequest,
  reason: string | null,
  who: Actor,
  nowMs: number,
): Change | Refusal | Unchanged {
  if (request.status === 'cancelled') return { unchanged: request }
  if (request.consumed) return refuse('already_consumed', `used by execution ${request.consumed.executionId}`)
  if (request.status === 'pending' && isOverdue(request, nowMs)) return refuse('expired')
  if (request.status === 'expired') return refuse('expired')
  if (request.status === 'denied') return refuse('already_decided', 'the request was denied')
  const patch = end('cancelled', { by: 'requester', code: 'cancelled', reason, atMs: nowMs })
  return changing(request, patch, 'request.cancelled', who, nowMs)
}

/**
 * The client that asked is revoked, or the issuer of its token no longer trusted: its key may be in the wrong hands, so
 * nobody should be asked about it any longer.
 */
export function cancelRevoked(request: ApprovalRequest, reason: string, nowMs: number): Change | Refusal {
  if (request.status !== 'pending') return refuse('already_decided')
  const patch = end('cancelled', { by: 'admin', code: 'client_revoked', reason, atMs: nowMs })
  return changing(request, patch, 'request.cancelled', SYSTEM, nowMs)
}

/** Its time is over. Refused where something else ended it first: the sweeper and a click may meet (B36). */
export function expire(request: ApprovalRequest, nowMs: number): Change | Refusal {
  if (request.status !== 'pending') return refuse('already_decided')
  if (!isOverdue(request, nowMs)) return refuse('not_approved', 'its time is not over')
  const patch = end('expired', { by: 'expiry', code: 'expired', reason: 'nobody decided in time', atMs: nowMs })
  return changing(request, patch, 'request.expired', SYSTEM, nowMs)
}

/** A refused use as evidence; a second consume is the one that an investigation starts from. */
export function refusedGrant(
  request: ApprovalRequest,
  use: { readonly executionId: string; readonly digest: string },
  who: Actor,
  refusal: Refusal,
  nowMs: number,
): Change {
  return {
    atMs: nowMs,
    audit: [
      {
        type: 'grant.refused',
        actor: who.actor,
        source: who.source,
        requestId: request.id,
        body: { execution_id: use.executionId, digest_given: use.digest, code: refusal.refused },
      },
    ],
  }
}

/** What a caller may do with its request after it asked. */
export type Tried = 'consume' | 'complete' | 'cancel'

/** What a caller tried with a request that is not its own, as evidence: it may look for a yes to use. */
export function refusedTry(
  request: ApprovalRequest,
  attempt: Tried,
  { actor, source }: Actor,
  { refused }: Refusal,
  nowMs: number,
): Change {
  const body = { attempt, code: refused }
  return { atMs: nowMs, audit: [{ type: 'grant.refused', actor, source, requestId: request.id, body }] }
}
