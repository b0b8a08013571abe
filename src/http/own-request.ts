import type { Client } from '../approval/principal.ts'
import { isRefusal, type Refusal } from '../approval/refusal.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import type { Settled } from '../service.ts'
import type { DeliveryState } from '../store/store.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './parts.ts'
import { NOT_FOUND_DETAIL, Problem, refusalProblem } from './problem.ts'
import { type RequestJson, toJson } from './request-json.ts'

/** The client's own request. @throws {@link Problem} 404 in one shape for none, another's and a malformed id (I9). */
export async function ownRequest(house: House, client: Client, id: string): Promise<ApprovalRequest> {
  const request = await house.service.request(id)
  if (request?.client.id !== client.id) throw noSuchRequest()
  return request
}

/** As {@link ownRequest}; `read:all` reads every request. */
export async function readableRequest(house: House, client: Client, id: string): Promise<ApprovalRequest> {
  if (!client.scopes.includes('read:all')) return ownRequest(house, client, id)
  const request = await house.service.request(id)
  if (!request) throw noSuchRequest()
  return request
}

export const noSuchRequest = (): Problem => new Problem('not_found', NOT_FOUND_DETAIL)

/** The request as this client may see it. @param delivery what is known of it already. */
export async function shown(
  house: House,
  request: ApprovalRequest,
  client: Pick<Client, 'id'>,
  delivery?: DeliveryState,
): Promise<RequestJson> {
  const jws = request.status === 'approved' ? await house.grants.grantFor(request, client.id) : null
  return toJson(request, delivery ?? (await house.service.reads.delivery(request.id)), jws)
}

/** Answers a change of a request, or says why there is none. */
export async function settled(
  house: House,
  exchange: Exchange,
  answer: Settled | Refusal,
  client: Client,
): Promise<Response> {
  if (isRefusal(answer)) throw refusalProblem(answer)
  return exchange.json(200, await shown(house, answer.request, client))
}
