import type { NewAuditEntry } from '../audit/entry.ts'
import type { Json } from '../audit/canonical.ts'
import type { Actor } from './change.ts'
import { samePerson } from './principal.ts'
import type { ApprovalRequest, Outcome } from './request.ts'
import { fulfilled, type Requirement } from './requirement.ts'

/** The fields of a request that a change set, for the audit body: replaying them rebuilds the request. */
export type Patch = Partial<Omit<ApprovalRequest, 'id' | 'version' | 'client' | 'ask' | 'payloadDigest'>>

/** A request with `patch` applied and its version one up. */
export const advance = (request: ApprovalRequest, patch: Patch): ApprovalRequest => ({
  ...request,
  ...patch,
  version: request.version + 1,
})

/**
 * THE one way to a yes. Slack, HTTP, policy: whatever door it came through, a request becomes approved here and nowhere
 * else (B28), and only after this function has proved for itself that it may:
 *
 * - by `policy`: the pinned effect is allow, which no asker can write;
 * - by `people`: the request asks for people, each counted one said approve, no two of them are one human, none of them
 *   stands behind the ask (INV3), and together they fill every seat.
 *
 * @param requirements the seats to fill: the stricter of the pinned and the present policy.
 * @throws Error where the proof fails: a bug upstream must end in no approval, never in a doubtful one.
 */
export function approve(
  request: ApprovalRequest,
  by: 'people' | 'policy',
  requirements: readonly Requirement[],
  nowMs: number,
): Patch {
  if (request.status !== 'pending') throw new Error(`${request.id} is not pending`)
  if (nowMs >= request.expiresAtMs) throw new Error(`${request.id} is over`)
  if (by === 'policy') {
    if (request.policy.effect !== 'allow') throw new Error(`${request.id}: the policy does not allow it by itself`)
  } else {
    proveByPeople(request, requirements)
  }
  return {
    status: 'approved',
    outcome: { by, code: by === 'policy' ? 'allowed_by_policy' : 'approved', reason: null, atMs: nowMs },
    grantExpiresAtMs: nowMs + request.policy.grantTtlMs,
  }
}

function proveByPeople(request: ApprovalRequest, requirements: readonly Requirement[]): void {
  if (request.policy.effect !== 'require_approval') throw new Error(`${request.id} does not ask for people`)
  const approvals = request.decisions.filter((decision) => decision.verdict === 'approve')
  const behind = new Set(request.closure)
  approvals.forEach((approval, i) => {
    if (samePerson(approval.approver.identities, behind)) throw new Error(`${request.id}: an approver is behind the ask`)
    const known = new Set(approval.approver.identities)
    if (approvals.slice(i + 1).some((other) => samePerson(other.approver.identities, known))) {
      throw new Error(`${request.id}: one person is counted twice`)
    }
  })
  if (!fulfilled(requirements, approvals)) throw new Error(`${request.id}: not every seat is filled`)
}

/** Every other end: denied, expired, cancelled. */
export function end(status: 'denied' | 'expired' | 'cancelled', outcome: Outcome): Patch {
  return { status, outcome, grantExpiresAtMs: null }
}

/** The audit entry of a change of an existing request: `set` holds exactly what changed. */
export function recorded(
  type: NewAuditEntry['type'],
  after: ApprovalRequest,
  patch: Patch,
  who: Actor,
  more: { readonly [key: string]: Json } = {},
): NewAuditEntry {
  return {
    type,
    actor: who.actor,
    source: who.source,
    requestId: after.id,
    body: { ...more, payload_digest: after.payloadDigest, version: after.version, set: patch as unknown as Json },
  }
}
