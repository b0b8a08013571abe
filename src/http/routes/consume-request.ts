import type { z } from '@hono/zod-openapi'
import type { Digest, Payload } from '../../approval/digest.ts'
import type { Caller } from '../../approval/principal.ts'
import { refuse } from '../../approval/refusal.ts'
import type { ApprovalRequest } from '../../approval/request.ts'
import { authenticate, requireScope } from '../auth.ts'
import { actingRequest, noSuchRequest, settled } from '../own-request.ts'
import type { House } from '../parts.ts'
import { refusalProblem } from '../problem.ts'
import { readJson } from '../raw-body.ts'
import { requestJson } from '../request-json.ts'
import { consumeBody } from '../request-schema.ts'
import { BODY_PROBLEMS, json, problems, type Route, requestId, secured } from '../route.ts'
import { validate } from '../validate.ts'

type Use = z.infer<typeof consumeBody>

/** POST /v1/requests/{id}/consume: the one use of the yes, right before acting. */
export const consumeRequest: Route = {
  doc: secured({
    method: 'post',
    path: '/v1/requests/{id}/consume',
    operationId: 'consumeRequest',
    summary: 'Use the grant, once',
    request: { params: requestId, body: { required: true, content: json(consumeBody) } },
    responses: {
      200: { description: 'The request, used by this execution.', content: json(requestJson) },
      ...problems(
        ...BODY_PROBLEMS,
        'not_found',
        'forbidden',
        'grant_invalid',
        'not_approved',
        'already_consumed',
        'cancelled',
        'expired',
        'digest_mismatch',
        'paused',
        'storage_full',
      ),
    },
  }),

  async answer(house, exchange, routed) {
    const client = await authenticate(exchange, house)
    requireScope(client, 'request', 'enforce')
    const use = validate(consumeBody, await readJson(exchange.incoming))
    const request = await usableRequest(house, client, routed.req.param('id') ?? '', use.grant)
    return settled(house, exchange, await house.service.consume(request, useOf(use), client), client)
  },
}

/**
 * The request that this client may use: its own, or any whose grant it presents where it enforces for others. The grant
 * is judged before the request is looked for, so that a wrong one tells nothing of what exists.
 */
async function usableRequest(
  house: House,
  client: Caller,
  id: string,
  grant: string | undefined,
): Promise<ApprovalRequest> {
  if (grant !== undefined && !(await house.grants.isGrantOf(grant, id))) throw refusalProblem(refuse('grant_invalid'))
  if (grant !== undefined && client.scopes.includes('enforce')) {
    const request = await house.service.request(id)
    if (!request) throw noSuchRequest()
    return request
  }
  requireScope(client, 'request')
  return actingRequest(house, client, id, 'consume')
}

/** The schema has seen to it that one of the two is there. */
const useOf = (use: Use): { executionId: string } & ({ digest: Digest } | { params: Payload['params'] }) =>
  use.payload_digest === undefined
    ? { executionId: use.execution_id, params: use.params }
    : { executionId: use.execution_id, digest: use.payload_digest as Digest }
