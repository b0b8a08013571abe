import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '../../src/approval/client.ts'
import type { Caller } from '../../src/approval/principal.ts'
import { isRefusal, type Refusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest, Ask } from '../../src/approval/request.ts'
import type { Directory, Said, Speaker } from '../../src/eligibility.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { Service } from '../../src/service.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { policyFrom } from '../policy/policies.ts'
import { ASK, aCaller, aClient, member } from './given.ts'

/** `count` owners must say yes. */
export const TEXT = (count: number) => `version: 1
slack: { channel: C0APPROVALS }
groups: { owners: { usergroup: S0OWN } }
rules:
  - { id: r, match: { action: "data.export" }, effect: require_approval, approvals: [{ from: owners, count: ${count} }] }
`

/** A person in Slack, in no channel in particular. */
export const person = (userId: string): Speaker => ({ surface: 'slack', teamId: 'T0HOME', userId, channel: null })

/** What came of it: the code of a refusal, or the status of the request. */
export const outcomeOf = (answer: Refusal | { readonly request: ApprovalRequest }): string =>
  isRefusal(answer) ? answer.refused : answer.request.status

/** The real service on a real database; who is in the group is what the test says at the moment. */
export async function house(
  text: string,
  over: Partial<Directory> = {},
  now: () => number = Date.now,
  roster?: { members: (group: string) => readonly string[] | null },
) {
  let policy: Policy | null = policyFrom(text)
  const group = { users: ['U0BOB', 'U0CAROL', 'U0ERIN'] as string[] }
  let n = 0
  const file = join(mkdtempSync(join(tmpdir(), 'service-')), 'a.db')
  const store = openSqlite({ file, exclusive: true, now })
  const directory: Directory = {
    member: async (id) => member(id),
    memberByEmail: async () => null,
    groupMembers: async () => ({ users: group.users, readAtMs: now() }),
    isExternal: async () => false,
    ...over,
  }
  const newId = () => `req_${++n}`
  const service = await Service.open({
    store,
    directory,
    policy: () => policy,
    now,
    newId,
    ...(roster ? { roster } : {}),
  })
  await service.record(createClient(aClient(), 'os:tester', { actor: 'system', source: 'cli' }, now()))
  const submit = (more: Partial<Ask> = {}, caller: Caller = aCaller()) => service.submit(caller, { ...ASK, ...more })
  const ask = async (more: Partial<Ask> = {}, caller: Caller = aCaller()) => {
    const answer = await submit(more, caller)
    if (isRefusal(answer)) throw new Error(answer.refused)
    return answer.request
  }
  const click = async (
    request: { id: string; payloadDigest: string },
    userId: string,
    verdict: Said['verdict'] = 'approve',
  ) => {
    const digestShown = request.payloadDigest.slice(7, 23)
    const said = { ...person(userId), requestId: request.id, digestShown, verdict, reason: null }
    return outcomeOf(await service.decide(said))
  }
  const breaks = async (
    request: { id: string; payloadDigest: string },
    userId: string,
    reason = 'the primary database is down and nobody answers',
  ) => {
    const digestShown = request.payloadDigest.slice(7, 23)
    return outcomeOf(await service.breakGlass({ ...person(userId), requestId: request.id, digestShown, reason }))
  }
  const use = async (request: ApprovalRequest, executionId = 'run-1') =>
    outcomeOf(await service.consume(request, { executionId, digest: request.payloadDigest }, aCaller()))
  const setPolicy = (next: string | null) => {
    policy = next === null ? null : policyFrom(next)
  }
  /** Types of the audit entries so far, oldest first. */
  const log = async () =>
    (await store.auditEntries(0, 10_000)).map(({ envelope }) => (JSON.parse(envelope) as { type: string }).type)
  return { file, service, store, group, submit, ask, click, breaks, use, setPolicy, log }
}
