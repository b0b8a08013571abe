import type { Allowance, Change, OutboxMessage } from '../../src/approval/change.ts'
import { createClient } from '../../src/approval/client.ts'
import { decide } from '../../src/approval/decision.ts'
import type { Delegation } from '../../src/approval/delegation.ts'
import { cancel, complete, consume, expire } from '../../src/approval/grant.ts'
import { type Opening, open } from '../../src/approval/open.ts'
import { changing } from '../../src/approval/outcome.ts'
import type { Pause } from '../../src/approval/pause.ts'
import { pause, resume } from '../../src/approval/pause.ts'
import type { Client } from '../../src/approval/principal.ts'
import type { ApprovalRequest, BrokenGlass, Decision } from '../../src/approval/request.ts'
import type { Reads, Store } from '../../src/store/store.ts'
import { aClient, changeOf, evaluated, HOUR, needs, opening, says, T0 } from '../approval/given.ts'

/** What the rules make: the stores of the tests are written to by nothing else. */

export const WHO = { actor: 'client:cl_alice', source: 'api', id: 'cl_alice' } as const
export const TWO = evaluated({ requirements: [needs('owners', 2)] })

let count = 0
/** Grows with every call, as the real ids do. */
export const nextId = (): string => `req_${String(++count).padStart(8, '0')}`

export const ask = (over: Partial<Opening> = {}): Change => changeOf(open(opening({ id: nextId(), ...over })))

export const yes = (request: ApprovalRequest, userId: string, nowMs = T0 + 1): Change =>
  forWhomever(changeOf(decide(request, says(request, userId), { evaluated: TWO, people: [] }, nowMs)))

export const use = (request: ApprovalRequest, executionId: string, nowMs = T0 + 2): Change =>
  forWhomever(changeOf(consume(request, { executionId, digest: request.payloadDigest }, WHO, nowMs)))

/** Most of these stores hold no clients: that a yes and a use are for one that lives has tests of its own. */
const forWhomever = ({ whileClient: _, ...change }: Change): Change => change

export const report = (request: ApprovalRequest, executionId: string): Change =>
  changeOf(complete(request, { executionId, status: 'succeeded', summary: 'done', resultDigest: null }, WHO, T0 + 3))

export const withdraw = (request: ApprovalRequest): Change => changeOf(cancel(request, 'no need', WHO, T0 + 4))
export const runOut = (request: ApprovalRequest, nowMs: number): Change => changeOf(expire(request, nowMs))

export const newClient = (over: Partial<Client> = {}): Change => createClient(aClient(over), 'os:tester', WHO, T0)

/** What the policy allows by itself, and that uses up what is allowed so often. */
export function limitedAsk(allowances: readonly Allowance[], over: Partial<Opening> = {}): Change {
  const change = ask({ evaluated: evaluated({ effect: 'allow', requirements: [] }), ...over })
  const [opened, ...more] = change.audit
  const uses = allowances.map(({ rule, key }) => ({ rule, key }))
  return { ...change, allowances, audit: [{ ...opened, body: { ...opened.body, allowances: uses } }, ...more] }
}

/** She takes back what she said last. */
export function takeBack(request: ApprovalRequest, userId: string, nowMs = T0 + 1): Change {
  const hers = request.decisions.findLast(({ approver }) => approver.userId === userId)
  if (!hers) throw new Error(`${userId} said nothing`)
  const decision: Decision = { ...hers, verdict: 'withdraw', decidedAtMs: nowMs }
  return changing(request, { decisions: [...request.decisions, decision] }, 'decision.recorded', WHO, nowMs)
}

/** @param review who signed it, or null. */
export function breakGlass(request: ApprovalRequest, review: string | null = null): Change {
  const broken: BrokenGlass = {
    userId: 'U0DAVE',
    teamId: 'T0HOME',
    name: 'dave',
    identities: ['slack:U0DAVE'],
    reason: 'the database is down and nobody else is awake',
    atMs: T0 + 1,
    review: review === null ? null : { userId: review, teamId: 'T0HOME', name: 'x', note: 'was right', atMs: T0 + 2 },
  }
  const type = review === null ? 'admin.break_glass' : 'admin.break_glass_reviewed'
  return changing(request, { brokenGlass: broken }, type, WHO, T0 + 1)
}

export const pausing = (before: Pause | null, nowMs = T0 + 1): Change =>
  there(pause(before, 'U0ADMIN', 'odd', WHO, nowMs))
export const resuming = (before: Pause, nowMs = T0 + 2): Change => there(resume(before, 'U0ADMIN', WHO, nowMs))

export const aDelegation = (over: Partial<Delegation> = {}): Delegation => ({
  id: 'del_1',
  from: 'U0BOB',
  to: 'U0DAVE',
  startsAtMs: T0,
  endsAtMs: T0 + HOUR,
  createdAtMs: T0,
  createdBy: 'U0BOB',
  revokedAtMs: null,
  ...over,
})

export function delegating(after: Delegation, before: Delegation | null = null): Change {
  const type = before ? 'admin.delegation_ended' : 'admin.delegation_created'
  const body = { delegation: { ...after } }
  return { atMs: T0, delegation: { before, after }, audit: [{ type, ...WHO, requestId: null, body }] }
}

function there(change: Change | null): Change {
  if (!change) throw new Error('nothing would change')
  return change
}

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
