import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { approve, type Ground } from '../../src/approval/outcome.ts'
import type { ApprovalRequest, Decision } from '../../src/approval/request.ts'
import { evaluated, needs, opened, T0 } from './given.ts'

const decision = (userId: string, over: Partial<Decision> = {}): Decision => ({
  approver: { userId, teamId: 'T0HOME', name: userId, identities: [`slack:${userId}`] },
  verdict: 'approve',
  reason: null,
  surface: 'slack',
  delegatedBy: null,
  delegatorIdentities: [],
  groups: ['owners'],
  membershipReadAtMs: T0,
  digestShown: '0'.repeat(16),
  policyDigest: `sha256:${'a'.repeat(64)}`,
  decidedAtMs: T0,
  ...over,
})

const TWO = [needs('owners', 2)]
const honest = (over: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  ...opened({ evaluated: evaluated({ requirements: TWO }) }),
  decisions: [decision('U0BOB'), decision('U0CAROL')],
  ...over,
})
const ground = (requirements: Ground['requirements'] = TWO): Ground => ({
  requirements,
  people: [],
  behind: [],
  standing: new Map(),
  grantTtlMs: 3_600_000,
  denyCount: 1,
})
const bySecond = (second: Decision) => honest({ decisions: [decision('U0BOB'), second] })

describe('B28 the one way to a yes proves for itself that it may', () => {
  test('two people of the group, neither behind the ask, in time', () => {
    expect(approve(honest(), ground(), T0 + 1)).toEqual({
      status: 'approved',
      outcome: { approvers: ['U0BOB', 'U0CAROL'], by: 'people', code: 'approved', reason: null, atMs: T0 + 1 },
      grantExpiresAtMs: T0 + 1 + 5 * 60_000,
    })
  })

  const alice = decision('U0ALICE')
  const twin = decision('U0BOB2', {
    approver: { ...decision('U0BOB2').approver, identities: ['slack:U0BOB2', 'slack:U0BOB'] },
  })
  test.each<[string, ApprovalRequest, readonly [number?, typeof TWO?]]>([
    ['one decision is missing', honest({ decisions: [decision('U0BOB')] }), []],
    ['nobody said anything', honest({ decisions: [] }), []],
    ['one of them said no', bySecond(decision('U0CAROL', { verdict: 'deny' })), []],
    ['INV3 one of them stands behind the ask', bySecond(alice), []],
    ['INV3 the same account is there twice', bySecond(decision('U0BOB')), []],
    ['INV3 two accounts of one person are there', bySecond(twin), []],
    ['B46 one of them fills no seat', bySecond(decision('U0CAROL', { groups: ['others'] })), []],
    ['B45 nothing is required', honest({ policy: { ...honest().policy, requirements: [] } }), [T0, []]],
    ['the present policy asks for more', honest(), [T0, [needs('owners', 3)]]],
    [
      'enough said no beside them',
      honest({ decisions: [...honest().decisions, decision('U0DAVE', { verdict: 'deny' })] }),
      [],
    ],
    ['INV10 its time is over', honest(), [T0 + 3_600_000]],
    ['the policy allows by itself and asks nobody', honest({ policy: { ...honest().policy, effect: 'allow' } }), []],
    ['the policy denies', honest({ policy: { ...honest().policy, effect: 'deny' } }), []],
    ['INV1 it was denied', honest({ status: 'denied' }), []],
    ['INV1 it was approved before', honest({ status: 'approved' }), []],
    ['INV1 it was cancelled', honest({ status: 'cancelled' }), []],
    ['INV1 it expired', honest({ status: 'expired' }), []],
  ])('throws where %s', (_what, request, [now = T0, requirements = TWO]) => {
    expect(() => approve(request, ground(requirements), now)).toThrow(request.id)
  })

  test.each(['require_approval', 'deny', 'permit'])(
    'throws where the policy is said to allow but its effect is %s',
    (effect) => {
      const request = honest({ policy: { ...honest().policy, effect: effect as 'deny' } })
      expect(() => approve(request, 'policy', T0)).toThrow('policy')
    },
  )
})

test('B28 INV3 no forged list of decisions is a yes unless enough different people who are not behind the ask said it', () => {
  const user = fc.constantFrom('U0ALICE', 'U0ADMIN', 'U0BOB', 'U0CAROL')
  const forged = fc
    .record({
      userId: user,
      also: fc.array(user, { maxLength: 2 }),
      verdict: fc.constantFrom('approve' as const, 'deny' as const),
      groups: fc.subarray(['owners', 'others', 'constructor']),
    })
    .map(({ userId, also, verdict, groups }) =>
      decision(userId, {
        verdict,
        groups,
        approver: {
          ...decision(userId).approver,
          identities: [...new Set([userId, ...also])].map((id) => `slack:${id}` as const),
        },
      }),
    )
  fc.assert(
    fc.property(fc.array(forged, { maxLength: 4 }), (decisions) => {
      // Who counts, the simple way: accounts that any vote shows together are one human, over as many steps as it takes.
      const humans: Set<string>[] = []
      for (const { approver } of decisions) {
        const touched = humans.filter((human) => approver.identities.some((id) => human.has(id)))
        const joined = new Set([...approver.identities, ...touched.flatMap((human) => [...human])])
        humans.splice(0, humans.length, ...humans.filter((human) => !touched.includes(human)), joined)
      }
      const seated = humans.filter(
        (human) =>
          !human.has('slack:U0ALICE') &&
          !human.has('slack:U0ADMIN') &&
          // Her first vote that is in any of the groups is the one that counts for her.
          decisions
            .find(
              (d) =>
                d.verdict === 'approve' && d.groups.length > 0 && d.approver.identities.some((id) => human.has(id)),
            )
            ?.groups.includes('owners'),
      )
      const seats = seated.length
      const isSound = seats >= 2 && decisions.every((d) => d.verdict === 'approve')
      const attempt = () => approve(honest({ decisions }), ground(), T0)
      if (isSound) expect(attempt().status).toBe('approved')
      else expect(attempt).toThrow()
    }),
    { numRuns: 2000 },
  )
})
