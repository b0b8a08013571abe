import type { ApprovalRequest } from '../approval/request.ts'
import { evaluate } from '../policy/evaluate.ts'
import type { Evaluation, Policy } from '../policy/policy.ts'

/**
 * What the policy makes of a request at this moment: over the ask as it was masked and stored, so that the answer is the
 * same each time. An ask that went to people because a limit was used up stays with people: uses that have run out
 * meanwhile do not turn it into one that needs none.
 */
export function presentEvaluation(policy: Policy, request: ApprovalRequest, nowMs: number): Evaluation {
  const { ask, client } = request
  const subject = { ask, requester: { client: { id: client.id, name: client.name }, verifiedBy: client.verifiedBy } }
  const now = evaluate(policy, subject, { nowMs })
  if (now.effect !== 'allow' || request.policy.effect !== 'require_approval') return now
  return evaluate(policy, subject, { nowMs, usedUp: new Set(request.policy.rules) })
}
