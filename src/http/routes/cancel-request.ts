import { maskText } from '../../approval/redact.ts'
import { authenticate, requireScope } from '../auth.ts'
import { actingRequest, settled } from '../own-request.ts'
import { readOptionalJson } from '../raw-body.ts'
import { requestJson } from '../request-json.ts'
import { cancelBody } from '../request-schema.ts'
import { BODY_PROBLEMS, json, problems, type Route, requestId, secured } from '../route.ts'
import { validate } from '../validate.ts'

/** POST /v1/requests/{id}/cancel: the asker withdraws; a grant that was not used dies with it. */
export const cancelRequest: Route = {
  doc: secured({
    method: 'post',
    path: '/v1/requests/{id}/cancel',
    operationId: 'cancelRequest',
    summary: 'Withdraw a request',
    request: { params: requestId, body: { required: false, content: json(cancelBody) } },
    responses: {
      200: { description: 'The request, cancelled.', content: json(requestJson) },
      ...problems(...BODY_PROBLEMS, 'not_found', 'already_decided', 'already_consumed', 'expired', 'storage_full'),
    },
  }),

  async answer(house, exchange, routed) {
    const client = await authenticate(exchange, house)
    requireScope(client, 'request')
    const { reason } = validate(cancelBody, await readOptionalJson(exchange.incoming))
    const request = await actingRequest(house, client, routed.req.param('id') ?? '', 'cancel')
    // It is stored and shown like an ask, so it is masked like one (INV11).
    const said = reason === undefined ? null : maskText(reason)
    return settled(house, exchange, await house.service.cancel(request.id, said, client), client)
  },
}
