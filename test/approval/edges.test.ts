import { describe, expect, test } from 'vitest'
import { cardUpdates } from '../../src/approval/change.ts'
import { closedUnseen, withoutLateJoiners } from '../../src/approval/eligible.ts'
import { withheld } from '../../src/approval/must-show.ts'
import { open } from '../../src/approval/open.ts'
import { closure, type Identity } from '../../src/approval/principal.ts'
import { MASK } from '../../src/approval/redact.ts'
import type { Ask } from '../../src/approval/request.ts'
import { allowanceKeys, isApprovedBy, isSomebodyElse } from '../../src/approval/requester.ts'
import { type Person, seatsOf } from '../../src/approval/seats.ts'
import { ASK, aCaller, evaluated, member, needs, opened, opening, T0 } from './given.ts'

/** Where one step further would be another answer. */

describe('whose name changed hands', () => {
  const proven: readonly Identity[] = ['github:alice', 'github_id:1']
  const person = (...identities: Identity[]) => new Set<Identity>(identities)

  test('one number of several is enough to be the same', () => {
    expect(isSomebodyElse(proven, person('github:alice', 'github_id:2', 'github_id:1'))).toBe(false)
    expect(isSomebodyElse(proven, person('github:alice', 'github_id:2'))).toBe(true)
    expect(isSomebodyElse(proven, person('github:alice'))).toBe(false)
  })

  test('numbers of another provider, and subjects of another issuer, say nothing', () => {
    expect(isSomebodyElse(proven, person('github:alice', 'gitlab_id:2'))).toBe(false)
    const subject: Identity = 'oidc:https://idp1|alice'
    expect(isSomebodyElse([subject], person('oidc:https://idp2|other'))).toBe(false)
    expect(isSomebodyElse([subject], person('oidc:https://idp1|other'))).toBe(true)
  })
})

describe('whoever said yes does not use it', () => {
  test('where nobody said anything, nobody did', () => {
    const request = opened()
    expect(isApprovedBy(request, [['slack:U0BOB']], [])).toBe(false)
    expect(isApprovedBy(request, [], [])).toBe(false)
  })

  test('who broke the glass is one of them, also where no rule lets her by now', () => {
    const glass = { userId: 'U0BOB', teamId: 'T', name: 'bob', identities: [], reason: 'x', atMs: T0, review: null }
    const broken = { ...opened(), brokenGlass: glass }
    expect(isApprovedBy(broken, [['slack:U0BOB']], [])).toBe(true)
    expect(isApprovedBy(broken, [['slack:U0EVE']], [])).toBe(false)
    const own = { from: 'oncall', group: { users: [] }, grantTtlMs: 1, self: true }
    const allowed = { ...broken, policy: { ...broken.policy, breakGlass: own } }
    expect(isApprovedBy(allowed, [['slack:U0BOB']], [])).toBe(false)
  })
})

describe('whose uses count together', () => {
  const keys = (over: object, ask: Ask = ASK, found: readonly Identity[] = []) =>
    allowanceKeys({ ...aCaller(), ...over }, ask, [['oidc:i|1', 'slack:U0ZED']], found)
  const named: Ask = { ...ASK, requester: { on_behalf_of: { slack_user_id: 'U0EVE' } } }

  test('of a key its own alone, of a token those of each human, in one order', () => {
    expect(keys({}, ASK, ['email:x@example.com'])).toEqual(['cl_alice'])
    expect(keys({}, named, ['email:x@example.com'])).toEqual(['cl_alice'])
    const humans = [['oidc:i|1']]
    expect(keys({ humans }, ASK, ['email:a@example.com'])).toEqual([
      'cl_alice',
      'email:a@example.com',
      'oidc:i|1',
      'slack:U0ZED',
    ])
    expect(keys({ humans }, named, ['email:a@example.com'])).toEqual(['cl_alice', 'oidc:i|1', 'slack:U0ZED'])
    expect(keys({ id: 'z', humans })).toEqual(['oidc:i|1', 'slack:U0ZED', 'z'])
  })

  test('an ask that no rule limits uses up nothing, and one that people are asked about neither', () => {
    const of = (over: object) => {
      const answer = open(opening({ evaluated: evaluated(over) }))
      return 'audit' in answer ? [answer.allowances, answer.unlessPaused, answer.audit[0].body.allowances] : answer
    }
    const limits = [{ rule: 'free', most: 3, perMs: 1_000 }]
    expect(of({ effect: 'allow', requirements: [] })).toEqual([undefined, true, undefined])
    expect(of({ limits })).toEqual([undefined, undefined, undefined])
    expect(of({ effect: 'allow', requirements: [], limits })).toEqual([
      [{ rule: 'free', key: 'cl_alice', most: 3, sinceMs: T0 - 1_000 }],
      true,
      [{ rule: 'free', key: 'cl_alice' }],
    ])
  })
})

describe('what the policy wants shown', () => {
  const hidden = (params: Ask['params'], pointer: string, more: Partial<Ask> = {}) =>
    withheld([pointer], { action: 'a', params, ...more }, [])

  test('is withheld by the asker where the ask says so, but for the word that stands for a long list', () => {
    const by = (pointer: string) => ({ masked: [{ pointer, by: 'asker' as const }] })
    expect(hidden({ a: { b: 1 } }, '/a/b', by('/a'))).toEqual({ pointer: '/a/b', by: 'asker' })
    expect(hidden({ a: { b: 1 } }, '/a/b', by(''))).toBeNull()
    expect(hidden({ a: { b: 1 } }, '/a/b', { masked: [{ pointer: '/a', by: 'countersign' }] })).toBeNull()
  })

  test('is not, where nothing stands there', () => {
    expect(hidden({ a: null }, '/a')).toBeNull()
    expect(hidden({ a: null }, '/a/b')).toBeNull()
    expect(hidden({ a: 5 }, '/a/b')).toBeNull()
    expect(hidden({ [`token=${MASK}`]: 1 }, '/rows')).toBeNull()
    expect(hidden(undefined, '/rows')).toBeNull()
  })

  test('is, at any depth, and where its own name was masked', () => {
    expect(hidden({ a: { b: { c: MASK } } }, '/a')).toEqual({ pointer: '/a', by: 'countersign' })
    expect(hidden({ [`token=${MASK}`]: 1, other: 2 }, '/token=abc')).toEqual({
      pointer: '/token=abc',
      by: 'countersign',
    })
  })

  test('is told with what to do about it', () => {
    const told = (ask: Ask, sensitive: readonly string[]) => {
      const answer = open(opening({ ask, evaluated: evaluated({ mustShow: ['/rows'] }), sensitive }))
      return 'refused' in answer ? answer.detail : null
    }
    expect(told({ ...ASK, params: { rows: 1 } }, ['/rows'])).toBe('the policy wants "/rows" shown: it cannot be masked')
    expect(told({ ...ASK, params: { rows: MASK } }, [])).toBe(
      'the policy wants "/rows" shown, and it holds what looks like a secret, which would be masked: put the secret elsewhere',
    )
  })
})

describe('late joiners', () => {
  const group = (from: string, usergroup = 'S0OWN') => ({ from, count: 1, group: { usergroup } })

  test('are told apart by name, each group for itself', () => {
    const pinned = [{ ...group('owners'), onlyThese: ['U0BOB'] }, group('sre')]
    expect(closedUnseen(pinned, [group('owners')], ['owners'])).toBeNull()
    expect(closedUnseen(pinned, [group('sre')], ['sre'])).toBe('sre')
    expect(closedUnseen(pinned, [group('legal')], ['legal'])).toBe('legal')
    expect(closedUnseen([needs('owners')], [needs('owners')], ['owners'])).toBeNull()
  })

  test('are unknown where the group is', () => {
    expect(withoutLateJoiners([group('owners')], ['owners'], () => null)).toEqual({
      refused: 'policy_unavailable',
      detail: 'who is in owners is not known yet: try again in a moment',
    })
  })
})

test('whose seat it is stands in one order, whatever order Slack tells', () => {
  const absent = member('U0ABSENT', { identities: ['slack:U0ABSENT', 'github:zoe', 'email:a@example.com'] })
  const person: Person = {
    member: member('U0DAVE'),
    groups: [],
    identities: closure(['slack:U0DAVE'], []),
    standIns: [
      { absent, groups: ['owners'], writtenBy: ['slack:U0ABSENT'], delegation: { id: 'dlg_1', endsAtMs: T0 + 1 } },
    ],
  }
  const [seat] = seatsOf(opened(), person, [needs('owners', 1, ['U0ABSENT'])], new Set(), [])
  expect(seat?.delegatorIdentities).toEqual(['email:a@example.com', 'github:zoe', 'slack:U0ABSENT'])
})

test('what nobody was asked about has no card', () => {
  expect(cardUpdates(opened({ evaluated: evaluated({ effect: 'deny', requirements: [] }) }))).toEqual([])
  expect(cardUpdates(opened())).toEqual([{ kind: 'update', requestId: 'req_1', channel: 'C0PROD' }])
})

test('what the policy allows by itself names no approvers', () => {
  expect(opened({ evaluated: evaluated({ effect: 'allow', requirements: [] }) }).outcome).toEqual({
    by: 'policy',
    code: 'allowed_by_policy',
    reason: null,
    approvers: [],
    atMs: T0,
  })
})
