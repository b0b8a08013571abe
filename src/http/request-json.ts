import { z } from '@hono/zod-openapi'
import type { ApprovalRequest } from '../approval/request.ts'
import { received } from '../approval/requirement.ts'
import { standingVotes } from '../approval/votes.ts'
import type { DeliveryState } from '../store/store.ts'
import { jsonObject } from './request-schema.ts'
import { digest } from './texts.ts'

const time = z.iso.datetime().openapi({ example: '2026-11-20T10:00:00.000Z' })

/** The generator takes the written type as it stands, so that null is written there as well. */
const objectOrNull = jsonObject.nullable().openapi({ type: ['object', 'null'] })

/** The request as HTTP shows it. Every key is always there; what does not exist yet is null. */
export const requestJson = z
  .strictObject({
    id: z.string().openapi({ example: 'req_0199b7a4-0000-7000-8000-000000000000' }),
    status: z.enum(['pending', 'approved', 'denied', 'expired', 'cancelled']),
    version: z.int().min(1),
    execution: z.enum(['none', 'started', 'succeeded', 'failed']),
    action: z.string(),
    resource: z.string().nullable(),
    environment: z.string().nullable(),
    params: objectOrNull.openapi({ description: 'Masked where sensitive.' }),
    title: z.string().nullable(),
    reason: z.string().nullable(),
    context: jsonObject,
    payload_digest: digest,
    requester: z.strictObject({
      client: z.strictObject({ id: z.string(), name: z.string() }),
      on_behalf_of: objectOrNull,
      agent: objectOrNull,
      verified_by: z.enum(['client_key', 'oidc']),
    }),
    policy: z.strictObject({
      digest,
      rules: z.array(z.string()),
      effect: z.enum(['allow', 'deny', 'require_approval']),
      requirements: z.array(z.strictObject({ from: z.string(), count: z.int().min(1), received: z.int().min(0) })),
      deny_count: z.int().min(1),
    }),
    decisions: z.array(
      z.strictObject({
        approver: z.strictObject({ slack_user_id: z.string(), name: z.string() }),
        verdict: z.enum(['approve', 'deny', 'withdraw']),
        reason: z.string().nullable(),
        surface: z.enum(['slack', 'api', 'web']),
        delegated_by: z
          .strictObject({ slack_user_id: z.string() })
          .nullable()
          .openapi({ description: 'Whose seat this fills by delegation.' }),
        decided_at: time,
      }),
    ),
    outcome: z
      .strictObject({
        by: z.enum(['people', 'policy', 'expiry', 'requester', 'admin']),
        code: z.string(),
        reason: z.string().nullable(),
        at: time,
      })
      .nullable(),
    created_at: time,
    expires_at: time,
    grant_expires_at: time.nullable(),
    grant: z.strictObject({ jws: z.string(), expires_at: time }).nullable(),
    consumed: z.strictObject({ execution_id: z.string(), at: time }).nullable(),
    completed: z
      .strictObject({
        execution_id: z.string(),
        status: z.enum(['succeeded', 'failed']),
        summary: z.string().nullable(),
        result_digest: z.string().nullable(),
        at: time,
      })
      .nullable(),
    delivery: z.strictObject({
      state: z.enum(['queued', 'delivered', 'failed']),
      messages: z.array(z.strictObject({ channel: z.string(), ts: z.string() })),
    }),
  })
  .openapi('Request')

export type RequestJson = z.infer<typeof requestJson>

/** @param jws the grant, for the client that asked and for nobody else. */
export function toJson(request: ApprovalRequest, delivery: DeliveryState, jws: string | null): RequestJson {
  const { ask, policy, outcome, consumed, completed } = request
  return {
    id: request.id,
    status: request.status,
    version: request.version,
    execution: request.execution,
    action: ask.action,
    resource: ask.resource ?? null,
    environment: ask.environment ?? null,
    params: ask.params ?? null,
    title: ask.title ?? null,
    reason: ask.reason ?? null,
    context: { ...ask.context } as RequestJson['context'],
    payload_digest: request.payloadDigest,
    requester: {
      client: { id: request.client.id, name: request.client.name },
      on_behalf_of: (ask.requester?.on_behalf_of ?? null) as RequestJson['requester']['on_behalf_of'],
      agent: (ask.requester?.agent ?? null) as RequestJson['requester']['agent'],
      verified_by: request.client.verifiedBy,
    },
    policy: {
      digest: policy.digest,
      rules: [...policy.rules],
      effect: policy.effect,
      requirements: requirementsJson(request),
      // Where the policy decides by itself nobody can deny, and the count is without meaning.
      deny_count: policy.effect === 'require_approval' ? policy.denyCount : 1,
    },
    decisions: request.decisions.map((decision) => ({
      approver: { slack_user_id: decision.approver.userId, name: decision.approver.name },
      verdict: decision.verdict,
      reason: decision.reason,
      surface: decision.surface,
      delegated_by: decision.delegatedBy === null ? null : { slack_user_id: decision.delegatedBy },
      decided_at: iso(decision.decidedAtMs),
    })),
    outcome: outcome && { by: outcome.by, code: outcome.code, reason: outcome.reason, at: iso(outcome.atMs) },
    created_at: iso(request.createdAtMs),
    expires_at: iso(request.expiresAtMs),
    grant_expires_at: request.grantExpiresAtMs === null ? null : iso(request.grantExpiresAtMs),
    grant:
      jws === null || request.grantExpiresAtMs === null ? null : { jws, expires_at: iso(request.grantExpiresAtMs) },
    consumed: consumed && { execution_id: consumed.executionId, at: iso(consumed.atMs) },
    completed: completed && {
      execution_id: completed.executionId,
      status: completed.status,
      summary: completed.summary,
      result_digest: completed.resultDigest,
      at: iso(completed.atMs),
    },
    delivery: { state: delivery.state, messages: [...delivery.messages] },
  }
}

function requirementsJson(request: ApprovalRequest): RequestJson['policy']['requirements'] {
  const { policy } = request
  const approvals = standingVotes(request).filter(({ verdict }) => verdict === 'approve')
  const counts = approvals.length === 0 ? [] : received(policy.requirements, approvals)
  return policy.requirements.map(({ from, count }, i) => ({ from, count, received: counts[i] ?? 0 }))
}

const iso = (ms: number): string => new Date(ms).toISOString()
