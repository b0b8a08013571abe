import type { Tried } from '../approval/grant.ts'
import type { Caller } from '../approval/principal.ts'
import { isRefusal, type Refusal } from '../approval/refusal.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import type { Settled } from '../service.ts'
import type { DeliveryState } from '../store/store.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './parts.ts'
import { NOT_FOUND_DETAIL, Problem, refusalProblem } from './problem.ts'
import { type RequestJson, toJson } from './request-json.ts'

/** The client's own request. @throws {@link Problem} 404 in one shape for none, another's and a malformed id (I9). */
async function ownRequest(house: House, client: Caller, id: string): Promise<ApprovalRequest> {
  const request = await house.service.request(id)
  if (request?.client.id !== client.id) throw noSuchRequest()
  return request
}

/** As {@link ownRequest}, for one that acts on it: who tries that with another's leaves evidence. */
export async function actingRequest(
  house: House,
  client: Caller,
  id: string,
  attempt: Tried,
): Promise<ApprovalRequest> {
  const request = await house.service.request(id)
  if (!request) throw noSuchRequest()
  if (request.client.id === client.id) return request
  throw refusalProblem(await house.service.stranger(request, attempt, client))
}

/** As {@link ownRequest}; `read:all` reads every request. */
export async function readableRequest(house: House, client: Caller, id: string): Promise<ApprovalRequest> {
  if (!client.scopes.includes('read:all')) return ownRequest(house, client, id)
  const request = await house.service.request(id)
  if (!request) throw noSuchRequest()
  return request
}

export const noSuchRequest = (): Problem => new Problem('not_found', NOT_FOUND_DETAIL)

/** Of a client what decides what it sees of a request. */
export type Reader = Pick<Caller, 'id' | 'humans'>

/** The request as this client may see it. @param delivery what is known of it already. */
export async function shown(
  house: House,
  request: ApprovalRequest,
  client: Reader,
  delivery?: DeliveryState,
): Promise<RequestJson> {
  const isForHer = request.status === 'approved' && !house.service.isApprovedBy(request, client)
  const jws = isForHer ? await house.grants.grantFor(request, client.id) : null
  return toJson(request, delivery ?? (await house.service.reads.delivery(request.id)), jws)
}

/** Answers a change of a request, or says why there is none. */
export async function settled(
  house: House,
  exchange: Exchange,
  answer: Settled | Refusal,
  client: Caller,
): Promise<Response> {
  if (isRefusal(answer)) throw refusalProblem(answer)
  return exchange.json(200, await shown(house, answer.request, client))
}
