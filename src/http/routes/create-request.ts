import { z } from '@hono/zod-openapi'
import type { Caller } from '../../approval/principal.ts'
import { MaskError } from '../../approval/redact.ts'
import { isRefusal } from '../../approval/refusal.ts'
import type { ApprovalRequest, Ask } from '../../approval/request.ts'
import type { Settled } from '../../service.ts'
import type { DeliveryState } from '../../store/store.ts'
import { bearerOf, requireScope } from '../auth.ts'
import type { Exchange } from '../exchange.ts'
import { idempotencyOf } from '../idempotency.ts'
import { type Reader, shown } from '../own-request.ts'
import type { House } from '../parts.ts'
import { refusalProblem } from '../problem.ts'
import { readJson } from '../raw-body.ts'
import { requestJson } from '../request-json.ts'
import { type AskBody, askBody } from '../request-schema.ts'
import { BODY_PROBLEMS, json, problems, type Route, secured } from '../route.ts'
import type { TokenName } from '../token-auth.ts'
import { replayed } from '../token-uses.ts'
import { invalid, validate } from '../validate.ts'
import { hold, MAX_WAIT_S, preferredWait } from '../wait.ts'

const headers = z.object({
  'idempotency-key': z.string().min(1).max(255).optional(),
  prefer: z
    .string()
    .optional()
    .openapi({ description: `wait=N: hold the answer up to N (0 to ${MAX_WAIT_S}) seconds.` }),
})

const answered = { description: 'The request.', content: json(requestJson) }

/** POST /v1/requests: opens a request. */
export const createRequest: Route = {
  doc: secured({
    method: 'post',
    path: '/v1/requests',
    operationId: 'createRequest',
    summary: 'Ask for an action',
    request: { headers, body: { required: true, content: json(askBody) } },
    responses: {
      201: { ...answered, headers: { Location: { schema: { type: 'string' }, required: true } } },
      200: { ...answered, description: 'The request that this Idempotency-Key opened before.' },
      ...problems(
        ...BODY_PROBLEMS,
        'act_for_not_allowed',
        'forbidden',
        'must_show',
        'paused',
        'idempotency_key_reused',
        'no_eligible_approver',
        'requester_unresolved',
        'rate_limited',
        'too_many_pending',
        'policy_unavailable',
        'storage_full',
      ),
    },
  }),

  async answer(house, exchange) {
    const { incoming } = exchange
    const { caller: client, token } = await bearerOf(exchange, house)
    requireScope(client, 'request')
    // Before the body is read: one that is refused costs as much work as one that is not (T4).
    const policy = house.policy()
    if (policy) await house.rates.take(client.id, policy.limits.requestsPerMinute)
    const body = await readJson(incoming)
    const ask = askOf(validate(askBody, body))
    const idempotency = idempotencyOf(incoming, body)
    if (token) await takeOnce(house, client, token, idempotency)

    // Dies after this: the ask is on disk and its asker does not know; the same Idempotency-Key finds it again (B49).
    const opened = await submit(house, client, ask, idempotency)
    const { id, status } = opened.request
    const preferred = preferredWait(incoming.headers.prefer)
    const wants = Boolean(preferred) && status === 'pending'
    // Where no more may be held the preference is passed over (RFC 7240 section 2): the ask itself stands.
    const seconds = wants && !house.held.enter(client.id) ? null : preferred
    const respond = answering(house, exchange, { id: client.id, humans: client.humans }, opened, seconds)
    return wants && seconds
      ? hold(house, exchange, { id, clientId: client.id, seconds }, respond)
      : respond(opened.request)
  },
}

/** The schema has seen to it that exactly one of the two names is there. */
const askOf = (body: AskBody): Ask => body as Ask

/** A token opens one request. With an Idempotency-Key the same ask may be sent again with it, also after a restart. */
async function takeOnce(
  house: House,
  client: Caller,
  token: TokenName,
  idempotency: ReturnType<typeof idempotencyOf>,
): Promise<void> {
  const deed = idempotency ? JSON.stringify(['ask', idempotency.key, idempotency.bodyDigest]) : null
  if (await house.tokenUses.isFirst(token, deed)) return
  const opened = idempotency && (await house.service.reads.idempotent(client.id, idempotency.key))
  if (opened?.bodyDigest !== idempotency?.bodyDigest || !opened) throw replayed()
}

type Opened = Settled & { readonly replayed: boolean }

async function submit(
  house: House,
  client: Caller,
  ask: Ask,
  idempotency: ReturnType<typeof idempotencyOf>,
): Promise<Opened> {
  try {
    const answer = await house.service.submit(client, ask, idempotency)
    if (isRefusal(answer)) throw refusalProblem(answer)
    return answer
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    throw invalid([{ pointer: error.pointer, code: 'invalid_value', message: error.message }])
  }
}

/** Keeps nothing of the ask: a held answer may stay here for a minute. */
function answering(
  house: House,
  exchange: Exchange,
  client: Reader,
  { request: { id, version }, replayed }: Opened,
  seconds: number | null,
): (request: ApprovalRequest) => Promise<Response> {
  return async (request) => {
    const isFresh = !replayed && request.version === version
    const delivery = isFresh ? freshDelivery(request) : undefined
    return exchange.json(replayed ? 200 : 201, await shown(house, request, client, delivery), {
      location: `/v1/requests/${id}`,
      ...(replayed ? { 'idempotency-replayed': 'true' } : {}),
      ...(seconds === null ? {} : { 'preference-applied': `wait=${seconds}` }),
    })
  }
}

/** What the store would say of a request that was committed a moment ago, without asking it. */
const freshDelivery = (request: ApprovalRequest): DeliveryState => ({
  state: request.policy.effect === 'require_approval' ? 'queued' : 'delivered',
  messages: [],
})
