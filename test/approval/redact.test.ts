import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MASK, MaskError, mask, maskText } from '../../src/approval/redact.ts'
import type { Ask, JsonObject } from '../../src/approval/request.ts'

const CANARY = 'canary7f3a9c'
const asked = (params: JsonObject, sensitive: readonly string[] = []): Ask => ({ action: 'a.b', params, sensitive })
const shown = (params: JsonObject, sensitive: readonly string[] = [], more: readonly string[] = []) =>
  mask(asked(params, sensitive), more).params

describe('INV11 what stands at a pointer of `sensitive` is never shown', () => {
  test.each<[string, JsonObject, string, JsonObject]>([
    ['a member', { a: CANARY, b: 1 }, '/a', { a: MASK, b: 1 }],
    ['a member of a member', { a: { b: CANARY, c: 1 } }, '/a/b', { a: { b: MASK, c: 1 } }],
    ['a whole object', { a: { b: CANARY } }, '/a', { a: MASK }],
    ['a place in an array', { a: ['x', CANARY] }, '/a/1', { a: ['x', MASK] }],
    ['a key with a slash and a tilde', { 'a/b~c': CANARY }, '/a~1b~0c', { 'a/b~c': MASK }],
    ['a key that looks escaped', { '~1': CANARY }, '/~01', { '~1': MASK }],
    ['the empty key', { '': CANARY }, '/', { '': MASK }],
    ['everything', { a: CANARY, b: { c: CANARY } }, '', { a: MASK, b: MASK }],
    ['null', { a: null }, '/a', { a: MASK }],
  ])('%s', (_what, params, pointer, expected) => {
    expect(shown(params, [pointer])).toEqual(expected)
  })

  test('also under a key that every object has', () => {
    const params = JSON.parse(`{"__proto__":{"x":"${CANARY}"},"constructor":"${CANARY}"}`) as JsonObject
    const masked = shown(params, ['/__proto__/x', '/constructor'])
    expect(JSON.stringify(masked)).toBe(`{"__proto__":{"x":"${MASK}"},"constructor":"${MASK}"}`)
    expect(Object.getPrototypeOf(masked)).toBe(Object.prototype)
  })

  test.each(['/b', '/a/b', '/list/2', '/list/01', '/list/-', '/list/1e0', '/toString', '/__proto__', '/list/length'])(
    'a pointer that finds nothing (%s) stops the ask: a typing error there would show the secret',
    (pointer) => {
      const attempt = () => mask(asked({ a: 1, list: [1, 2] }, ['/a', pointer]), [])
      expect(attempt).toThrow(MaskError)
      expect(attempt).toThrow(expect.objectContaining({ pointer: '/sensitive/1' }))
    },
  )
})

describe('INV11 what stands under the name of a secret is never shown', () => {
  test.each([
    ...['password', 'db_password', 'DB-PASSWORD', 'dbPassword', 'passwd', 'pwd', 'passphrase', 'client_secret'],
    ...['token', 'access_token', 'accessToken', 'apiKey', 'api-key', 'API_KEY', 'x-api-key', 'secretAccessKey'],
    ...['private_key', 'signing-key', 'credential', 'credentials', 'Authorization', 'Cookie', 'Set-Cookie'],
    ...['connectionString', 'connection_string', 'password_'],
  ])('%s', (key) => {
    for (const value of [CANARY, 12345, [CANARY], { x: CANARY }])
      expect(shown({ deep: [{ [key]: value }] })).toEqual({ deep: [{ [key]: MASK }] })
  })

  test.each(['secret_name', 'token_count', 'tokens_used', 'passwordless', 'keyboard', 'public_key', 'author'])(
    'but %s is readable: approvers must see what is changed',
    (key) => {
      expect(shown({ [key]: 'orders' })).toEqual({ [key]: 'orders' })
    },
  )

  test('yes, no and nothing are no secrets', () => {
    expect(shown({ password: true, token: null })).toEqual({ password: true, token: null })
  })

  test('the policy’s own names count, whatever their case', () => {
    expect(shown({ SSN: CANARY, ssn2: 'x' }, [], ['ssn'])).toEqual({ SSN: MASK, ssn2: 'x' })
  })
})

describe('INV11 texts that are secrets are masked wherever they stand', () => {
  const long = 'Abcdefghij0123456789Abcdefghij0123456789Abc'
  test.each([
    ['a Slack bot token', `xoxb-${long}`],
    ['a Slack app token', `xapp-1-${long}`],
    ['a GitHub token', `ghp_${long}`],
    ['a fine-grained GitHub token', `github_pat_${long}`],
    ['a GitLab token', `glpat-${long}`],
    ['an AWS key id', 'AKIAIOSFODNN7EXAMPLE'],
    ['a Google key', `AIza${long}`],
    ['a model provider’s key', `sk-ant-${long}`],
    ['one of our own keys', `cs_abcd2345_${long}`],
    ['a JWT', `eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiJyZXFfMSJ9.${long}`],
    ['a private key', `-----BEGIN PRIVATE KEY-----\n${long}\n-----END PRIVATE KEY-----`],
    ['a private key that was cut', `-----BEGIN RSA PRIVATE KEY-----\n${long}`],
  ])('%s', (_what, secret) => {
    const text = `before ${secret} after`
    expect(maskText(text)).toContain(MASK)
    expect(maskText(text)).not.toContain(secret.slice(-12))
    const everywhere = mask(
      { action: 'a.b', title: text, reason: text, context: { diff: text }, params: { x: [text] } },
      [],
    )
    expect(JSON.stringify(everywhere)).not.toContain(secret.slice(-12))
  })

  test('what stands around them stays', () => {
    expect(maskText('curl -H "Authorization: Bearer abcdefghijklmnop" https://x')).toBe(
      `curl -H "Authorization: Bearer ${MASK}" https://x`,
    )
    expect(maskText('postgres://app:hunter2@db.internal/orders')).toBe(`postgres://app:${MASK}@db.internal/orders`)
    expect(maskText('deploy --api-key=hunter2 --dry-run')).toBe(`deploy --api-key=${MASK} --dry-run`)
    expect(maskText('nothing to hide at s3://bucket/a.csv, 12:30')).toBe('nothing to hide at s3://bucket/a.csv, 12:30')
  })
})

/** Parts of every secret's form, so that their odd joints come up. */
const piece = fc.constantFrom(
  ...[
    'xoxb-',
    'ghp_',
    'eyJ',
    'sk-',
    'cs_abcd_',
    'AKIA',
    'Bearer ',
    'Basic ',
    '://',
    ':',
    '@',
    '.',
    '-',
    '--token',
    '=',
    ' ',
  ],
  ...['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', MASK, 'aaaaaaaaaaaa', 'ABCDEFGHIJKLMNOP', 'é', '\n'],
)
const adversarial = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''))

test('masked twice is masked once', () => {
  fc.assert(
    fc.property(adversarial, (text) => {
      expect(maskText(maskText(text))).toBe(maskText(text))
    }),
    { numRuns: 5000 },
  )
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'token', 'secret_name', '__proto__'), fc.jsonValue()), (params) => {
      const once = mask(asked(params as JsonObject), [])
      expect(mask(once, []).params).toEqual(once.params)
    }),
  )
})

test('INV11 a canary under any name, at any depth, does not survive the pointer that names it', () => {
  const key = fc.constantFrom('a', 'b/c', 'd~e', '', '__proto__', 'ü', '0')
  const path = fc.array(fc.oneof(key, fc.nat({ max: 2 })), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.oneof(key), path, (first, rest) => {
      const steps = [first, ...rest]
      const params = steps.reduceRight<unknown>(
        (inner, step) =>
          typeof step === 'number'
            ? Array.from({ length: step + 1 }, (_, i) => (i === step ? inner : 'x'))
            : Object.fromEntries([
                ['other', 1],
                [step, inner],
              ]),
        CANARY,
      )
      const pointer = steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
      expect(JSON.stringify(params)).toContain(CANARY)
      const masked = JSON.stringify(mask(asked(params as JsonObject, [pointer]), []).params)
      expect(masked).not.toContain(CANARY)
      expect(masked).toBe(JSON.stringify(params).replace(CANARY, MASK))
    }),
    { numRuns: 1000 },
  )
})

test('the ask that came in is not changed', () => {
  const ask = asked({ a: { token: CANARY }, b: CANARY }, ['/b'])
  const before = structuredClone(ask)
  mask(ask, [])
  expect(ask).toEqual(before)
})

test('T20 no text stalls the house: each of these ends within the time of a test', () => {
  const stubborn = [
    '-eyJ',
    'eyJaaaaaaaa.',
    '--a',
    '-password',
    '://a:',
    'Bearer ',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    'cs_a_',
    '-',
    'token_',
  ]
  for (const part of stubborn) {
    const text = part.repeat(200_000 / part.length)
    expect(maskText(text).length).toBeGreaterThan(0)
    expect(Object.keys(shown({ [text]: 1 }) ?? {})).toHaveLength(1)
  }
})
