import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Delegation } from '../../src/approval/delegation.ts'
import type { Identity } from '../../src/approval/principal.ts'
import { isRefusal } from '../../src/approval/refusal.ts'
import type { ApprovalRequest, Decision } from '../../src/approval/request.ts'
import { broken } from '../invariants.ts'
import { policyFrom } from '../policy/policies.ts'
import { aCaller, member, T0 } from './given.ts'
import { house, outcomeOf, person } from './service-house.ts'

/**
 * A town in which everything changes at any time: who is in a group, who has left, who stands in for whom, which accounts
 * are one human, the policy, the hour, a pause. Whatever people do in it, through the real service on a real file, a yes that
 * comes about is held against what the town was at that moment, told in another way than the house's own.
 */

const USERS = ['U0ALICE', 'U0ALICE2', 'U0BOB', 'U0BOB2', 'U0CAROL', 'U0DAN', 'U0ERIN', 'U0ROOT'] as const
type User = (typeof USERS)[number]
/** Second accounts have the address of the first. */
const emailOf = (user: string): Identity => `email:${user.replace(/2$/, '').slice(2).toLowerCase()}@example.com`
const live = (user: string): Identity[] => [`slack:${user}`, emailOf(user)]

const user = fc.constantFrom(...USERS)
const approver = fc.constantFrom<User>('U0BOB', 'U0BOB2', 'U0CAROL', 'U0DAN', 'U0ERIN', 'U0BOB', 'U0CAROL', 'U0ERIN')
const law = fc.record({
  owners: fc.integer({ min: 1, max: 3 }),
  sre: fc.integer({ min: 0, max: 1 }),
  denyCount: fc.integer({ min: 1, max: 3 }),
  glass: fc.constantFrom('none', 'plain', 'plain', 'self'),
  ends: fc.oneof(
    { weight: 14, arbitrary: fc.constant('open') },
    { weight: 1, arbitrary: fc.constantFrom('denied', 'frozen') },
  ),
  links: fc.array(fc.uniqueArray(user, { minLength: 2, maxLength: 2 }), { maxLength: 1 }),
  late: fc.boolean(),
})
type Law = typeof law extends fc.Arbitrary<infer L> ? L : never

const textOf = ({ owners, sre, denyCount, glass, ends, links, late }: Law) => `version: 1
slack: { channel: C0APPROVALS }
admins: [U0ROOT, U0ALICE]
groups: { owners: { usergroup: S0OWN }, sre: { usergroup: S0SRE }, on-call: { usergroup: S0CALL } }
people: [${links.map((pair) => `{ slack: [${pair.join(', ')}] }`).join(', ')}]
rules:
  - id: r
    match: { action: "data.export" }
    effect: require_approval
    approvals: [{ from: owners, count: ${owners} }${sre ? ', { from: sre }' : ''}]
    deny_count: ${denyCount}
    late_joiners: ${late}
    ttl: 1000s
${glass === 'none' ? '' : `    break_glass: { from: on-call, grant_ttl: 100s, self: ${glass === 'self'} }`}
${ends === 'open' ? '' : `  - { id: d, match: { action: "data.*" }, effect: deny${ends === 'frozen' ? ', during: { zone: UTC, from: "00:00", to: "24:00" }' : ''} }`}
limits: { requests_per_minute: 100000, pending_per_client: 100000 }
`

const deed = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('approve'), user: approver }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('approve', 'break', 'break', 'deny', 'withdraw', 'revoke'), user }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('withdraw'), user: approver }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deny'), user: approver }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('revoke'), user: approver }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('join', 'leave'),
      user,
      group: fc.constantFrom('S0OWN', 'S0SRE', 'S0CALL'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('bar', 'unbar'), user }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('delegate'),
      by: fc.constantFrom('self', 'self', 'self', 'U0ROOT', 'U0ALICE', 'U0CAROL'),
      user: approver,
      to: user,
      ms: fc.integer({ min: 1, max: 2_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end'), nth: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause', 'resume', 'resume') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('law'), law }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: 400_000 }) }) },
)
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never

/** Who is one human: what is joined by any of `pairs`, and by what Slack shows of the accounts that are so named. */
function humans(
  named: readonly (readonly Identity[])[],
  links: readonly (readonly string[])[],
): (identity: Identity) => string {
  const head = new Map<string, string>()
  const find = (x: string): string => {
    const up = head.get(x) ?? x
    return up === x ? x : find(up)
  }
  const join = ([first, ...others]: readonly string[]) => {
    for (const other of others) if (first) head.set(find(other), find(first))
  }
  for (const one of [...named, ...links.map((pair) => pair.map((id) => `slack:${id}`))]) join(one)
  for (let round = 0; round < USERS.length; round++) {
    const heads = new Set(named.flat().map(find))
    for (const id of USERS) if (heads.has(find(`slack:${id}`))) join(live(id))
  }
  return find
}

class Town {
  readonly groups: Record<string, Set<string>> = { S0OWN: new Set(), S0SRE: new Set(), S0CALL: new Set() }
  readonly barred = new Set<string>()
  delegations: Delegation[] = []
  now = T0
  paused = false
  law: Law
  constructor(first: Law) {
    this.law = first
  }

  /** Everything that a yes by people must be, whatever led to it. */
  proveByPeople(request: ApprovalRequest): string | null {
    const votes = request.decisions
    const said = votes.map(({ approver: { userId, identities } }): Identity[] => [`slack:${userId}`, ...identities])
    const absent = votes.flatMap(({ delegatedBy: id, delegatorIdentities }): Identity[][] =>
      id === null ? [] : [[`slack:${id}`, ...delegatorIdentities]],
    )
    const same = humans([request.closure, ...said, ...absent], this.law.links)
    const isAskers = (id: string) => {
      const found = humans([request.closure, [`slack:${id}`]], this.law.links)
      return found(`slack:${id}`) === found(request.closure[0] ?? 'os:none')
    }
    const asker = same(request.closure[0] ?? 'os:none')
    const of = (id: string) => same(`slack:${id}`)
    const holder = (d: Decision) => d.delegatedBy ?? d.approver.userId
    const persons = (d: Decision) => [...new Set([of(d.approver.userId), of(holder(d))])]
    const standing = votes.filter((d, at) => {
      const isBack = votes
        .slice(at + 1)
        .some((w) => w.verdict === 'withdraw' && persons(d).includes(of(w.approver.userId)))
      return d.verdict === 'approve' && !isBack
    })
    const fit = standing.filter((d) => {
      const who = [d.approver.userId, holder(d)]
      const isAway = d.delegatedBy !== null
      const isCovered = this.delegations.some(
        ({ from, to, startsAtMs, endsAtMs, createdBy }) =>
          from === d.delegatedBy &&
          to === d.approver.userId &&
          startsAtMs <= this.now &&
          this.now < endsAtMs &&
          !isAskers(createdBy),
      )
      return !who.some((id) => this.barred.has(id)) && !persons(d).includes(asker) && (!isAway || isCovered)
    })
    const rule = policyFrom(textOf(this.law)).rules[0]
    for (const asked of [request.policy.requirements, rule?.approvals ?? []]) {
      const seen = (name: string) => request.policy.requirements.find(({ from }) => from === name)?.onlyThese
      const unseen = asked === rule?.approvals && !this.law.late && asked.find(({ from }) => !seen(from))
      if (unseen) return `nobody knows who joined ${unseen.from} late`
      const seats = asked.flatMap((r) =>
        Array.from({ length: r.count }, () => (d: Decision) => {
          const id = holder(d)
          const listed = seen(r.from)
          return (
            'usergroup' in r.group && this.groups[r.group.usergroup]?.has(id) === true && (listed?.includes(id) ?? true)
          )
        }),
      )
      if (!canSit(seats, fit, new Set(), persons)) return `seats of ${JSON.stringify(asked)} by ${fit.map(holder)}`
    }
    const noes = votes.filter(
      (d, at) =>
        d.verdict === 'deny' &&
        !votes
          .slice(at + 1)
          .some(
            (w) =>
              w.verdict === 'withdraw' &&
              w.approver.identities.some((i) => d.approver.identities.includes(i) || d.delegatorIdentities.includes(i)),
          ),
    )
    return noes.length < Math.min(request.policy.denyCount, this.law.denyCount) ? null : 'denied by people'
  }

  proveByGlass(request: ApprovalRequest, by: User): string | null {
    const same = humans([request.closure, [`slack:${by}`]], this.law.links)
    const isAsker = same(`slack:${by}`) === same(request.closure[0] ?? 'os:none')
    if (isAsker && !(request.policy.breakGlass?.self && this.law.glass === 'self')) return 'her own ask'
    if (!request.policy.breakGlass || this.law.glass === 'none') return 'nobody may'
    const listed = request.policy.breakGlass.onlyThese
    if (!this.law.late && !listed) return 'nobody knows who came on call late'
    if (listed && !listed.includes(by)) return 'came on call late'
    if (!this.groups.S0CALL?.has(by) || this.barred.has(by)) return 'not on call'
    return (request.grantExpiresAtMs ?? 0) <= this.now + 100_000 ? null : 'too long'
  }
}

/** Tries every way: each seat by another human or pair of humans. */
function canSit(
  seats: readonly ((d: Decision) => boolean)[],
  votes: readonly Decision[],
  taken: ReadonlySet<string>,
  persons: (d: Decision) => readonly string[],
): boolean {
  const [seat, ...others] = seats
  if (!seat) return true
  return votes.some((d) => {
    const who = persons(d)
    return seat(d) && !who.some((p) => taken.has(p)) && canSit(others, votes, new Set([...taken, ...who]), persons)
  })
}

const FIRST: Law = { owners: 1, sre: 0, denyCount: 1, glass: 'none', ends: 'open', links: [], late: true }
let town = new Town(FIRST)
const closing: (() => Promise<void>)[] = []
afterAll(async () => void (await Promise.all(closing.map((close) => close()))))

test('INV3 INV7 INV10 B15–B32 whatever people do and whatever changes meanwhile, no yes comes about that the town does not prove', async () => {
  const h = await house(
    textOf(FIRST),
    {
      member: async (id) => member(id, { identities: live(id), barred: town.barred.has(id) ? 'inactive' : null }),
      memberByEmail: async () => null,
      groupMembers: async (id) => ({ users: [...(town.groups[id] ?? [])], readAtMs: town.now }),
    },
    () => town.now,
    { members: (id) => [...(town.groups[id] ?? [])] },
  )
  closing.push(() => h.store.close())
  const reached = {
    people: 0,
    delegated: 0,
    glass: 0,
    refused: 0,
    paused: 0,
    withdrawn: 0,
    revoked: 0,
    late: 0,
  }

  const act = async (request: ApprovalRequest, did: Deed): Promise<void> => {
    const said =
      'user' in did
        ? { ...person(did.user), requestId: request.id, digestShown: request.payloadDigest.slice(7), reason: null }
        : null
    switch (did.do) {
      case 'approve':
      case 'deny':
      case 'withdraw':
      case 'break':
      case 'revoke': {
        const before = await h.store.request(request.id)
        if (!said || !before) return
        const answer =
          did.do === 'break'
            ? await h.service.breakGlass({ ...said, reason: 'the primary database is down' })
            : did.do === 'revoke'
              ? await h.service.revoke(said, said)
              : await h.service.decide({ ...said, verdict: did.do })
        if (isRefusal(answer)) {
          reached.refused++
          if (answer.refused === 'paused') reached.paused++
          expect(await h.store.request(request.id)).toMatchObject({ decisions: before.decisions })
          return
        }
        if (did.do === 'withdraw') reached.withdrawn++
        if (did.do === 'revoke') reached.revoked++
        if (before.status === 'pending' && answer.request.status === 'approved') proven(answer.request, did)
        return
      }
      case 'join':
        return void town.groups[did.group]?.add(did.user)
      case 'leave':
        return void town.groups[did.group]?.delete(did.user)
      case 'bar':
        return void town.barred.add(did.user)
      case 'unbar':
        return void town.barred.delete(did.user)
      case 'delegate': {
        const order = { from: did.user, to: did.to, startsAtMs: null, endsAtMs: town.now + did.ms * 1_000 }
        const answer = await h.service.delegate(person(did.by === 'self' ? did.user : did.by), order)
        if (!isRefusal(answer)) town.delegations.push(answer.delegation)
        return
      }
      case 'end': {
        const known = town.delegations[did.nth]
        if (!known) return
        await h.service.endDelegation(person(known.to), known.id)
        const isOver = (await h.store.delegation(known.id))?.revokedAtMs !== null
        if (isOver) town.delegations = town.delegations.filter(({ id }) => id !== known.id)
        return
      }
      case 'pause':
        await h.service.pause({ os: 'tester' }, null)
        town.paused = true
        return
      case 'resume':
        await h.service.resume({ os: 'tester' })
        town.paused = false
        return
      case 'law':
        town.law = did.law
        h.setPolicy(textOf(did.law))
        return
      case 'wait':
        town.now += did.ms
    }
  }

  const proven = (request: ApprovalRequest, did: Deed): void => {
    expect(town.paused, 'nothing is approved while it is paused').toBe(false)
    expect(town.now, 'INV10').toBeLessThan(request.expiresAtMs)
    expect(town.law.ends, 'B25').toBe('open')
    if (did.do === 'break') {
      reached.glass++
      expect(town.proveByGlass(request, did.user)).toBeNull()
      return
    }
    expect(did.do).toBe('approve')
    reached.people++
    if (request.decisions.some((d) => d.delegatedBy && request.outcome?.approvers.includes(d.approver.userId)))
      reached.delegated++
    if (request.policy.requirements.some(({ onlyThese }) => onlyThese)) reached.late++
    expect(town.proveByPeople(request), JSON.stringify(request.decisions)).toBeNull()
  }

  await fc.assert(
    fc.asyncProperty(
      law,
      fc.array(fc.subarray([...USERS], { minLength: 3 }), { minLength: 3, maxLength: 3 }),
      fc.array(deed, { minLength: 8, maxLength: 22 }),
      async (first, [own = [], sre = [], call = []], deeds) => {
        await h.service.resume({ os: 'tester' })
        const clock = town.now + 1
        // Delegations outlast a request: those of the last one are still there.
        const standing = (await h.store.delegations(clock)).slice()
        town = Object.assign(new Town({ ...first, ends: 'open' }), { now: clock, delegations: standing })
        town.groups.S0OWN = new Set(own)
        town.groups.S0SRE = new Set(sre)
        town.groups.S0CALL = new Set(call)
        h.setPolicy(textOf(town.law))
        const answer = await h.submit({}, aCaller())
        if (isRefusal(answer)) {
          expect(outcomeOf(answer)).toBe('no_eligible_approver')
          return
        }
        for (const each of deeds) await act(answer.request, each)
      },
    ),
    { numRuns: 400 },
  )
  // A property that never reached anything would hold for nothing.
  for (const [what, times] of Object.entries(reached)) expect(times, what).toBeGreaterThan(0)
  expect((await broken(h.file)).filter((problem) => !problem.includes('INV12'))).toEqual([])
}, 120_000)
