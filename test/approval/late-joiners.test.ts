import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/approval/decision.ts'
import { canBeFilled, withoutLateJoiners } from '../../src/approval/eligible.ts'
import { approve } from '../../src/approval/outcome.ts'
import { fillable, fulfilled, type Requirement, stricter } from '../../src/approval/requirement.ts'
import { aCaller, becomes, evaluated, needs, opened, present, refusedAs, says, T0 } from './given.ts'
import { house, outcomeOf, person } from './service-house.ts'

const GROUP: Requirement = { from: 'owners', count: 1, group: { usergroup: 'S0OWN' } }
const POLICY = (rule = '', count = 1) => `version: 1
slack: { channel: C0APPROVALS }
groups: { owners: { usergroup: S0OWN } }
rules:
  - { id: r, match: { action: "data.export" }, effect: require_approval, approvals: [{ from: owners, count: ${count} }]${rule} }
`
const CLOSED = ', late_joiners: false'

describe('B18 late joiners', () => {
  test('approve where the policy does not say otherwise', async () => {
    const h = await house(POLICY())
    const request = await h.ask()
    h.group.users = ['U0LATE']
    expect(await h.click(request, 'U0LATE')).toBe('approved')
  })

  test('do not where it takes none; who was there and still is does', async () => {
    const known = ['U0BOB', 'U0CAROL']
    const h = await house(POLICY(CLOSED), {}, Date.now, { members: () => known })
    const request = await h.ask()
    expect(request.policy.requirements).toEqual([{ ...GROUP, onlyThese: ['U0BOB', 'U0CAROL'] }])
    h.group.users = ['U0LATE', 'U0CAROL']
    expect(await h.click(request, 'U0LATE')).toBe('not_an_approver')
    expect(await h.click(request, 'U0LATE', 'deny')).toBe('not_an_approver')
    expect(await h.click(request, 'U0BOB')).toBe('not_an_approver')
    // A policy that was loosened since helps nobody (B24).
    h.setPolicy(POLICY())
    expect(await h.click(request, 'U0LATE')).toBe('not_an_approver')
    expect(await h.click(request, 'U0CAROL')).toBe('approved')
  })

  test('the one way to a yes looks at the list once more', () => {
    const closed = { ...GROUP, onlyThese: ['U0CAROL'] }
    const request = opened({ evaluated: evaluated({ requirements: [GROUP] }) })
    const voted = becomes(
      decide(request, says(request, 'U0BOB'), present({ requirements: [{ ...GROUP, count: 2 }] }), T0),
    )
    const pinned = { ...voted, policy: { ...voted.policy, requirements: [closed] } }
    const ground = { ...evaluated({ requirements: [] }), people: [], behind: [], standing: new Map() }
    expect(() => approve(pinned, ground, T0)).toThrow('not every seat')
    expect(approve({ ...voted, policy: { ...voted.policy, requirements: [GROUP] } }, ground, T0).status).toBe(
      'approved',
    )
  })

  test('INV7 nothing is opened where nobody knows who is in the group', async () => {
    const h = await house(POLICY(CLOSED), {}, Date.now, { members: () => null })
    expect(outcomeOf(await h.submit())).toBe('policy_unavailable')
    expect((await h.log()).includes('request.opened')).toBe(false)
    expect(outcomeOf(await (await house(POLICY(CLOSED))).submit())).toBe('policy_unavailable')
  })
})

describe('B18 B25 late joiners of an ask that was opened while the policy took them', () => {
  test('cannot be told from the others once it takes none: nobody’s yes counts, and the sentence says so', async () => {
    const h = await house(POLICY('', 2), {}, Date.now, { members: () => ['U0BOB', 'U0CAROL'] })
    const request = await h.ask()
    expect(await h.click(request, 'U0BOB')).toBe('pending')
    h.setPolicy(POLICY(CLOSED, 2))
    h.group.users = ['U0BOB', 'U0CAROL', 'U0LATE']
    const digestShown = request.payloadDigest.slice(7, 23)
    for (const userId of ['U0LATE', 'U0CAROL']) {
      const said = { ...person(userId), requestId: request.id, digestShown, verdict: 'approve' as const, reason: null }
      expect(await h.service.decide(said)).toMatchObject({
        refused: 'policy_changed',
        detail: expect.stringMatching(/takes no late joiners of owners now.*asked again/),
      })
    }
    expect(await h.click(request, 'U0MALLORY')).toBe('not_an_approver')
    // Set back, it goes on; nothing was lost.
    h.setPolicy(POLICY('', 2))
    expect(await h.click(request, 'U0CAROL')).toBe('approved')
  })

  test('may say no, and take back what they said', async () => {
    const h = await house(POLICY('', 2), {}, Date.now, { members: () => ['U0BOB', 'U0CAROL'] })
    const request = await h.ask()
    await h.click(request, 'U0BOB')
    h.setPolicy(POLICY(CLOSED, 2))
    expect(await h.click(request, 'U0BOB', 'withdraw')).toBe('pending')
    expect(await h.click(request, 'U0CAROL', 'deny')).toBe('denied')
  })

  test('are known where the group is a list, or was closed at the opening', () => {
    const closed = present({ requirements: [GROUP], noLateJoiners: ['owners'] })
    const on = (requirement: Requirement, now = closed) => {
      const request = opened({ evaluated: evaluated({ requirements: [requirement] }), members: () => ['U0BOB'] })
      return refusedAs(decide(request, says(request, 'U0BOB'), now, T0))
    }
    expect(on(GROUP)).toBe('policy_changed')
    expect(on({ ...GROUP, onlyThese: ['U0BOB'] })).toBeNull()
    expect(on({ ...GROUP, group: { users: ['U0BOB'] } })).toBeNull()
    expect(on(GROUP, present({ requirements: [GROUP], noLateJoiners: ['sre'] }))).toBeNull()
    const more = [GROUP, { ...GROUP, from: 'sre' }]
    expect(on(GROUP, present({ requirements: more, noLateJoiners: ['sre'] }))).toBe('policy_changed')
  })
})

describe('B18 B27 late joiners and the glass', () => {
  const GLASS = ', break_glass: { from: on-call }'
  const WITH_GLASS = (rule: string) =>
    POLICY(`${GLASS}${rule}`).replace('groups: {', 'groups: { on-call: { usergroup: S0CALL },')
  const call = async (text: string, roster: readonly string[] | null) => {
    const town: Record<string, string[]> = { S0OWN: ['U0BOB'], S0CALL: ['U0ONA', 'U0LATE'] }
    const groupMembers = async (group: string) => ({ users: town[group] ?? [], readAtMs: Date.now() })
    return house(text, { groupMembers }, Date.now, { members: (g) => (g === 'S0CALL' ? roster : ['U0BOB']) })
  }

  test('who came later does not break it where the policy takes none; who was there does', async () => {
    const h = await call(WITH_GLASS(CLOSED), ['U0ONA'])
    const request = await h.ask()
    expect(request.policy.breakGlass).toMatchObject({ from: 'on-call', onlyThese: ['U0ONA'] })
    expect(await h.breaks(request, 'U0LATE')).toBe('not_an_approver')
    // Loosened since: it stays as it was pinned (B24).
    h.setPolicy(WITH_GLASS(''))
    expect(await h.breaks(request, 'U0LATE')).toBe('not_an_approver')
    expect(await h.breaks(request, 'U0ONA')).toBe('approved')
  })

  test('who may come late otherwise breaks it', async () => {
    const h = await call(WITH_GLASS(''), ['U0ONA'])
    expect(await h.breaks(await h.ask(), 'U0LATE')).toBe('approved')
  })

  test('where that was tightened since nobody breaks it: who was there is not known', async () => {
    const h = await call(WITH_GLASS(''), ['U0ONA'])
    const request = await h.ask()
    h.setPolicy(WITH_GLASS(CLOSED))
    for (const userId of ['U0LATE', 'U0ONA']) expect(await h.breaks(request, userId)).toBe('policy_changed')
  })

  test('INV7 nothing is opened where nobody knows who is on call', async () => {
    expect(outcomeOf(await (await call(WITH_GLASS(CLOSED), null)).submit())).toBe('policy_unavailable')
    expect(outcomeOf(await (await call(WITH_GLASS(''), null)).submit())).toBe('pending')
  })

  test('the one way to a yes looks at the list once more', () => {
    const rule = { from: 'on-call', group: { usergroup: 'S0CALL' }, grantTtlMs: 60_000, self: false }
    const request = opened({ evaluated: evaluated({ breakGlass: { ...rule, onlyThese: ['U0ONA'] } }) })
    const glass = (userId: string) => ({
      ...{ userId, teamId: 'T0HOME', name: 'x', identities: [], reason: 'the primary database is down', atMs: T0 },
    })
    const ground = { ...evaluated(), people: [], behind: [], groups: ['on-call'], rule }
    expect(() => approve(request, { ...ground, glass: glass('U0LATE') }, T0)).toThrow('may not break the glass')
    expect(approve(request, { ...ground, glass: glass('U0ONA') }, T0).status).toBe('approved')
    const unseen = opened({ evaluated: evaluated({ breakGlass: rule }) })
    const closed = { ...ground, noLateJoiners: ['on-call'], glass: glass('U0ONA') }
    expect(() => approve(unseen, closed, T0)).toThrow('may not break the glass')
  })
})

describe('the stricter of two requirements of one group', () => {
  const only = (...onlyThese: string[]) => ({ ...GROUP, onlyThese })
  test.each<[string, Requirement[], Requirement[], Requirement[]]>([
    ['one list stays', [only('U1', 'U2')], [GROUP], [only('U1', 'U2')]],
    ['also where it comes second', [GROUP], [only('U1')], [only('U1')]],
    ['of two lists who is on both', [only('U1', 'U2')], [only('U2', 'U3')], [only('U2')]],
    ['nobody, where nobody is', [only('U1')], [only('U2')], [only()]],
    ['with the larger count', [only('U1', 'U2')], [{ ...GROUP, count: 2 }], [{ ...only('U1', 'U2'), count: 2 }]],
  ])('%s', (_what, pinned, present, joined) => {
    expect(stricter(pinned, present)).toEqual(joined)
  })

  test('who is not on the list fills nothing, whatever she is in', () => {
    expect(fillable([only('U1'), needs('sre')], ['owners', 'sre'], 'U2')).toEqual(['sre'])
    expect(fillable([only('U1')], ['owners'], 'U1')).toEqual(['owners'])
    expect(fillable([only()], ['owners'], 'U1')).toEqual([])
  })
})

test('a fixed list is pinned as it stands, and other groups are left as they are', () => {
  const members = (id: string) => (id === 'S0OWN' ? ['U2', 'U1', 'U2'] : null)
  const open = { from: 'sre', count: 1, group: { usergroup: 'S0SRE' } }
  expect(withoutLateJoiners([GROUP, open, needs('list')], ['owners', 'list'], members)).toEqual([
    { ...GROUP, onlyThese: ['U1', 'U2'] },
    open,
    needs('list'),
  ])
})

describe('B45 what nobody but those behind the ask could approve is not opened', () => {
  const behind = new Set(['slack:U0ALICE'] as const)
  const among = (users: readonly string[] | null) => (id: string) => (id === 'S0OWN' ? users : null)
  test.each<[string, Requirement[], readonly string[] | null, boolean]>([
    ['an empty group', [GROUP], [], false],
    ['a group of the asker alone', [GROUP], ['U0ALICE'], false],
    ['too few', [{ ...GROUP, count: 3 }], ['U0ALICE', 'U0BOB', 'U0CAROL'], false],
    ['enough', [{ ...GROUP, count: 2 }], ['U0ALICE', 'U0BOB', 'U0CAROL'], true],
    ['one human with two accounts', [{ ...GROUP, count: 2 }], ['U0BOB', 'U0BOB2'], false],
    ['a group that nobody knows', [GROUP], null, true],
    ['a group that nobody knows beside one that cannot be filled', [GROUP, needs('x', 1, ['U0ALICE'])], null, false],
    ['one person for two groups', [GROUP, needs('x', 1, ['U0BOB'])], ['U0BOB'], false],
    ['nobody who was there before', [{ ...GROUP, onlyThese: ['U0ALICE'] }], ['U0ALICE', 'U0BOB'], false],
    ['nothing that is required', [], ['U0BOB'], false],
  ])('%s', (_what, requirements, users, can) => {
    expect(canBeFilled(requirements, behind, [['slack:U0BOB', 'slack:U0BOB2']], among(users))).toBe(can)
  })

  test('is refused by its code', async () => {
    const h = await house(POLICY(), {}, Date.now, { members: () => ['U0ALICE', 'U0ADMIN'] })
    expect(outcomeOf(await h.submit())).toBe('no_eligible_approver')
    expect((await h.ask({}, aCaller({ owners: ['U0X'], makers: [] }))).status).toBe('pending')
  })

  test('T4 of a large group no more are looked at than could sit, and the answer is the same', () => {
    const users = fc.subarray(Array.from({ length: 12 }, (_, i) => `U${i}`))
    const groups = fc.array(fc.record({ users, count: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(groups, (given) => {
        const requirements = given.map((each, i) => needs(`g${i}`, each.count, each.users))
        const everybody = Array.from({ length: 12 }, (_, i) => ({
          groups: requirements
            .filter(({ group }) => 'users' in group && group.users.includes(`U${i}`))
            .map((r) => r.from),
        }))
        expect(canBeFilled(requirements, new Set(), [], () => null)).toBe(fulfilled(requirements, everybody))
      }),
      { numRuns: 2_000 },
    )
  })
})
