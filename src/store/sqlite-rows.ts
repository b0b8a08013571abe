import type { Change, OutboxMessage } from '../approval/change.ts'
import type { Delegation } from '../approval/delegation.ts'
import type { Client } from '../approval/principal.ts'
import type { ApprovalRequest, Decision } from '../approval/request.ts'
import type { clients, decisions, delegations, outbox, requests } from './schema.ts'
import type { OutboxRow } from './store.ts'

/** Between what the rooms speak of and what the tables hold. */

type RequestRow = typeof requests.$inferSelect
type DecisionRow = typeof decisions.$inferSelect

export const requestRow = (request: ApprovalRequest, idempotency: Change['idempotency']): RequestRow => ({
  id: request.id,
  version: request.version,
  status: request.status,
  execution: request.execution,
  clientId: request.client.id,
  clientName: request.client.name,
  verifiedBy: request.client.verifiedBy,
  action: request.ask.action,
  resource: request.ask.resource ?? null,
  environment: request.ask.environment ?? null,
  createdAtMs: request.createdAtMs,
  expiresAtMs: request.expiresAtMs,
  grantExpiresAtMs: request.grantExpiresAtMs,
  idempotencyKey: idempotency?.key ?? null,
  idempotencyDigest: idempotency?.bodyDigest ?? null,
  payloadDigest: request.payloadDigest,
  closure: request.closure,
  outcome: request.outcome,
  consumed: request.consumed,
  completed: request.completed,
  brokenGlass: request.brokenGlass,
  reviewOpen: request.brokenGlass !== null && request.brokenGlass.review === null,
  policy: request.policy,
  ask: request.ask,
})

export const toRequest = (row: RequestRow, said: readonly DecisionRow[]): ApprovalRequest => ({
  id: row.id,
  version: row.version,
  status: row.status,
  execution: row.execution,
  client: { id: row.clientId, name: row.clientName, verifiedBy: row.verifiedBy },
  ask: row.ask,
  payloadDigest: row.payloadDigest,
  closure: row.closure,
  // Nobody could break the glass on what was asked before there was one.
  policy: { ...row.policy, breakGlass: row.policy.breakGlass ?? null },
  decisions: said.map(toDecision),
  outcome: row.outcome,
  createdAtMs: row.createdAtMs,
  expiresAtMs: row.expiresAtMs,
  grantExpiresAtMs: row.grantExpiresAtMs,
  brokenGlass: row.brokenGlass,
  consumed: row.consumed,
  completed: row.completed,
})

export const decisionRow = (requestId: string, position: number, decision: Decision): DecisionRow => ({
  requestId,
  position,
  approverUserId: decision.approver.userId,
  approverTeamId: decision.approver.teamId,
  approverName: decision.approver.name,
  approverIdentities: decision.approver.identities,
  verdict: decision.verdict,
  reason: decision.reason,
  surface: decision.surface,
  delegatedBy: decision.delegatedBy,
  delegatorIdentities: decision.delegatorIdentities,
  groups: decision.groups,
  membershipReadAtMs: decision.membershipReadAtMs,
  digestShown: decision.digestShown,
  policyDigest: decision.policyDigest,
  decidedAtMs: decision.decidedAtMs,
})

const toDecision = (row: DecisionRow): Decision => ({
  approver: {
    userId: row.approverUserId,
    teamId: row.approverTeamId,
    name: row.approverName,
    identities: row.approverIdentities,
  },
  verdict: row.verdict,
  reason: row.reason,
  surface: row.surface,
  delegatedBy: row.delegatedBy,
  delegatorIdentities: row.delegatorIdentities,
  groups: row.groups,
  membershipReadAtMs: row.membershipReadAtMs,
  digestShown: row.digestShown,
  policyDigest: row.policyDigest,
  decidedAtMs: row.decidedAtMs,
})

/** Member by member: a member that the table does not know must not be taken along and lost. */
export const clientRow = (client: Client): typeof clients.$inferSelect => ({
  id: client.id,
  name: client.name,
  secretHash: client.secretHash,
  owners: client.owners,
  makers: client.makers,
  scopes: client.scopes,
  actFor: client.actFor,
  actions: client.actions,
  environments: client.environments,
  previous: client.previous && { secretHash: client.previous.secretHash, untilMs: client.previous.untilMs },
  ipRanges: client.ipRanges,
  createdAtMs: client.createdAtMs,
  expiresAtMs: client.expiresAtMs,
  revokedAtMs: client.revokedAtMs,
})

export const delegationRow = (delegation: Delegation): typeof delegations.$inferSelect => ({
  id: delegation.id,
  from: delegation.from,
  to: delegation.to,
  startsAtMs: delegation.startsAtMs,
  endsAtMs: delegation.endsAtMs,
  createdAtMs: delegation.createdAtMs,
  createdBy: delegation.createdBy,
  revokedAtMs: delegation.revokedAtMs,
})

export const toOutboxRow = (row: typeof outbox.$inferSelect): OutboxRow => ({
  id: row.id,
  message: toMessage(row),
  channel: row.channel,
  attempts: row.attempts,
  dueAtMs: row.dueAtMs,
  lastError: row.lastError,
})

function toMessage(row: typeof outbox.$inferSelect): OutboxMessage {
  const { kind, requestId, channel } = row
  if (kind === 'alarm') return { kind, channel, text: row.text ?? '', ...(row.mention ? { mention: row.mention } : {}) }
  if (requestId === null) throw new Error(`outbox row ${row.id} names no request`)
  return { kind, requestId, channel }
}
