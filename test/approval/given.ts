import type { Change, Evaluated, Unchanged } from '../../src/approval/change.ts'
import { callerOf, UNBOUND } from '../../src/approval/client.ts'
import type { PresentPolicy, Verdict } from '../../src/approval/decision.ts'
import { payloadDigest, shortDigest } from '../../src/approval/digest.ts'
import { type Opening, open } from '../../src/approval/open.ts'
import { type Caller, type Client, type Member, slackIdentity } from '../../src/approval/principal.ts'
import type { Refusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest, Ask } from '../../src/approval/request.ts'
import type { Requirement } from '../../src/approval/requirement.ts'

/** What the tests of the rules begin with: Alice asks (client of hers), Bob and Carol approve. */

export const T0 = Date.UTC(2026, 10, 20, 10)
export const HOUR = 3_600_000
export const TEAM = 'T0HOME'

export const ASK: Ask = {
  action: 'data.export',
  resource: 's3://partner-bucket/customers.csv',
  environment: 'production',
  params: { rows: 1200, columns: ['id', 'email'] },
  reason: 'quarterly report',
}

export const needs = (
  from: string,
  count = 1,
  users: readonly string[] = ['U0BOB', 'U0CAROL', 'U0DAVE'],
): Requirement => ({
  from,
  count,
  group: { users },
})

export const aClient = (over: Partial<Client> = {}): Client => ({
  id: 'cl_alice',
  name: 'nightly export',
  secretHash: '0'.repeat(64),
  owners: ['U0ALICE'],
  makers: ['slack:U0ADMIN'],
  scopes: ['request'],
  actFor: true,
  createdAtMs: T0,
  ...UNBOUND,
  ...over,
})

/** The same client as it calls. */
export const aCaller = (over: Partial<Client> = {}): Caller => callerOf(aClient(over))

/** Somebody with a token of an issuer. */
export const aToken = (over: Partial<Caller> = {}): Caller => ({
  ...aCaller(),
  id: 'oidc:ci:repository:1',
  verifiedBy: 'oidc',
  owners: [],
  makers: ['oidc:https://ci.example.com|repository:1'],
  ...over,
})

export const evaluated = (over: Partial<Evaluated> = {}): Evaluated => ({
  digest: `sha256:${'a'.repeat(64)}`,
  effect: 'require_approval',
  rules: ['prod-export'],
  requirements: [needs('owners')],
  denyCount: 1,
  ttlMs: HOUR,
  grantTtlMs: 5 * 60_000,
  channels: ['C0PROD'],
  reasonRequired: [],
  breakGlass: null,
  mustShow: [],
  noLateJoiners: [],
  limits: [],
  onlyNow: false,
  ...over,
})

export const present = (over: Partial<Evaluated> = {}, people: PresentPolicy['people'] = []): PresentPolicy => ({
  evaluated: evaluated(over),
  people,
})

export const opening = (over: Partial<Opening> = {}): Opening => ({
  id: 'req_1',
  client: aCaller(),
  ask: ASK,
  payloadDigest: payloadDigest(over.ask ?? ASK),
  evaluated: evaluated(),
  people: [],
  nowMs: T0,
  ...over,
})

export const opened = (over: Partial<Opening> = {}): ApprovalRequest => becomes(open(opening(over)))

export const member = (userId: string, over: Partial<Member> = {}): Member => ({
  userId,
  teamId: TEAM,
  name: userId.slice(2).toLowerCase(),
  identities: [slackIdentity(userId), `email:${userId.slice(2).toLowerCase()}@example.com`],
  barred: null,
  ...over,
})

export const says = (request: ApprovalRequest, userId: string, over: Partial<Verdict> = {}): Verdict => ({
  verdict: 'approve',
  reason: null,
  surface: 'slack',
  digestShown: shortDigest(request.payloadDigest),
  member: member(userId),
  groups: ['owners'],
  standIns: [],
  membershipReadAtMs: T0,
  behind: [],
  standing: new Map(),
  ...over,
})

/** The change that a rule made of it; a refusal is an error of the test. */
export function changeOf(answer: Change | Refusal | Unchanged): Change {
  if ('refused' in answer) throw new Error(`refused: ${answer.refused}`)
  if ('unchanged' in answer) throw new Error('unchanged')
  return answer
}

export function becomes(answer: Change | Refusal | Unchanged): ApprovalRequest {
  const { request } = changeOf(answer)
  if (!request) throw new Error('the change holds no request')
  return request.after
}

export const refusedAs = (answer: Change | Refusal | Unchanged): string | null =>
  'refused' in answer ? answer.refused : null
