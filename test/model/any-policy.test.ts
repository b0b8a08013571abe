import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from '../../src/approval/decision.ts'
import { open } from '../../src/approval/open.ts'
import { type Identity, slackIdentity } from '../../src/approval/principal.ts'
import type { ApprovalRequest } from '../../src/approval/request.ts'
import { voteKey } from '../../src/approval/votes.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import type { Policy, Rule } from '../../src/policy/policy.ts'
import { ASK, aCaller, member, opening, says, T0 } from '../approval/given.ts'
import { policyFrom } from '../policy/policies.ts'

/**
 * Random policies and random people, from the text of the file to the yes: no order of rules, clicks, group changes and
 * policy reloads lets somebody behind the ask count, fewer people than needed suffice, or a yes come after its time.
 */

const USERS = ['U0ALICE', 'U0ALICE2', 'U0BOB', 'U0BOB2', 'U0CAROL', 'U0DAVE'] as const
const GROUPS = ['owners', 'sre'] as const
type User = (typeof USERS)[number]

const seats = fc.uniqueArray(fc.record({ from: fc.constantFrom(...GROUPS), count: fc.constantFrom(1, 1, 1, 2, 3) }), {
  minLength: 1,
  maxLength: 2,
  selector: ({ from }) => from,
})
const rule = fc
  .record({
    action: fc.constantFrom('data.export', 'data.*', 'd*.**', 'other.*'),
    when: fc.constantFrom('', '', 'params.rows > 1000', 'params.rows < 10', 'params.none == 1'),
    effect: fc.constantFrom('require_approval', 'require_approval', 'require_approval', 'allow', 'deny'),
    seats,
    denyCount: fc.integer({ min: 1, max: 2 }),
    ttl: fc.constantFrom('60s', '10m', '1h'),
  })
  .map(({ action, when, effect, seats: list, denyCount, ttl }) => {
    const from = list.map(({ from: name, count }) => `{ from: ${name}, count: ${count} }`).join(', ')
    const asks = effect === 'require_approval' ? `, approvals: [${from}], deny_count: ${denyCount}` : ''
    return `match: { action: "${action}" }, effect: ${effect}, ttl: ${ttl}${when && `, when: '${when}'`}${asks}`
  })
const LINKS: readonly (readonly (readonly User[])[])[] = [
  [],
  [['U0BOB', 'U0BOB2']],
  [['U0ALICE', 'U0ALICE2']],
  [
    ['U0ALICE2', 'U0CAROL'],
    ['U0ALICE', 'U0ALICE2'],
  ],
]
const links = fc.constantFrom(...LINKS)
const house = fc.record({ rules: fc.array(rule, { minLength: 1, maxLength: 4 }), links })

const policyOf = ({
  rules,
  links: people,
}: {
  rules: readonly string[]
  links: readonly (readonly User[])[]
}): Policy =>
  policyFrom(`version: 1
slack: { channel: C0APPROVALS }
groups: { owners: { usergroup: S0OWN }, sre: { usergroup: S0SRE } }
people: [${people.map((accounts) => `{ slack: [${accounts.join(', ')}] }`).join(', ')}]
rules:
${rules.map((text, i) => `  - { id: rule-${i}, ${text} }\n`).join('')}`)

const SUBJECT = {
  ask: ASK,
  requester: { client: { id: 'cl_alice', name: 'nightly export' }, verifiedBy: 'client_key' as const },
}
const judged = (policy: Policy, nowMs: number) => evaluate(policy, SUBJECT, { nowMs })

const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })

const step = fc.record({
  user: fc.constantFrom(...USERS, 'U0BOB', 'U0CAROL', 'U0DAVE'),
  verdict: fc.constantFrom('approve' as const, 'approve', 'approve', 'approve', 'deny', 'withdraw'),
  wait: fc.constantFrom(0, 1, 1_000, 59_000, 600_000, 600_000),
  reload: seldom(house),
  groups: seldom(fc.record({ owners: fc.subarray([...USERS]), sre: fc.subarray([...USERS]) })),
})

type Groups = Readonly<Record<(typeof GROUPS)[number], readonly User[]>>
const groupsOf = (groups: Groups, user: string) => GROUPS.filter((name) => groups[name].includes(user as User))

/** The same human by the links alone, in as many steps as it takes. */
function same(people: readonly (readonly Identity[])[], user: string): ReadonlySet<string> {
  const found = new Set<string>([slackIdentity(user)])
  for (const one of found)
    for (const list of people) if (list.includes(one as Identity)) for (const each of list) found.add(each)
  return found
}

const canSit = (wanted: readonly string[], votes: readonly (readonly string[])[]): boolean => {
  const [seat, ...others] = wanted
  return seat === undefined || votes.some((vote, i) => vote.includes(seat) && canSit(others, votes.toSpliced(i, 1)))
}

/** What is wrong with a yes at this moment. */
function wrong(request: ApprovalRequest, policy: Policy, groups: Groups, nowMs: number): string[] {
  const present = judged(policy, nowMs)
  const asker = new Set([...request.closure, ...same(policy.people, 'U0ALICE')])
  const votes = request.decisions.flatMap((said) => {
    const who = same(policy.people, said.approver.userId)
    const last = request.decisions.findLast(({ approver }) => who.has(slackIdentity(approver.userId)))
    const isBehind = [...who].some((each) => asker.has(each as Identity))
    return last !== said || said.verdict !== 'approve' || isBehind ? [] : [groupsOf(groups, said.approver.userId)]
  })
  const lists = [request.policy.requirements, present.requirements]
  const isSeated = lists.every((list) =>
    canSit(
      list.flatMap(({ from, count }) => Array(count).fill(from)),
      votes,
    ),
  )
  return [
    ...(isSeated ? [] : ['fewer different people than the policies need']),
    ...(present.effect === 'deny' ? ['denied by now'] : []),
    ...(nowMs < Math.min(request.expiresAtMs, request.createdAtMs + present.ttlMs) ? [] : ['its time was over']),
  ]
}

test('INV3 INV10 INV12 B44 no order of rules, clicks, group changes and reloads brings about a wrong yes', () => {
  const reached = { approved: 0, denied: 0, expired: 0, refused: 0, allowed: 0 }
  const worlds = fc.record({
    first: house,
    groups: fc.constant({ owners: [...USERS], sre: [...USERS] }),
    steps: fc.array(step, { maxLength: 12, size: 'max' }),
  })
  fc.assert(
    fc.property(worlds, fc.nat(), ({ first, groups: everybody, steps }, shuffle) => {
      let policy = policyOf(first)
      const turned = { ...policy, rules: rotated(policy.rules, shuffle) }
      const [one, other] = [judged(policy, T0), judged(turned, T0)]
      expect([other.effect, other.denyCount, other.ttlMs, byName(other.requirements)], 'B44').toEqual([
        one.effect,
        one.denyCount,
        one.ttlMs,
        byName(one.requirements),
      ])
      const made = open(opening({ client: aCaller(), evaluated: judged(policy, T0), people: policy.people }))
      if (!('audit' in made) || !made.request) return
      let request = made.request.after
      if (request.status === 'approved') {
        reached.allowed++
        expect(judged(policy, T0).effect).toBe('allow')
      }
      let groups: Groups = everybody
      let nowMs = T0
      for (const did of steps) {
        nowMs += did.wait
        if (did.reload) policy = policyOf(did.reload)
        groups = did.groups ?? groups
        const standing = new Map(
          request.decisions.map((said) => [voteKey(said), groupsOf(groups, said.approver.userId)]),
        )
        const said = {
          verdict: did.verdict,
          member: member(did.user),
          groups: groupsOf(groups, did.user),
          standing,
          membershipReadAtMs: nowMs,
        }
        const answer = decide(
          request,
          says(request, did.user, said),
          { evaluated: judged(policy, nowMs), people: policy.people },
          nowMs,
        )
        if (!('audit' in answer)) {
          reached.refused++
          continue
        }
        const after = answer.request?.after ?? request
        if (after.status === 'approved') {
          expect(wrong(after, policy, groups, nowMs)).toEqual([])
          reached.approved++
        } else if (after.status === 'denied' || after.status === 'expired') reached[after.status]++
        request = after
      }
    }),
    { numRuns: 600 },
  )
  for (const [what, times] of Object.entries(reached)) expect(times, what).toBeGreaterThan(0)
})

const rotated = (rules: readonly Rule[], by: number): readonly Rule[] => {
  const at = by % Math.max(rules.length, 1)
  return [...rules.slice(at), ...rules.slice(0, at)].reverse()
}
const byName = (list: readonly { readonly from: string; readonly count: number }[]) =>
  list.map(({ from, count }) => `${from} ${count}`).sort()
