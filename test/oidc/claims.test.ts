import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Issuer } from '../../src/policy/policy.ts'
import { ACME, acme, JOB, jobToken } from './github.ts'
import { AUDIENCE, type LocalIssuer, seconds, startIssuer } from './issuer.ts'
import { judge, trust } from './trust.ts'

let issuer: LocalIssuer
const { why, good } = judge()

beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer.close())

type Claims = Readonly<Record<string, unknown>>
const reason = async (claims: Claims, more: Partial<Issuer> = {}): Promise<string> =>
  why(await issuer.token(claims), [trust(issuer.url, more)])
const spoken = async (claims: Claims, more: Partial<Issuer> = {}) =>
  good(await issuer.token(claims), [trust(issuer.url, more)])

describe('times', () => {
  test.each([
    ['over for half a minute: clocks differ', { iat: seconds() - 300, exp: seconds() - 30 }, 'accepted'],
    ['over for longer than clocks differ', { iat: seconds() - 300, exp: seconds() - 65 }, /^expired/],
    ['for in half a minute', { nbf: seconds() + 30 }, 'accepted'],
    ['made in two minutes', { iat: seconds() + 120 }, /^issued_in_future/],
    ['without an end', { exp: undefined }, /^claim_missing: .*exp/],
    ['without a beginning', { iat: undefined }, /^claim_missing: .*iat/],
    ['an end that is a text', { exp: String(seconds() + 300) }, /^claim_malformed/],
    ['an end in milliseconds', { exp: Date.now() + 300_000 }, /^claim_malformed/],
    ['a negative beginning', { iat: -1 }, /^claim_malformed/],
    ['nbf that is none', { nbf: {} }, /^claim_malformed/],
    ['a life of a day', { exp: seconds() + 86_400 }, 'accepted'],
    ['a life of a week', { exp: seconds() + 7 * 86_400 }, /^lives_too_long/],
    ['a fraction of a second', { iat: seconds() - 0.5, exp: seconds() + 60.25 }, 'accepted'],
  ])('%s', async (_name, claims, expected) => {
    expect(await reason(claims)).toMatch(expected)
  })

  test('it is remembered for as long as it is taken, leeway included', async () => {
    const exp = seconds() + 100
    expect((await spoken({ exp })).token.expiresAtMs).toBe((exp + 60) * 1000)
  })
})

test('a token that is bound to a key of its holder is no bearer token', async () => {
  for (const cnf of [{ jkt: 'x' }, { 'x5t#S256': 'x' }, {}, null]) {
    expect(await reason({ cnf })).toMatch(/^sender_constrained: .*\(cnf\)/)
  }
})

describe('audience and pinned claims', () => {
  test.each([
    [{ aud: AUDIENCE }, 'accepted'],
    [{ aud: [AUDIENCE] }, 'accepted'],
    [{ aud: 'Countersign' }, /^audience_wrong/],
    [{ aud: ['vault'] }, /^audience_wrong/],
    [{ aud: [] }, /^audience_missing/],
    [{ aud: [AUDIENCE, AUDIENCE] }, /^audience_several/],
    [{ aud: { 0: AUDIENCE } }, /^audience_wrong/],
    [{ aud: null }, /^audience_wrong/],
  ])('%j', async (claims, expected) => {
    expect(await reason(claims)).toMatch(expected)
  })

  test.each([
    [{ groups: ['staff', 'sre'] }, { groups: ['sre'] }, 'accepted'],
    [{ groups: 'sre' }, { groups: ['sre', 'dba'] }, 'accepted'],
    [{ tier: 2 }, { tier: ['2'] }, 'accepted'],
    [{ protected: true }, { protected: ['true'] }, 'accepted'],
    [{ groups: ['SRE'] }, { groups: ['sre'] }, /: groups$/],
    [{ groups: [['sre']] }, { groups: ['sre'] }, /: groups$/],
    [{ groups: null }, { groups: ['null'] }, /: groups$/],
    [{}, { groups: ['sre'] }, /: groups$/],
    [{}, { constructor: ['x'], toString: ['y'] }, /: constructor, toString$/],
  ])('%j against %j', async (claims, require, expected) => {
    expect(await reason(claims, { require: require as Issuer['require'] })).toMatch(expected)
  })

  test('where the policy names an issuer several times exactly one entry must take the token, whatever their order', async () => {
    const [sre, dba] = [
      trust(issuer.url, { id: 'sre', require: { groups: ['sre'] }, scopes: ['read:all'] }),
      trust(issuer.url, { id: 'dba', require: { groups: ['dba'] } }),
    ]
    const token = await issuer.token({ groups: ['dba'] })
    expect((await good(token, [sre, dba])).caller.id).toBe('oidc:dba:someone')
    expect((await good(token, [dba, sre])).caller.id).toBe('oidc:dba:someone')
    const both = await issuer.token({ groups: ['dba', 'sre'] })
    expect(await why(both, [sre, dba])).toMatch(/^issuer_ambiguous/)
    expect(await why(both, [dba, sre])).toMatch(/^issuer_ambiguous/)
    expect(await why(await issuer.token(), [dba, { ...sre, audience: 'other' }])).toMatch(/^claim_not_allowed/)
    expect(await why(token, [sre, { ...dba, jwksUri: 'https://a.example/keys' }])).toMatch(/^issuer_ambiguous/)
  })
})

describe('GitHub Actions', () => {
  const job = async (claims: Claims, require: Issuer['require'] = {}) => {
    const entry = acme(issuer.url)
    return { token: await jobToken(issuer, claims), entries: [{ ...entry, require: { ...entry.require, ...require } }] }
  }
  const whyJob = async (claims: Claims, require?: Issuer['require']) => {
    const { token, entries } = await job(claims, require)
    return why(token, entries)
  }

  test('the caller is the repository by its number, and whoever started the run stands behind it', async () => {
    const { token, entries } = await job({})
    const { caller, person } = await good(token, entries)
    expect(caller).toMatchObject({
      id: `oidc:github:repository:${ACME.repository}`,
      name: 'acme/deploy',
      verifiedBy: 'oidc',
      humans: [['github:alice-gh', 'github_id:1001']],
      scopes: ['request'],
    })
    const itself = `oidc:${issuer.url}|repository:${ACME.repository}`
    expect(caller.makers).toEqual(['github:alice-gh', 'github_id:1001', itself])
    expect(person).toBeNull()
  })

  test('B10 both the actor and the triggering actor stand behind the ask', async () => {
    const { token, entries } = await job({ triggering_actor: 'bob-gh', triggering_actor_id: '1002', run_attempt: '2' })
    const { caller } = await good(token, entries)
    expect(caller.humans).toEqual([
      ['github:alice-gh', 'github_id:1001'],
      ['github:bob-gh', 'github_id:1002'],
    ])
    expect(caller.makers).toEqual(expect.arrayContaining(caller.humans.flat()))
  })

  test('B10 a run that was started again by nobody knows whom is refused, unless the policy takes it', async () => {
    expect(await whyJob({ run_attempt: '2' })).toMatch(/^rerun_unnamed/)
    expect(await whyJob({ run_attempt: 2 })).toMatch(/^rerun_unnamed/)
    expect(await whyJob({ run_attempt: '2' }, { run_attempt: ['1', '2'] })).toBe('accepted')
    expect(await whyJob({ run_attempt: '3' }, { run_attempt: ['1', '2'] })).toMatch(/: run_attempt$/)
  })

  test.each([
    [{ repository_owner_id: undefined }, /lacks repository_owner_id$/],
    [{ actor: undefined, actor_id: '' }, /lacks actor, actor_id$/],
    [{ event_name: undefined }, /lacks event_name$/],
    [{ run_attempt: undefined }, /lacks run_attempt$/],
    [{ actor: 'al\ud800ce' }, /^claim_malformed/],
    [{ triggering_actor: 'bób' }, /^claim_malformed/],
    [{ repository_id: 'acme/deploy' }, /^claim_malformed.*repository_id$/],
    [{ repository_id: '007' }, /^claim_malformed/],
    [{ repository_id: ` ${JOB.repository_id}` }, /^claim_malformed/],
    [{ repository_id: Number(JOB.repository_id) }, /^accepted$/],
    [{ event_name: 'pull_request_target' }, /^event_not_allowed/],
    [{ event_name: 'workflow_dispatch' }, /^accepted$/],
  ])('%j', async (claims, expected) => {
    expect(await whyJob(claims)).toMatch(expected)
  })

  test('pull_request is never taken, pull_request_target where the policy says so itself', async () => {
    const require = { event_name: ['pull_request', 'pull_request_target'] }
    expect(await whyJob({ event_name: 'pull_request' }, require)).toMatch(/^event_not_allowed/)
    expect(await whyJob({ event_name: 'pull_request_target' }, require)).toBe('accepted')
  })

  test.each([
    [{ event_name: 'pull_request_review' }],
    [{ event_name: 'pull_request_review_comment' }],
    [{ event_name: 'pull_request_of_tomorrow' }],
    [{ event_name: 'push', ref: 'refs/pull/7/merge' }],
    [{ event_name: 'pull_request_target', ref: 'refs/pull/7/head' }],
  ])('T17 whatever runs what a pull request proposes is refused, pinned or not: %j', async (claims) => {
    const require = { event_name: [claims.event_name] }
    expect(await whyJob(claims, require)).toMatch(/^event_not_allowed/)
    expect(await whyJob(claims)).toMatch(/^event_not_allowed/)
  })

  test('an entry that pins no number takes nobody, and a job never passes for a person', async () => {
    const token = await jobToken(issuer)
    const broad = { ...acme(issuer.url), require: { repository: ['acme/deploy'], repository_id: [] } }
    expect(await why(token, [broad])).toMatch(/^issuer_too_broad/)
    expect(await why(token, [{ ...acme(issuer.url), kind: 'person' }])).toMatch(/^not_a_person/)
    expect(await why(token, [trust(issuer.url, { kind: 'person' })])).toMatch(/^not_a_person/)
  })
})
