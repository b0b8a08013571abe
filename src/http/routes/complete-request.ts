import type { Caller } from '../../approval/principal.ts'
import { maskText } from '../../approval/redact.ts'
import type { ApprovalRequest } from '../../approval/request.ts'
import { authenticate, requireScope } from '../auth.ts'
import { actingRequest, noSuchRequest, settled } from '../own-request.ts'
import type { House } from '../parts.ts'
import { readJson } from '../raw-body.ts'
import { requestJson } from '../request-json.ts'
import { completeBody } from '../request-schema.ts'
import { BODY_PROBLEMS, json, problems, type Route, requestId, secured } from '../route.ts'
import { validate } from '../validate.ts'

/** POST /v1/requests/{id}/complete: how it went, so that the log holds the deed as well. */
export const completeRequest: Route = {
  doc: secured({
    method: 'post',
    path: '/v1/requests/{id}/complete',
    operationId: 'completeRequest',
    summary: 'Report how it went',
    request: { params: requestId, body: { required: true, content: json(completeBody) } },
    responses: {
      200: { description: 'The request with its completion.', content: json(requestJson) },
      ...problems(
        ...BODY_PROBLEMS,
        'not_found',
        'not_approved',
        'not_consumed',
        'already_consumed',
        'already_completed',
        'cancelled',
        'expired',
        'storage_full',
      ),
    },
  }),

  async answer(house, exchange, routed) {
    const client = await authenticate(exchange, house)
    requireScope(client, 'request', 'enforce')
    const done = validate(completeBody, await readJson(exchange.incoming))
    const request = await usedRequest(house, client, routed.req.param('id') ?? '')
    const answer = await house.service.complete(
      request.id,
      {
        executionId: done.execution_id,
        status: done.status,
        // What a tool printed may hold what it was given: masked before it is stored or shown (INV11).
        summary: done.summary === undefined ? null : maskText(done.summary),
        resultDigest: done.result_digest ?? null,
      },
      client,
    )
    return settled(house, exchange, answer, client)
  },
}

/**
 * The request whose use this client may report: its own, or any where it enforces for others. Whether it was the one that
 * used it is for the rule to say, by the execution's id.
 */
async function usedRequest(house: House, client: Caller, id: string): Promise<ApprovalRequest> {
  if (!client.scopes.includes('enforce')) return actingRequest(house, client, id, 'complete')
  const request = await house.service.request(id)
  if (!request) throw noSuchRequest()
  return request
}
