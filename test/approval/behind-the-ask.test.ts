import { describe, expect, test } from 'vitest'
import type { Identity } from '../../src/approval/principal.ts'
import { allowanceKeys, humansBehind, isApprovedBy, isSomebodyElse } from '../../src/approval/requester.ts'
import { ASK, aCaller, aToken, opened } from './given.ts'

const elsewhere = (proven: Identity, ...person: Identity[]): boolean => isSomebodyElse([proven], new Set(person))

describe('B31 another number at the same provider is another human', () => {
  test('of a login and of a subject', () => {
    expect(elsewhere('github_id:7', 'github:gitta', 'github_id:8')).toBe(true)
    expect(elsewhere('oidc:https://idp.example.com|a', 'oidc:https://idp.example.com|b')).toBe(true)
  })

  test('but not where she has both numbers', () => {
    expect(elsewhere('github_id:7', 'github_id:8', 'github_id:7')).toBe(false)
  })

  test('a number at another provider says nothing of her', () => {
    expect(elsewhere('github_id:7', 'gitlab_id:8')).toBe(false)
    expect(elsewhere('gitlab_id:8', 'github_id:7')).toBe(false)
    expect(elsewhere('github_id:7', 'oidc:https://idp.example.com|7')).toBe(false)
  })

  test('nor a subject of another issuer, however alike the two are', () => {
    expect(elsewhere('oidc:https://idp.example.com/a|1', 'oidc:https://idp.example.com/b|2')).toBe(false)
  })

  test('nor a login that is spelled like a number', () => {
    const proven: Identity[] = ['github:github_id:7', 'github_id:7']
    expect(isSomebodyElse(proven, new Set<Identity>(['github_id:7', 'github:github_id:8']))).toBe(false)
  })
})

describe('T3 whose uses of a limited allow count together', () => {
  const token = (...humans: Identity[][]) => aToken({ humans })
  const named = { ...ASK, requester: { on_behalf_of: { slack_user_id: 'U0ZED' } } }

  test('a caller that speaks for nobody counts by itself', () => {
    expect(allowanceKeys(aCaller(), ASK, [], ['slack:U0ZED'])).toEqual(['cl_alice'])
  })

  test('of a human whom the token proves every account counts, and what Slack knows of her', () => {
    const keys = allowanceKeys(token(['github:gitta']), ASK, [['github:gitta', 'slack:U0GIT']], ['slack:U0ZED'])
    expect(keys).toEqual(['github:gitta', 'oidc:ci:repository:1', 'slack:U0GIT', 'slack:U0ZED'])
  })

  test('one whom the ask only names is nobody whose uses are taken', () => {
    const keys = allowanceKeys(token(['github:gitta']), named, [], ['slack:U0ZED'])
    expect(keys).toEqual(['github:gitta', 'oidc:ci:repository:1'])
  })

  test('the order in which a token names its humans changes nothing', () => {
    const [a, b]: Identity[][] = [['slack:U0ZED'], ['email:a@example.com']]
    expect(allowanceKeys(token(a as Identity[], b as Identity[]), ASK, [], [])).toEqual(
      allowanceKeys(token(b as Identity[], a as Identity[]), ASK, [], []),
    )
  })
})

test('nobody has approved what is still open', () => {
  expect(isApprovedBy(opened(), [['slack:U0BOB']], [])).toBe(false)
})

test('who may not act for others, and who names nobody, is told so', () => {
  const as = (actFor: boolean, email: string) =>
    humansBehind(aCaller({ actFor }), { ...ASK, requester: { on_behalf_of: { email } } })
  expect(as(false, 'zed@example.com')).toMatchObject({
    refused: 'act_for_not_allowed',
    detail: expect.stringContaining('may not act on behalf'),
  })
  expect(as(true, 'no address')).toMatchObject({
    refused: 'requester_unresolved',
    detail: expect.stringContaining('names nobody'),
  })
})
