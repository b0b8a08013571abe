import type { JWK } from 'jose'
import { exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { forged, type IssuerFault, type LocalIssuer, newKey, startIssuer } from './issuer.ts'
import { type Judge, judge, trust } from './trust.ts'

let issuer: LocalIssuer
let it: Judge
const MINUTE = 60_000

beforeEach(async () => {
  issuer = await startIssuer()
  it = judge({ deadlineMs: 300 })
})
afterEach(() => issuer.close())

const why = async (token: Promise<string>): Promise<string> => it.why(await token, [trust(issuer.url)])

describe('an issuer that cannot be read: nobody can tell, so nobody is let in', () => {
  test.each<[IssuerFault, RegExp]>([
    ['hangs_up', /cannot be reached/],
    ['never_answers', /did not answer in time/],
    ['stalls_in_body', /did not answer in time/],
    ['error_500', /answers 500/],
    ['redirects', /answers 302: redirects are not followed/],
    ['names_another_issuer', /of another issuer/],
    ['keys_elsewhere', /at another address \(https:\/\/169\.254\.169\.254\): name it as jwks_uri/],
    ['keys_at_a_file', /at another address/],
    ['oversized', /larger than 262144 bytes/],
    ['endless', /larger than 262144 bytes/],
    ['html', /is no JSON object/],
    ['list', /is no JSON object/],
    ['no_keys', /no public key/],
  ])('%s', async (fault, said) => {
    issuer.fault = fault
    expect(await why(issuer.token())).toMatch(/^unavailable: /)
    expect(it.troubles).toHaveLength(1)
    expect(it.troubles[0]).toMatch(said)
    issuer.fault = null
    it.skewMs += MINUTE / 4
    expect(await why(issuer.token())).toBe('accepted')
  })

  test('down', async () => {
    const token = issuer.token()
    await token
    await issuer.close()
    expect(await why(token)).toMatch(/^unavailable: its discovery document cannot be reached \(ECONNREFUSED\)$/)
  })

  test('a failure is remembered for ten seconds: a hundred tokens ask once', async () => {
    issuer.fault = 'hangs_up'
    const token = issuer.token()
    const answers = await Promise.all(Array.from({ length: 100 }, () => why(token)))
    expect(new Set(answers).size).toBe(1)
    expect(await why(token)).toMatch(/^unavailable/)
    expect(issuer.asked).toEqual({ discovery: 1, keys: 0 })
    it.skewMs += 11_000
    await why(token)
    expect(issuer.asked.discovery).toBe(2)
  })
})

describe('what is read is kept', () => {
  test('a herd of a hundred tokens reads the keys once', async () => {
    const tokens = await Promise.all(Array.from({ length: 100 }, () => issuer.token()))
    const answers = await Promise.all(tokens.map((token) => it.why(token, [trust(issuer.url)])))
    expect(answers).toEqual(answers.map(() => 'accepted'))
    expect(issuer.asked).toEqual({ discovery: 1, keys: 1 })
  })

  test('a new key is found at once, though the old ones were read a moment ago', async () => {
    expect(await why(issuer.token())).toBe('accepted')
    it.skewMs += 2 * MINUTE
    await issuer.rotate()
    expect(await why(issuer.token())).toBe('accepted')
    expect(issuer.asked.keys).toBe(2)
  })

  test('an unknown kid has the keys read again at most once a minute', async () => {
    expect(await why(issuer.token())).toBe('accepted')
    it.skewMs += 2 * MINUTE
    for (let i = 0; i < 50; i++) {
      expect(await why(issuer.token({}, { header: { kid: `made-up-${i}` } }))).toMatch(/^kid_unknown/)
    }
    expect(issuer.asked.keys).toBe(2)
    it.skewMs += MINUTE
    await why(issuer.token({}, { header: { kid: 'made-up' } }))
    expect(issuer.asked.keys).toBe(3)
  })

  test('a key that the issuer withdrew is refused once the keys are read again, ten minutes on', async () => {
    const old = await issuer.token({ exp: Math.floor(Date.now() / 1000) + 3600 })
    expect(await it.why(old, [trust(issuer.url)])).toBe('accepted')
    await issuer.rotate(false)
    it.skewMs += 11 * MINUTE
    // One who has no patience is still let in by what was read before; whoever comes after the answer is not.
    await vi.waitFor(async () => expect(await it.why(old, [trust(issuer.url)])).toMatch(/^kid_unknown/))
  })

  test('a token whose key is known does not wait for an issuer that hangs', async () => {
    it = judge({ deadlineMs: 60_000 })
    const token = await issuer.token({ exp: Math.floor(Date.now() / 1000) + 4 * 3600 })
    expect(await it.why(token, [trust(issuer.url)])).toBe('accepted')
    issuer.fault = 'never_answers'
    it.skewMs += 11 * MINUTE
    const order: string[] = []
    const unknown = it.why(await issuer.token({}, { header: { kid: 'new' } }), [trust(issuer.url)])
    const waiting = unknown.then(() => order.push('unknown'))
    const known = await Promise.all(Array.from({ length: 20 }, () => it.why(token, [trust(issuer.url)])))
    expect(new Set(known)).toEqual(new Set(['accepted']))
    expect(order).toEqual([])
    expect(issuer.asked.discovery).toBe(2)
    await issuer.close()
    await waiting
    expect(await unknown).toMatch(/^unavailable/)
  })

  test('while the issuer is away its last keys are good for an hour, and no longer', async () => {
    const token = issuer.token({ exp: Math.floor(Date.now() / 1000) + 4 * 3600 })
    expect(await why(token)).toBe('accepted')
    issuer.fault = 'hangs_up'
    it.skewMs += 30 * MINUTE
    expect(await why(token)).toBe('accepted')
    it.skewMs += 31 * MINUTE
    expect(await why(token)).toMatch(/^unavailable/)
    issuer.fault = null
    it.skewMs += MINUTE
    expect(await why(token)).toBe('accepted')
  })

  test('a new key while the issuer is away: not known to be wrong, so not called wrong', async () => {
    expect(await why(issuer.token())).toBe('accepted')
    await issuer.rotate()
    issuer.fault = 'never_answers'
    it.skewMs += 2 * MINUTE
    expect(await why(issuer.token())).toMatch(/^unavailable/)
  })

  test('a clock that was set back does not keep old keys good', async () => {
    expect(await why(issuer.token())).toBe('accepted')
    const before = issuer.asked.keys
    it.skewMs -= 20 * MINUTE
    await why(issuer.token())
    expect(issuer.asked.keys).toBe(before + 1)
  })

  test('a slow issuer holds up nobody else: another issuer answers meanwhile', async () => {
    const other = await startIssuer()
    issuer.fault = 'never_answers'
    const trusted = [trust(issuer.url), trust(other.url, { id: 'other' })]
    const slow = it.why(await issuer.token(), trusted)
    const ended = slow.then(() => 'slow')
    const quick = it.why(await other.token(), trusted).then(() => 'quick')
    expect(await Promise.race([ended, quick])).toBe('quick')
    expect(await slow).toMatch(/^unavailable/)
    await other.close()
  })
})

describe('keys', () => {
  const published = async (...keys: readonly JWK[]): Promise<string> => {
    issuer.published.instead = keys
    return why(issuer.token())
  }
  const jwk = (): JWK => issuer.keys[0]?.jwk ?? {}

  test('for encryption, of another kind, or not for verifying are not used', async () => {
    const { kty, crv, x, y, kid } = jwk()
    const bare: JWK = { kty: kty ?? '', crv: crv ?? '', x: x ?? '', y: y ?? '', kid: kid ?? '' }
    expect(await published({ ...bare, use: 'enc' })).toMatch(/^key_unfit/)
    it = judge()
    expect(await published({ ...bare, key_ops: ['encrypt'] })).toMatch(/^key_unfit/)
    it = judge()
    expect(await published({ ...bare, alg: 'ES384' })).toMatch(/^key_unfit/)
    it = judge()
    expect(await published({ ...(await newKey('RS256')).jwk, kid: kid ?? '' })).toMatch(/^key_unfit/)
    it = judge()
    expect(await published({ ...bare, x: bare.y ?? '' })).toMatch(/^key_unfit/)
    it = judge()
    expect(await published(bare)).toBe('accepted')
    it = judge()
    expect(await published({ ...bare, key_ops: ['verify'] }, { ...bare, use: 'enc' })).toBe('accepted')
  })

  test('two that fit the same kid are none', async () => {
    expect(await published(jwk(), { ...(await newKey('ES256')).jwk, kid: jwk().kid ?? '' })).toMatch(/^kid_ambiguous/)
  })

  test('a private or a symmetric key that is published is not used, and somebody is told', async () => {
    const pair = await generateKeyPair('ES256', { extractable: true })
    const exposed = { ...(await exportJWK(pair.privateKey)), kid: 'exposed' }
    const secret: JWK = { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' }
    issuer.published.extra = [exposed, secret]
    const key = { alg: 'ES256', privateKey: pair.privateKey }
    expect(await why(issuer.token({}, { key, header: { kid: 'exposed' } }))).toMatch(/^kid_unknown/)
    expect(await why(issuer.token())).toBe('accepted')
    expect(it.troubles).toEqual(['publishes 2 private key(s): these are not used, and must be replaced'])
  })

  test.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])('%s is understood', async (alg) => {
    await issuer.rotate(true, alg)
    expect(await why(issuer.token())).toBe('accepted')
  })

  test('a key without an algorithm is good for each that it is fit for, whichever was tried first', async () => {
    const { kid } = await issuer.rotate(false, 'RS256')
    issuer.published.instead = issuer.keys.map(({ jwk: { alg: _, ...rest } }) => rest)
    const forgery = (alg: string) => forged({ alg, kid }, { iss: issuer.url }, Buffer.alloc(256, 1))
    // Anybody can send these: no secret is needed.
    for (const alg of ['PS256', 'RS512', 'PS384']) {
      expect(await it.why(forgery(alg), [trust(issuer.url)])).toMatch(/^signature_wrong/)
    }
    expect(await why(issuer.token())).toBe('accepted')
    expect(await it.why(forgery('PS256'), [trust(issuer.url)])).toMatch(/^signature_wrong/)
    expect(await why(issuer.token())).toBe('accepted')
  })

  test('an RSA key of 1024 bits is none', async () => {
    const { publicKey, privateKey } = await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
      true,
      ['sign', 'verify'],
    )
    issuer.published.extra = [{ ...(await crypto.subtle.exportKey('jwk', publicKey)), kty: 'RSA', kid: 'short' }]
    const input = (await issuer.token()).split('.')[1] ?? ''
    const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'short' })).toString('base64url')
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(`${head}.${input}`))
    const token = `${head}.${input}.${Buffer.from(signature).toString('base64url')}`
    expect(await it.why(token, [trust(issuer.url)])).toMatch(/^key_unfit/)
  })

  test('more than a hundred keys are no key set', async () => {
    expect(await published(...Array.from({ length: 101 }, (_, i) => ({ ...jwk(), kid: `k${i}` })))).toMatch(
      /^unavailable/,
    )
  })
})

describe('addresses', () => {
  test('plain http is for an issuer on this machine, and only where the setting says so', async () => {
    const strict = judge({ allowHttpLoopback: false })
    expect(await strict.why(await issuer.token(), [trust(issuer.url)])).toMatch(/^unavailable/)
    expect(issuer.asked).toEqual({ discovery: 0, keys: 0 })
    for (const iss of [
      'http://issuer.example',
      'http://127.0.0.1.issuer.example',
      'http://user@127.0.0.1:1',
      'ftp://127.0.0.1',
    ]) {
      expect(await it.why(await issuer.token({ iss }), [trust(iss)])).toBe('unavailable: it is not at an https address')
    }
  })

  test('keys that the policy places elsewhere are read there, without asking the issuer', async () => {
    const claimed = { iss: 'https://accounts.example' }
    const jwksUri = `${issuer.url}/keys`
    expect(await it.why(await issuer.token(claimed), [trust(claimed.iss, { jwksUri })])).toBe('accepted')
    expect(issuer.asked).toEqual({ discovery: 0, keys: 1 })
  })

  test('an issuer with a path, and one whose name ends in a slash', async () => {
    const deep = await startIssuer({ path: '/tenant/v2.0' })
    expect(await it.why(await deep.token(), [trust(deep.url)])).toBe('accepted')
    expect(deep.asked).toEqual({ discovery: 1, keys: 1 })
    await deep.close()
  })
})
