import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Change, clientActor, type Evaluated, type Unchanged } from '../../src/approval/change.ts'
import { decide } from '../../src/approval/decision.ts'
import { cancel, complete, consume, expire, grantClaims } from '../../src/approval/grant.ts'
import { open } from '../../src/approval/open.ts'
import type { Identity, People } from '../../src/approval/principal.ts'
import type { Refusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import type { Requirement } from '../../src/approval/requirement.ts'
import { canonicalJson } from '../../src/audit/canonical.ts'
import { type AuditEntry, seal } from '../../src/audit/entry.ts'
import { verifyLog } from '../../src/audit/verify.ts'
import { rebuild } from '../replay.ts'
import { aCaller, aClient, evaluated, member, needs, opening, says, T0 } from './given.ts'

/** Random houses: people with second accounts, links that come and go, groups, a policy that changes, any order of doings. */

const USERS = ['U0ALICE', 'U0ALICE2', 'U0BOB', 'U0BOB2', 'U0CAROL', 'U0DAVE', 'U0ERIN'] as const
const GROUPS = ['owners', 'sre', '__proto__'] as const
const WHO = { ...clientActor(aClient()), id: aClient().id }
const WRONG = `sha256:${'0'.repeat(64)}` as const
const TTL = 100

const identity: fc.Arbitrary<Identity> = fc.oneof(
  fc.constantFrom(...USERS).map((id): Identity => `slack:${id}`),
  fc.constantFrom('alice', 'bob', 'x').map((name): Identity => `github:${name}`),
)
const links: fc.Arbitrary<People> = fc.array(fc.array(identity, { minLength: 2, maxLength: 3 }), { maxLength: 3 })
const requirements: fc.Arbitrary<Requirement[]> = fc.uniqueArray(
  fc
    .record({ from: fc.constantFrom(...GROUPS), count: fc.integer({ min: 1, max: 2 }) })
    .map(({ from, count }) => ({ ...needs(from, count), group: { usergroup: 'S0GROUP' } })),
  { minLength: 1, maxLength: 3, selector: (r) => r.from },
)
const policy: fc.Arbitrary<Evaluated> = fc
  .record({
    requirements,
    denyCount: fc.integer({ min: 1, max: 2 }),
    effect: fc.oneof(
      { weight: 12, arbitrary: fc.constant('require_approval' as const) },
      { weight: 1, arbitrary: fc.constantFrom('allow' as const, 'deny' as const) },
    ),
  })
  .map((over) => evaluated({ ...over, ttlMs: TTL, grantTtlMs: TTL }))

const step = fc.record({
  wait: fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 8 }) }, { weight: 1, arbitrary: fc.nat({ max: 2 * TTL }) }),
  user: fc.constantFrom(...USERS),
  // Enough yes to get somewhere, enough else to get in its way.
  verb: fc.constantFrom(
    ...(['approve', 'approve', 'approve', 'approve', 'approve', 'approve', 'deny'] as const),
    ...(['consume', 'consume', 'consumeOther', 'complete', 'cancel', 'expire'] as const),
  ),
  execution: fc.constantFrom('run-1', 'run-1', 'run-2'),
  people: links,
  present: fc.option(policy, { nil: null, freq: 2 }),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Who is one person, told by walking: another way than the house's own. */
function isSame(a: readonly Identity[], b: readonly Identity[], people: People): boolean {
  const seen = new Set(a)
  const next = [...a]
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const other of people.filter((person) => person.includes(at as Identity)).flat()) {
      if (!seen.has(other)) next.push(other)
      seen.add(other)
    }
  }
  return b.some((each) => seen.has(each))
}

/** Can these people fill all these seats, each sitting once? Tries every way. */
function canSit(seats: readonly string[], people: readonly { readonly groups: readonly string[] }[]): boolean {
  const [seat, ...others] = seats
  if (seat === undefined) return true
  return people.some((person, i) => person.groups.includes(seat) && canSit(others, people.toSpliced(i, 1)))
}

class Log {
  readonly entries: AuditEntry[] = []
  keep(change: Change): void {
    for (const entry of change.audit) {
      const seq = this.entries.length + 1
      this.entries.push(seal(entry, seq, Math.max(change.atMs, T0), Buffer.alloc(16, seq)))
    }
  }
}

function answerOf(
  request: ApprovalRequest,
  { user, verb, execution, people, present, ...at }: Step & { now: number },
  groups: readonly string[],
): Change | Refusal | Unchanged {
  const judgedBy = { evaluated: present ?? { ...evaluated(), ...request.policy, ttlMs: TTL }, people }
  if (verb === 'approve' || verb === 'deny') {
    return decide(request, says(request, user, { verdict: verb, member: member(user), groups }), judgedBy, at.now)
  }
  if (verb === 'consume')
    return consume(request, { executionId: execution, digest: request.payloadDigest }, WHO, at.now)
  if (verb === 'consumeOther') return consume(request, { executionId: execution, digest: WRONG }, WHO, at.now)
  if (verb === 'cancel') return cancel(request, null, WHO, at.now)
  if (verb === 'expire') return expire(request, at.now)
  return complete(
    request,
    { executionId: execution, status: 'succeeded', summary: null, resultDigest: null },
    WHO,
    at.now,
  )
}

/** What must hold of every change, whatever led to it. */
function holds(before: ApprovalRequest, did: Step & { now: number }, change: Change): void {
  const after = change.request?.after
  if (!after) throw new Error('a change of nothing')
  expect(change.request?.before, 'compare and swap stands on what was judged').toBe(before)
  expect(after.version).toBe(before.version + 1)
  expect(change.audit.length, 'INV4').toBeGreaterThan(0)
  expect([after.id, after.payloadDigest, after.closure, after.policy, after.ask]).toEqual([
    before.id,
    before.payloadDigest,
    before.closure,
    before.policy,
    before.ask,
  ])
  if (before.status !== 'pending' && after.status !== before.status) {
    expect([before.status, after.status, before.consumed], 'INV1 B38').toEqual(['approved', 'cancelled', null])
  }
  if (before.consumed) expect(after.consumed, 'INV2').toEqual(before.consumed)
  if (!before.consumed && after.consumed) {
    expect([before.status, did.verb], 'INV2 INV5').toEqual(['approved', 'consume'])
    expect(did.now, 'INV10').toBeLessThan(before.grantExpiresAtMs ?? 0)
    expect(change.notAfterMs, 'INV10').toBe(before.grantExpiresAtMs)
  }
  if (after.decisions.length > before.decisions.length) counted(before, after, did, change)
  if (after.status === 'approved' && before.status === 'pending') approved(before, after, did)
  const claims = grantClaims(after, 'https://c.example')
  expect(claims !== null, 'INV2 a grant exists for an approved request alone').toBe(after.status === 'approved')
  if (claims) expect(claims.authorization_details[0].payload_digest, 'INV5').toBe(before.payloadDigest)
}

function counted(before: ApprovalRequest, after: ApprovalRequest, did: Step & { now: number }, change: Change): void {
  const decision = after.decisions.at(-1)
  if (!decision) throw new Error('no decision')
  expect(did.now, 'INV10').toBeLessThan(before.expiresAtMs)
  expect(change.notAfterMs, 'INV10').toBe(before.expiresAtMs)
  const hers: Identity[] = [`slack:${did.user}`]
  for (const earlier of before.decisions) {
    expect(isSame(hers, earlier.approver.identities, did.people), 'INV3 nobody is counted twice').toBe(false)
  }
  if (decision.verdict === 'approve')
    expect(isSame(hers, before.closure, did.people), 'INV3 nobody approves her own ask').toBe(false)
  expect(before.payloadDigest.includes(decision.digestShown), 'INV5').toBe(true)
}

function approved(before: ApprovalRequest, after: ApprovalRequest, did: Step & { now: number }): void {
  expect(did.verb, 'B28').toBe('approve')
  expect(after.outcome?.by).toBe('people')
  const yes = after.decisions.filter((d) => d.verdict === 'approve')
  expect(did.present?.effect, 'INV12 B25').not.toBe('deny')
  for (const asked of [before.policy.requirements, did.present?.requirements ?? []]) {
    const seats = asked.flatMap((r) => Array.from({ length: r.count }, () => r.from))
    expect(canSit(seats, yes), 'INV12 B23 the seats of the pinned and of the present policy are filled').toBe(true)
  }
}

const world = fc.record({
  pinned: policy,
  people: links,
  membership: fc.array(fc.subarray([...GROUPS]), { minLength: USERS.length, maxLength: USERS.length }),
  steps: fc.array(step, { maxLength: 14 }),
})

test('INV1 INV2 INV3 INV4 INV5 INV8 INV10 INV12 hold after any order of doings, at any time', () => {
  const reached = { approved: 0, consumed: 0, denied: 0, cancelled: 0, expired: 0, refused: 0 }
  fc.assert(
    fc.property(world, ({ pinned, people, membership, steps }) => {
      const log = new Log()
      const first = open(opening({ evaluated: pinned, people, client: aCaller({ makers: ['github:alice'] }) }))
      if (!('audit' in first) || !first.request) throw new Error('not opened')
      log.keep(first)
      let request = first.request.after
      let now = T0
      for (const each of steps) {
        now += each.wait
        const did = { ...each, now }
        const answer = answerOf(request, did, membership[USERS.indexOf(each.user)] ?? [])
        if (!('audit' in answer)) {
          reached.refused++
          continue
        }
        holds(request, did, answer)
        log.keep(answer)
        request = answer.request?.after ?? request
        if (request.consumed) reached.consumed++
        if (request.status !== 'pending') reached[request.status]++
      }
      expect(canonicalJson(JSON.parse(JSON.stringify(rebuild(log.entries).get(request.id)))), 'INV4').toBe(
        canonicalJson(JSON.parse(JSON.stringify(request))),
      )
      expect(verifyLog(log.entries).whole, 'INV8').toBe(true)
    }),
    { numRuns: 4000 },
  )
  // A property that never reached anything would hold for nothing.
  for (const [what, times] of Object.entries(reached)) expect(times, what).toBeGreaterThan(20)
})
