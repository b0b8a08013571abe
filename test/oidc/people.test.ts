import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Issuer } from '../../src/policy/policy.ts'
import { type LocalIssuer, startIssuer } from './issuer.ts'
import { judge, trust } from './trust.ts'

const TENANT = '8f2c4a10-0000-4000-8000-00000000000a'

let issuer: LocalIssuer
let entra: LocalIssuer
const { why, good } = judge()

beforeAll(async () => {
  issuer = await startIssuer()
  entra = await startIssuer({ path: `/${TENANT}/v2.0` })
})
afterAll(async () => {
  await issuer.close()
  await entra.close()
})

type Claims = Readonly<Record<string, unknown>>
const of = (from: LocalIssuer) => ({
  spoken: async (claims: Claims, more: Partial<Issuer> = {}) => good(await from.token(claims), [trust(from.url, more)]),
  reason: async (claims: Claims, more: Partial<Issuer> = {}) => why(await from.token(claims), [trust(from.url, more)]),
})
const plain = {
  spoken: (c: Claims, m?: Partial<Issuer>) => of(issuer).spoken(c, m),
  reason: (c: Claims, m?: Partial<Issuer>) => of(issuer).reason(c, m),
}
const tenant = {
  spoken: (c: Claims, m?: Partial<Issuer>) => of(entra).spoken(c, { preset: 'entra', ...m }),
  reason: (c: Claims, m?: Partial<Issuer>) => of(entra).reason(c, { preset: 'entra', ...m }),
}

describe('plain OpenID Connect', () => {
  const ALICE = { sub: '00u1alice', name: 'Alice', email: 'Alice@Example.com' }

  test('a person is her subject, and her mailbox where the issuer has verified it', async () => {
    const { caller, person } = await plain.spoken({ ...ALICE, email_verified: true })
    const identities = [`oidc:${issuer.url}|00u1alice`, 'email:alice@example.com']
    expect(person).toEqual({ identities, email: 'Alice@Example.com' })
    expect(caller).toMatchObject({
      id: 'oidc:local:00u1alice',
      name: 'Alice',
      humans: [identities],
      makers: identities,
    })
  })

  test.each([[false], [undefined], ['true'], [1], [null]])(
    'email_verified %j verifies nothing',
    async (email_verified) => {
      const identities = [`oidc:${issuer.url}|00u1alice`]
      expect((await plain.spoken({ ...ALICE, email_verified })).person).toEqual({ identities, email: null })
    },
  )

  test('B4 an address that is no plain ASCII is no identity, verified or not', async () => {
    for (const email of ['аlice@example.com', 'alice@example.com, bob@example.com', '', 7]) {
      expect((await plain.spoken({ ...ALICE, email, email_verified: true })).person?.identities).toHaveLength(1)
    }
  })

  test('a subject that is an address stays out of the id, which the log keeps for ever', async () => {
    const { caller } = await plain.spoken({ sub: 'alice@example.com' })
    expect(caller.id).toMatch(/^oidc:local:~[0-9a-f]{32}$/)
    expect((await plain.spoken({ sub: 'bob@example.com' })).caller.id).not.toBe(caller.id)
    expect((await plain.spoken({ sub: caller.id.slice('oidc:local:'.length) })).caller.id).not.toBe(caller.id)
  })

  test.each([[undefined], [''], ['a\u0000b'], ['älice'], ['x'.repeat(256)], [' alice'], [{}]])(
    'sub %j is refused',
    async (sub) => {
      expect(await plain.reason({ sub })).toMatch(/^claim_(missing|malformed): .*sub$/)
    },
  )

  test.each([
    [{ client_id: 'svc', sub: 'svc' }],
    [{ azp: 'svc', sub: 'svc' }],
    [{ gty: 'client-credentials', sub: 'svc@clients' }],
    [{ sub: 'project_path:acme/app:ref_type:branch:ref:main', project_id: '7', job_id: '9' }],
    [{ sub: 'repo:acme/app:ref:refs/heads/main', repository_id: '7' }],
    [{ sub: 'f1c7', preferred_username: 'service-account-nightly', email: 'bob@example.com', email_verified: true }],
    [{ sub: 'f1c7', azp: 'nightly', client_id: 'nightly', email: 'bob@example.com', email_verified: true }],
    [{ sub: 'f1c7', azp: 'nightly', clientId: 'nightly' }],
  ])("a program's token %j is no person's", async (claims) => {
    expect(await plain.reason(claims)).toMatch(/^not_a_person/)
    const { person, caller } = await plain.spoken(claims, { kind: 'workload', require: { sub: [claims.sub] } })
    expect([person, caller.humans]).toEqual([null, []])
    expect(caller.makers).toContain(`oidc:${issuer.url}|${claims.sub}`)
  })

  test.each([
    [{ azp: 'web' }],
    [{ azp: 'web', client_id: 'other' }],
    [{ azp: 'web', client_id: 'web', sid: 's1' }],
    [{ azp: 'web', client_id: 'web', auth_time: 1 }],
  ])('a token of a person names the client that she used, and is hers: %j', async (claims) => {
    expect(await plain.reason({ ...ALICE, ...claims })).toBe('accepted')
  })

  test('a person who asks where workloads are trusted stands behind her ask, and decides nothing', async () => {
    const { caller, person } = await plain.spoken({ ...ALICE, email_verified: true }, { kind: 'workload' })
    expect(person).toBeNull()
    expect(caller.humans).toEqual([[`oidc:${issuer.url}|00u1alice`, 'email:alice@example.com']])
  })

  test('a name that would be a second line, or hide one, is read as one line', async () => {
    expect((await plain.spoken({ ...ALICE, name: 'Bob\n\u202eadmin\u0000' })).caller.name).toBe('Bobadmin')
    expect((await plain.spoken({ ...ALICE, name: '\u200b' })).caller.name).toBe('00u1alice')
    expect([...(await plain.spoken({ ...ALICE, name: 'é'.repeat(500) })).caller.name]).toHaveLength(128)
  })

  test('the rights are those of the policy, whatever the token says', async () => {
    const more = {
      scopes: ['read:all'],
      actFor: true,
      actions: ['data.*'],
      environments: ['dev'],
      owners: ['U0OWNER'],
    } as const
    const { caller } = await plain.spoken({ ...ALICE, scopes: ['enforce'], scope: 'enforce', actFor: false }, more)
    expect(caller).toMatchObject(more)
  })
})

describe('Okta', () => {
  const okta = { preset: 'okta' } as const

  test('an access token and an ID token of one person name one person', async () => {
    const access = await plain.spoken({ sub: 'alice@example.com', uid: '00u1', cid: '0oa1', scp: ['openid'] }, okta)
    const id = await plain.spoken({ sub: '00u1', email: 'alice@example.com', email_verified: true }, okta)
    expect(access.caller.id).toBe('oidc:local:00u1')
    expect(id.caller.id).toBe('oidc:local:00u1')
    expect(access.person?.identities).toEqual([`oidc:${issuer.url}|00u1`, `oidc:${issuer.url}|alice@example.com`])
  })

  test('client credentials are no person', async () => {
    expect(await plain.reason({ sub: '0oa1', cid: '0oa1' }, okta)).toMatch(/^not_a_person/)
    expect(await plain.reason({ sub: 'svc', cid: '0oa1' }, okta)).toMatch(/^not_a_person/)
  })
})

describe('Microsoft Entra ID', () => {
  const ALICE = { sub: 'pairwise-1', oid: 'a11ce000-0000-4000-8000-000000000001', tid: TENANT, uti: 'uti-1' }

  test('a person is her object id, and her mailbox where its domain is verified', async () => {
    const said = { ...ALICE, email: 'alice@example.com', preferred_username: 'bob@example.com', jti: undefined }
    const { caller, person, token } = await tenant.spoken({ ...said, xms_edov: true })
    expect(caller.id).toBe(`oidc:local:${ALICE.oid}`)
    expect(person?.identities).toEqual([
      `oidc:${entra.url}|${ALICE.oid}`,
      `oidc:${entra.url}|pairwise-1`,
      'email:alice@example.com',
    ])
    expect(token.jti).toBe('uti-1')
    for (const xms_edov of [false, undefined, '0', 'no']) {
      expect((await tenant.spoken({ ...said, xms_edov, email_verified: true })).person?.identities).toHaveLength(2)
    }
    expect((await tenant.spoken({ ...said, xms_edov: '1' })).person?.identities).toHaveLength(3)
  })

  test('another tenant, or none, is refused though the key is the same', async () => {
    expect(await tenant.reason({ ...ALICE, tid: '00000000-0000-4000-8000-00000000000b' })).toMatch(/^wrong_tenant/)
    expect(await tenant.reason({ ...ALICE, tid: undefined })).toMatch(/^claim_missing: lacks tid$/)
    expect(await tenant.reason({ ...ALICE, oid: undefined })).toMatch(/^claim_missing: lacks oid$/)
  })

  test.each([
    [{ idtyp: 'app' }, /^not_a_person/],
    [{ idtyp: 'app', scp: 'x' }, /^not_a_person/],
    [{ azp: 'client' }, /^not_a_person/],
    [{ appid: 'client' }, /^not_a_person/],
    [{ azp: 'client', scp: 'decide' }, 'accepted'],
    [{ azp: 'client', idtyp: 'user' }, 'accepted'],
  ])('%j', async (claims, expected) => {
    expect(await tenant.reason({ ...ALICE, ...claims })).toMatch(expected)
  })
})

describe('GitLab', () => {
  const JOB = {
    sub: 'project_path:acme/deploy:ref_type:branch:ref:main',
    ...{ project_id: '22', project_path: 'acme/deploy', namespace_id: '11', user_id: '42', user_login: 'Alice' },
    ...{ user_email: 'bob@example.com', ref_protected: 'true', pipeline_id: '1', job_id: '2' },
  }
  const gitlab = { id: 'gitlab', preset: 'gitlab', kind: 'workload', require: { project_id: ['22'] } } as const
  const MERGES = { require: { ...gitlab.require, pipeline_source: ['merge_request_event'] } }
  const CHILDREN = { require: { ...gitlab.require, pipeline_source: ['parent_pipeline'] } }

  test('the caller is the project by its number; whoever started the job stands behind it; its e-mail is nobody’s word', async () => {
    const { caller } = await plain.spoken(JOB, gitlab)
    expect(caller).toMatchObject({ id: 'oidc:gitlab:project:22', name: 'acme/deploy' })
    expect(caller.humans).toEqual([['gitlab:alice', 'gitlab_id:42']])
  })

  test.each([
    [{ project_id: '23' }, {}, /: project_id$/],
    [{ user_id: undefined }, {}, /lacks user_id$/],
    [{ namespace_id: 'acme' }, {}, /^claim_malformed/],
    [{}, { require: { ref_protected: ['true'] } }, /^issuer_too_broad/],
    [{}, { kind: 'person' }, /^not_a_person/],
    [{ pipeline_source: 'push' }, {}, /^accepted$/],
    [{ pipeline_source: 'merge_request_event' }, {}, /^event_not_allowed/],
    [{ pipeline_source: 'external_pull_request_event' }, {}, /^event_not_allowed/],
    [{ pipeline_source: 'parent_pipeline', ref_path: 'refs/merge-requests/7/head' }, {}, /^event_not_allowed/],
    [{ pipeline_source: 'parent_pipeline', ref: 'refs/merge-requests/7/merge' }, {}, /^event_not_allowed/],
    [{ pipeline_source: 'merge_request_event', ref_path: 'refs/merge-requests/7/head' }, MERGES, /^accepted$/],
    [{ pipeline_source: 'parent_pipeline', ref_path: 'refs/merge-requests/7/head' }, CHILDREN, /^event_not_allowed/],
  ] as const)('%j %j', async (claims, more, expected) => {
    expect(await plain.reason({ ...JOB, ...claims }, { ...gitlab, ...more })).toMatch(expected)
  })
})
