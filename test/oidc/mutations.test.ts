import { createHmac, createPublicKey, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACME, acme, JOB, jobToken } from './github.ts'
import { AUDIENCE, forged, type LocalIssuer, newKey, numberOf, seconds, startIssuer } from './issuer.ts'
import { judge } from './trust.ts'

/** T17: a token of a pipeline, changed in one way each time. Each change has a reason of its own. */

let issuer: LocalIssuer
const { why, good, verify } = judge()
const reasonOf = async (token: string): Promise<string> => why(token, [acme(issuer.url)])

beforeAll(async () => {
  issuer = await startIssuer({ alg: 'RS256' })
})
afterAll(() => issuer.close())

const standard = () => ({
  ...JOB,
  ...{ iss: issuer.url, aud: AUDIENCE, jti: randomUUID(), iat: seconds(), exp: seconds() + 300 },
})
const kid = (): string => issuer.keys[0]?.kid ?? ''

/** The public key as a shared secret: the oldest trick there is. */
function signedWithThePublicKey(): string {
  const pem = createPublicKey({ key: { ...issuer.keys[0]?.jwk }, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  })
  const text = forged({ alg: 'HS256', typ: 'JWT', kid: kid() }, standard()).replace(/\.$/, '')
  return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`
}

const MUTATIONS: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
  ['alg none', () => forged({ alg: 'none', typ: 'JWT', kid: kid() }, standard()), /^alg_none: /],
  ['HS256 signed with the public key', signedWithThePublicKey, /^alg_symmetric: /],
  ['kid path traversal', () => jobToken(issuer, {}, { header: { kid: '../../../dev/null' } }), /^kid_malformed: /],
  [
    'jku pointing outside',
    () => jobToken(issuer, {}, { header: { jku: 'https://evil.example/keys' } }),
    /^header_jku: /,
  ],
  ['expired', () => jobToken(issuer, { iat: seconds() - 900, exp: seconds() - 120 }), /^expired: /],
  ['nbf in the future', () => jobToken(issuer, { nbf: seconds() + 120 }), /^not_yet_valid: /],
  ['aud list containing others', () => jobToken(issuer, { aud: [AUDIENCE, 'vault'] }), /^audience_several: /],
  [
    'other repo of the same name',
    () => jobToken(issuer, { repository_id: numberOf('acme/deploy, made again') }),
    /^claim_not_allowed: .*: repository_id$/,
  ],
  [
    'sub squat (hyphen id suffix)',
    () =>
      jobToken(issuer, {
        sub: `repo:acme-${ACME.owner}/deploy-${ACME.repository}:environment:production`,
        repository: `acme-${ACME.owner}/deploy-${ACME.repository}`,
        repository_id: numberOf('squatted/deploy'),
        repository_owner_id: numberOf('squatted'),
      }),
    /^claim_not_allowed: .*: repository_id, repository_owner_id$/,
  ],
  ['pull_request event', () => jobToken(issuer, { event_name: 'pull_request' }), /^event_not_allowed: /],
  [
    'embedded jwk',
    async () => {
      const mine = await newKey('RS256')
      return jobToken(issuer, {}, { key: mine, header: { jwk: mine.jwk } })
    },
    /^header_jwk: /,
  ],
  ['x5u', () => jobToken(issuer, {}, { header: { x5u: 'https://evil.example/cert' } }), /^header_x5u: /],
  ['wrong iss', () => jobToken(issuer, { iss: 'https://issuer.example' }), /^issuer_not_trusted: /],
  ['iss with a trailing slash', () => jobToken(issuer, { iss: `${issuer.url}/` }), /^issuer_spelled_otherwise: /],
  ['iss in other case', () => jobToken(issuer, { iss: issuer.url.toUpperCase() }), /^issuer_spelled_otherwise: /],
  ['missing aud', () => jobToken(issuer, { aud: undefined }), /^audience_missing: /],
  [
    'missing repository_id',
    () => jobToken(issuer, { repository_id: undefined }),
    /^claim_missing: lacks repository_id$/,
  ],
  [
    "repository_id as another owner's number",
    () => jobToken(issuer, { repository_owner_id: numberOf('somebody else') }),
    /^claim_not_allowed: .*: repository_owner_id$/,
  ],
  ['wrong environment', () => jobToken(issuer, { environment: 'staging' }), /^claim_not_allowed: .*: environment$/],
  [
    'wrong job_workflow_ref',
    () => jobToken(issuer, { job_workflow_ref: 'acme/deploy/.github/workflows/any.yml@refs/heads/x' }),
    /^claim_not_allowed: .*: job_workflow_ref$/,
  ],
  [
    'signature of another key with a known kid',
    async () => jobToken(issuer, {}, { key: await newKey('RS256') }),
    /^signature_wrong: /,
  ],
]

describe('T17: token mutations', () => {
  test('the token that they are made of is good', async () => {
    expect(await reasonOf(await jobToken(issuer))).toBe('accepted')
  })

  test.each(MUTATIONS)('%s is refused', async (_name, make, reason) => {
    expect(await reasonOf(await make())).toMatch(reason)
  })

  test('each has a reason of its own, and none repeats a value of the token', async () => {
    const tokens = await Promise.all(MUTATIONS.map(([, make]) => make()))
    const reasons = await Promise.all(tokens.map(reasonOf))
    // The two spellings of the issuer are one mutation.
    expect(new Set(reasons).size).toBe(MUTATIONS.length - 1)
    for (const reason of reasons) expect(reason).not.toMatch(/evil|staging|vault|issuer\.example|\d{6}/)
  })

  test('a replayed jti is told by its name: the same token has the same, and another has another', async () => {
    const [first, second] = await Promise.all([jobToken(issuer), jobToken(issuer)])
    const name = async (token: string) => (await good(token, [acme(issuer.url)])).token
    expect(await name(first)).toEqual(await name(first))
    expect((await name(first)).jti).not.toBe((await name(second)).jti)
    expect((await name(first)).issuer).toBe(issuer.url)
  })
})

describe('M12: one token is one text', () => {
  test('every other spelling of the same bytes is refused before its signature is looked at', async () => {
    const token = await jobToken(issuer)
    const [header = '', payload = '', signature = ''] = token.split('.')
    const spare = `${signature.slice(0, -1)}${nextLetter(signature.at(-1) ?? '')}`
    const others = [
      `${token}=`,
      `${token}==`,
      `${token}\n`,
      ` ${token}`,
      `${header}.${payload}. ${signature}`,
      `${header}.${payload}.${spare}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}?.${signature}`,
      `${header}.${payload}.${signature}.`,
      `${header}.${payload}`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      '..',
      '',
    ]
    for (const other of others)
      expect([other, await reasonOf(other)]).toEqual([other, expect.stringMatching(/^(malformed|not_canonical): /)])
    expect(Buffer.from(spare, 'base64url')).toEqual(Buffer.from(signature, 'base64url'))
    expect(await reasonOf(`${header}.${payload}.${spare}`)).toMatch(/^not_canonical/)
  })

  test('a token without a jti is named by what was signed', async () => {
    const token = await jobToken(issuer, { jti: undefined })
    const { jti } = (await good(token, [acme(issuer.url)])).token
    expect(jti).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect((await good(token, [acme(issuer.url)])).token.jti).toBe(jti)
    expect((await good(await jobToken(issuer, { jti: 'x'.repeat(5000) }), [acme(issuer.url)])).token.jti).toHaveLength(
      71,
    )
  })
})

/** Another last character with the same significant bits: 256 bytes end in four of them. */
function nextLetter(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(letter) ^ 1] ?? ''
}

describe('form and header', () => {
  test.each([
    ['too long', () => jobToken(issuer, { padding: 'x'.repeat(8192) }), /^too_long/],
    ['no JSON header', () => `${Buffer.from('nope').toString('base64url')}.e30.AA`, /^malformed/],
    ['a list as payload', () => `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.W10.AA`, /^malformed/],
    ['no alg', () => forged({ kid: 'k' }, standard(), 'sig'), /^alg_not_allowed/],
    ['NONE', () => forged({ alg: 'nOnE', kid: 'k' }, standard(), 'sig'), /^alg_none/],
    ['an encryption algorithm', () => forged({ alg: 'RSA-OAEP', kid: 'k' }, standard(), 'sig'), /^alg_not_allowed/],
    ['no signature', () => forged({ alg: 'RS256', kid: kid() }, standard()), /^malformed/],
    ['x5c', () => jobToken(issuer, {}, { header: { x5c: ['MIIB'] } }), /^header_x5c/],
    ['crit', () => forged({ alg: 'RS256', kid: kid(), crit: ['exp'] }, standard(), 'sig'), /^header_crit/],
    ['b64', () => forged({ alg: 'RS256', kid: kid(), b64: false }, standard(), 'sig'), /^header_crit/],
    ['a logout token', () => jobToken(issuer, {}, { header: { typ: 'logout+jwt' } }), /^typ_not_allowed/],
    ['a DPoP proof', () => jobToken(issuer, {}, { header: { typ: 'dpop+jwt' } }), /^typ_not_allowed/],
    ['no kid', () => jobToken(issuer, {}, { header: { kid: undefined } }), /^kid_missing/],
    ['a kid that is no text', () => jobToken(issuer, {}, { header: { kid: 7 } }), /^kid_malformed/],
    ['an unknown kid', () => jobToken(issuer, {}, { header: { kid: 'unheard-of' } }), /^kid_unknown/],
    ['no iss', () => jobToken(issuer, { iss: undefined }), /^issuer_missing/],
    ['iss as a list', () => jobToken(issuer, { iss: [issuer.url] }), /^issuer_missing/],
  ] as const)('%s is refused', async (_name, make, reason) => {
    expect(await reasonOf(await make())).toMatch(reason)
  })

  test.each([undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt'])('typ %s is taken', async (typ) => {
    expect(await reasonOf(await jobToken(issuer, {}, { header: { typ } }))).toBe('accepted')
  })

  test('no issuers, no token', async () => {
    expect(await verify(await jobToken(issuer), [])).toMatchObject({ reason: 'issuer_not_trusted' })
  })
})
