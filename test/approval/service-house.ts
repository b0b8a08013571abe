import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '../../src/approval/client.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import type { Ask } from '../../src/approval/request.ts'
import type { Directory } from '../../src/eligibility.ts'
import { Service } from '../../src/service.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { policyFrom } from '../policy/policies.ts'
import { ASK, aClient, member } from './given.ts'

/** `count` owners must say yes. */
export const TEXT = (count: number) => `version: 1
slack: { channel: C0APPROVALS }
groups: { owners: { usergroup: S0OWN } }
rules:
  - { id: r, match: { action: "data.export" }, effect: require_approval, approvals: [{ from: owners, count: ${count} }] }
`

/** The real service on a real database; who is in the group is what the test says at the moment. */
export async function house(text: string, over: Partial<Directory> = {}, now: () => number = Date.now) {
  let policy = policyFrom(text)
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
  const service = await Service.open({ store, directory, policy: () => policy, now, newId })
  await service.record(createClient(aClient(), 'os:tester', { actor: 'system', source: 'cli' }, now()))
  const ask = async (more: Partial<Ask> = {}) => {
    const answer = await service.submit(aClient(), { ...ASK, ...more })
    if (isRefusal(answer)) throw new Error(answer.refused)
    return answer.request
  }
  const click = async (
    request: { id: string; payloadDigest: string },
    userId: string,
    verdict: 'approve' | 'deny' = 'approve',
  ) => {
    const digestShown = request.payloadDigest.slice(7, 23)
    const answer = await service.decide({
      requestId: request.id,
      digestShown,
      verdict,
      reason: null,
      surface: 'slack',
      teamId: 'T0HOME',
      userId,
      channel: null,
    })
    return isRefusal(answer) ? answer.refused : answer.request.status
  }
  const setPolicy = (next: string) => {
    policy = policyFrom(next)
  }
  return { file, service, store, group, ask, click, setPolicy }
}
