import { maskText } from '../../approval/redact.ts'
import { isRefusal } from '../../approval/refusal.ts'
import { bearerOf } from '../auth.ts'
import { noSuchRequest, shown } from '../own-request.ts'
import { Problem, refusalProblem } from '../problem.ts'
import { readJson } from '../raw-body.ts'
import { requestJson } from '../request-json.ts'
import { decisionBody } from '../request-schema.ts'
import { BODY_PROBLEMS, json, personal, problems, type Route, requestId } from '../route.ts'
import { replayed } from '../token-uses.ts'
import { validate } from '../validate.ts'

/**
 * POST /v1/requests/{id}/decisions: a person says yes or no, or takes it back. Judged by the same function as a click in
 * Slack; a client key decides nothing, and neither does a workload, whatever its scopes (T1, B29).
 */
export const createDecision: Route = {
  doc: personal({
    method: 'post',
    path: '/v1/requests/{id}/decisions',
    operationId: 'createDecision',
    summary: 'Approve or deny as a person, or take it back',
    request: { params: requestId, body: { required: true, content: json(decisionBody) } },
    responses: {
      200: { description: 'The request with the decision.', content: json(requestJson) },
      ...problems(
        ...BODY_PROBLEMS,
        ...(['forbidden', 'not_found', 'already_decided', 'cancelled', 'expired', 'digest_mismatch'] as const),
        ...(['self_approval', 'not_an_approver', 'approver_not_human', 'inactive', 'guest', 'outsider'] as const),
        ...([
          'already_counted',
          'seat_taken',
          'reason_required',
          'nothing_to_withdraw',
          'requester_unresolved',
        ] as const),
        ...(['policy_changed', 'not_now', 'paused', 'directory_unavailable', 'rate_limited', 'storage_full'] as const),
      ),
    },
  }),

  async answer(house, exchange, routed) {
    const { caller, person, token } = await bearerOf(exchange, house)
    if (!person || !token)
      throw new Problem('forbidden', 'Only people decide: send a token of a person, not of a program.')
    const policy = house.policy()
    if (policy) await house.rates.take(caller.id, policy.limits.requestsPerMinute)
    const { verdict, reason, payload_digest } = validate(decisionBody, await readJson(exchange.incoming))
    const requestId = routed.req.param('id') ?? ''
    const digestShown = payload_digest.slice('sha256:'.length)
    const account = await house.service.accountOf(person, { requestId, verdict, digestShown, caller: caller.id })
    if (isRefusal(account)) throw refusalProblem(account)
    const deed = JSON.stringify(['decide', requestId, verdict, reason ?? null, payload_digest])
    // Dies after this, before the decision: the token is used up and nothing was said; another one says it.
    const told = await house.tokenUses.once(token, deed, async () => {
      const answer = await house.service.decide({
        requestId,
        digestShown,
        verdict,
        reason: reason === undefined ? null : maskText(reason),
        surface: 'api',
        teamId: account.teamId,
        userId: account.userId,
        channel: null,
        also: person.identities,
      })
      return isRefusal(answer) ? refusalProblem(answer) : null
    })
    if (!told) throw replayed()
    if (told.refused) throw told.refused
    const request = await house.service.request(requestId)
    if (!request) throw noSuchRequest()
    const headers = told.isAgain ? { 'idempotency-replayed': 'true' } : {}
    return exchange.json(200, await shown(house, request, caller), headers)
  },
}
