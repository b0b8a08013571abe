import type { Change, OutboxMessage } from '../../src/approval/change.ts'
import { createClient } from '../../src/approval/client.ts'
import { decide } from '../../src/approval/decision.ts'
import { cancel, complete, consume, expire } from '../../src/approval/grant.ts'
import { type Opening, open } from '../../src/approval/open.ts'
import type { Client } from '../../src/approval/principal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import type { Reads, Store } from '../../src/store/store.ts'
import { aClient, changeOf, evaluated, needs, opening, says, T0 } from '../approval/given.ts'

/** What the rules make: the stores of the tests are written to by nothing else. */

export const WHO = { actor: 'client:cl_alice', source: 'api', id: 'cl_alice' } as const
export const TWO = evaluated({ requirements: [needs('owners', 2)] })

let count = 0
/** Grows with every call, as the real ids do. */
export const nextId = (): string => `req_${String(++count).padStart(8, '0')}`

export const ask = (over: Partial<Opening> = {}): Change => changeOf(open(opening({ id: nextId(), ...over })))

export const yes = (request: ApprovalRequest, userId: string, nowMs = T0 + 1): Change =>
  changeOf(decide(request, says(request, userId), { evaluated: TWO, people: [] }, nowMs))

export const use = (request: ApprovalRequest, executionId: string, nowMs = T0 + 2): Change =>
  changeOf(consume(request, { executionId, digest: request.payloadDigest }, WHO, nowMs))

export const report = (request: ApprovalRequest, executionId: string): Change =>
  changeOf(complete(request, { executionId, status: 'succeeded', summary: 'done', resultDigest: null }, WHO, T0 + 3))

export const withdraw = (request: ApprovalRequest): Change => changeOf(cancel(request, 'no need', WHO, T0 + 4))
export const runOut = (request: ApprovalRequest, nowMs: number): Change => changeOf(expire(request, nowMs))

export const newClient = (over: Partial<Client> = {}): Change => createClient(aClient(over), 'os:tester', WHO, T0)

/** A fact that no request is judged for, with messages if asked for. */
export const fact = (atMs = T0, outbox: readonly OutboxMessage[] = []): Change => ({
  atMs,
  outbox,
  audit: [{ type: 'clock.jump', actor: 'system', source: 'system', requestId: null, body: { by_ms: atMs } }],
})

export function requestOf(change: Change): ApprovalRequest {
  if (!change.request) throw new Error('the change holds no request')
  return change.request.after
}

/** Commits a change that nothing should stand against. @returns its request, as committed. */
export async function committed(store: Store, change: Change): Promise<ApprovalRequest> {
  const answer = await store.commit(change)
  if (answer !== 'committed') throw new Error(`the change was a ${answer}`)
  return requestOf(change)
}

/** The request as the store has it. */
export async function stored(reads: Reads, id: string): Promise<ApprovalRequest> {
  const request = await reads.request(id)
  if (!request) throw new Error(`${id} is not stored`)
  return request
}

export async function allEntries(reads: Reads) {
  return [...(await reads.auditEntries(0, 100_000))]
}
