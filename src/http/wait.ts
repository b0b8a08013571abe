import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { ApprovalRequest } from '../approval/request.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './parts.ts'
import { NOT_FOUND_DETAIL, Problem, problemOfError } from './problem.ts'

export const MAX_WAIT_S = 60

/**
 * Seconds that `Prefer: wait=N` (RFC 7240) asks to be held, at most {@link MAX_WAIT_S}; null where it does not say so.
 * A preference that cannot be understood is none: the RFC has it ignored, and no `Preference-Applied` tells so.
 */
export function preferredWait(prefer: string | string[] | undefined): number | null {
  if (prefer === undefined) return null
  for (const preference of String(prefer).split(',')) {
    const seconds = /^[ \t]*wait[ \t]*=[ \t]*"?(\d{1,9})"?[ \t]*(?:;|$)/i.exec(preference)?.[1]
    if (seconds !== undefined) return Math.min(Number(seconds), MAX_WAIT_S)
  }
  return null
}

/**
 * Holds the answer of a client that entered {@link House.held} until the request leaves `pending` or the time is over, then lets `answer` write it.
 *
 * The route returns at once: what is kept of a held asker is the exchange, a timer and one closure, for ten thousand of
 * them may hang here (T20). Who hangs up leaves the line.
 */
export function hold(
  house: House,
  exchange: Exchange,
  { id, clientId, seconds }: { readonly id: string; readonly clientId: string; readonly seconds: number },
  answer: (request: ApprovalRequest) => Promise<Response>,
): Response {
  exchange.held = true
  const { outgoing } = exchange
  const ms = house.stopping ? 0 : seconds * 1000
  const held = house.service.wait(id, ms, (leave) => {
    if (outgoing.destroyed || house.stopping) leave()
    else outgoing.once('close', leave)
  })
  held
    .then((request) => {
      if (outgoing.destroyed) return
      if (!request) throw new Problem('not_found', NOT_FOUND_DETAIL)
      return answer(request)
    })
    .catch((error: unknown) => failed(house, exchange, error))
    .finally(() => house.held.leave(clientId))
  return RESPONSE_ALREADY_SENT
}

/** 429: the client has its answers held already, each of which takes a socket and memory. */
export const tooManyHeld = (): Problem =>
  new Problem('rate_limited', 'Too many answers are held for this client: read without wait, or end some waits.', {
    headers: { 'retry-after': '5' },
  })

/** Answers an error, and logs the ones that are ours. */
export function failed(house: House, exchange: Exchange, error: unknown): Response {
  const problem = problemOfError(error)
  // Somebody with a key tries what it is not for: by mistake, or because it is in the wrong hands.
  if (problem.status === 403) {
    const { id, route, clientId } = exchange
    house.log.warn({ exchange: id, route, client: clientId, code: problem.code }, 'a client was refused')
  }
  if (problem.status >= 500 && !(error instanceof Problem)) {
    house.log.error({ err: error, exchange: exchange.id, route: exchange.route }, 'an exchange failed')
  }
  return exchange.problem(problem)
}
