import { describe, expect, test } from 'vitest'
import { decide } from '../../src/approval/decision.ts'
import type { Identity, People } from '../../src/approval/principal.ts'
import type { BreakGlassRule, BrokenGlass } from '../../src/approval/request.ts'
import { allBehind, isApprovedBy, isSomebodyElse, naming } from '../../src/approval/requester.ts'
import { becomes, opened, present, says, T0 } from './given.ts'

/** Logins and addresses change hands; numbers and subjects do not. */

const IDP = 'oidc:https://idp.example.com|'
const ALICE: readonly Identity[] = [
  ...(['slack:U0ALICE', 'email:alice@example.com', 'github:alice', 'github_id:1'] as const),
  ...(['gitlab:alice', 'gitlab_id:7', `${IDP}alice`] as const),
]
const PEOPLE: People = [ALICE, ['slack:U0DAVE', 'github:dave'], ['slack:U0DAVE', 'github_id:2']]

describe('B31 a name that changed hands names nobody', () => {
  test.each<[string, readonly Identity[], readonly Identity[]]>([
    ['her login and her number', ['github:alice', 'github_id:1'], ['github:alice', 'github_id:1']],
    ['her login, another number', ['github:alice', 'github_id:2'], ['github_id:2']],
    ['her login, a number that nobody knows', ['github:alice', 'github_id:9'], ['github_id:9']],
    ['her login alone', ['github:alice'], ['github:alice']],
    ['her login at GitLab, another number there', ['gitlab:alice', 'gitlab_id:8'], ['gitlab_id:8']],
    ['her login at GitLab, a number at GitHub', ['gitlab:alice', 'github_id:1'], ['gitlab:alice', 'github_id:1']],
    ['a login of whom one entry has the number', ['github:dave', 'github_id:2'], ['github:dave', 'github_id:2']],
    ['her address, another subject', [`${IDP}mallory`, 'email:alice@example.com'], [`${IDP}mallory`]],
    [
      'her address, a subject of another issuer',
      ['oidc:https://other.example.com|mallory', 'email:alice@example.com'],
      ['oidc:https://other.example.com|mallory', 'email:alice@example.com'],
    ],
    [
      'an issuer whose address begins hers',
      ['oidc:https://idp.example.com.evil|x', 'email:alice@example.com'],
      ['oidc:https://idp.example.com.evil|x', 'email:alice@example.com'],
    ],
    ['two of hers, one of them known', [`${IDP}alice`, `${IDP}pairwise`], [`${IDP}alice`, `${IDP}pairwise`]],
  ])('%s', (_, human, names) => {
    expect(naming(human, PEOPLE)).toEqual(names)
  })

  test('where no number of hers is known the name is all there is', () => {
    expect(naming(['github:dave', 'github_id:9'], [['slack:U0DAVE', 'github:dave']])).toEqual([
      'github:dave',
      'github_id:9',
    ])
  })

  test('an account is somebody else’s by the subject alone, never by what it does not say', () => {
    expect(isSomebodyElse([`${IDP}mallory`], new Set(ALICE))).toBe(true)
    expect(isSomebodyElse([`${IDP}alice`, 'email:x@example.com'], new Set(ALICE))).toBe(false)
    expect(isSomebodyElse(['email:alice@example.com'], new Set(ALICE))).toBe(false)
    expect(isSomebodyElse([`${IDP}mallory`], new Set<Identity>(['slack:U0BOB']))).toBe(false)
  })
})

describe('the same ask again', () => {
  const request = opened({ people: PEOPLE })
  const by = (...humans: readonly (readonly Identity[])[]) =>
    allBehind({ ...request, closure: [...ALICE, 'slack:U0OWNER'] }, humans, PEOPLE)

  test('is that of the same humans, by what lasts', () => {
    expect(by()).toBe(true)
    expect(by(['github:alice-renamed', 'github_id:1'])).toBe(true)
    expect(by(['github:alice', 'github_id:2'])).toBe(false)
    expect(by(['github:alice'])).toBe(true)
    expect(by(['github:alice', 'github_id:1'], ['github:dave', 'github_id:2'])).toBe(false)
    expect(by(['slack:U0OWNER'], ['email:alice@example.com'])).toBe(true)
    expect(by([])).toBe(false)
  })
})

describe('who approved it does not run it', () => {
  const bobs: readonly Identity[] = ['github:bob', 'github_id:5']
  const people: People = [['slack:U0BOB', 'github_id:5']]
  const request = opened({ people })
  const approved = becomes(decide(request, says(request, 'U0BOB'), present({}, people), T0))

  test('by any identity that is joined to the vote', () => {
    expect(approved.status).toBe('approved')
    expect(isApprovedBy(approved, [bobs], people)).toBe(true)
    expect(isApprovedBy(approved, [['email:bob@example.com']], [])).toBe(true)
    expect(isApprovedBy(approved, [['github_id:6'], bobs], people)).toBe(true)
    expect(isApprovedBy(approved, [['github_id:6']], people)).toBe(false)
    expect(isApprovedBy(approved, [], people)).toBe(false)
  })

  test('a vote that did not count is none', () => {
    const outcome = approved.outcome && { ...approved.outcome, approvers: ['U0CAROL'] }
    expect(isApprovedBy({ ...approved, outcome }, [bobs], people)).toBe(false)
  })

  test('nor who broke the glass on it, unless she may for herself', () => {
    const brokenGlass: BrokenGlass = {
      ...{ userId: 'U0BOB', teamId: 'T0HOME', name: 'bob', identities: ['slack:U0BOB'] },
      ...{ reason: 'the database is full', atMs: T0, review: null },
    }
    const rule = (self: boolean): BreakGlassRule => ({ from: 'oncall', group: { users: [] }, grantTtlMs: 1, self })
    const broken = (self: boolean) => ({
      ...approved,
      decisions: [],
      brokenGlass,
      policy: { ...approved.policy, breakGlass: rule(self) },
    })
    expect(isApprovedBy(broken(false), [bobs], people)).toBe(true)
    expect(isApprovedBy(broken(true), [bobs], people)).toBe(false)
  })
})
