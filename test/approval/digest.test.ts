import fc from 'fast-check'
import { expect, test } from 'vitest'
import { payloadDigest, SHORT_DIGEST, shortDigest } from '../../src/approval/digest.ts'
import type { JsonObject } from '../../src/approval/request.ts'

const json = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()).map((value) => value as JsonObject)

/** The same value with the members of every object the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  )
}

test('INV5 the digest of a known payload is the one that any RFC 8785 tool computes', () => {
  expect(
    payloadDigest({
      action: 'data.export',
      resource: 's3://b/c.csv',
      environment: 'production',
      params: { b: 2, a: 1 },
    }),
  ).toBe('sha256:cc1e621dc7a1620151a00499eac9703a5409cb4b2184a4b7b0319eaf256ea49a')
})

test('INV5 the order of the members does not change the digest', () => {
  fc.assert(
    fc.property(json, (params) => {
      expect(payloadDigest({ action: 'a', params: turned(params) as JsonObject })).toBe(
        payloadDigest({ action: 'a', params }),
      )
    }),
  )
})

test('INV5 T2 any other character of the payload is another digest', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.nat(),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      (text, at, other) => {
        const chars = [...text]
        const i = at % chars.length
        fc.pre(chars[i] !== other)
        const changed = chars.with(i, other).join('')
        fc.pre(changed !== text)
        const digests = [text, changed].flatMap((t) => [
          payloadDigest({ action: 'a', params: { t } }),
          payloadDigest({ action: 'a', params: { [t]: 1 } }),
          payloadDigest({ action: 'a', resource: t }),
          payloadDigest({ action: 'a', environment: t }),
          payloadDigest({ action: t }),
        ])
        expect(new Set(digests).size).toBe(digests.length)
      },
    ),
  )
})

test('INV5 an absent member, null and an empty object are three different payloads', () => {
  const digests = [
    payloadDigest({ action: 'a' }),
    payloadDigest({ action: 'a', params: {} }),
    payloadDigest({ action: 'a', params: { x: null } }),
    payloadDigest({ action: 'a', params: { x: {} } }),
    payloadDigest({ action: 'a', params: { x: [] } }),
    payloadDigest({ action: 'a', resource: '' }),
    payloadDigest({ action: 'a', environment: '' }),
  ]
  expect(new Set(digests).size).toBe(digests.length)
})

test('a member called __proto__ is part of the payload like any other', () => {
  const params = (text: string) => JSON.parse(text) as JsonObject
  const plain = payloadDigest({ action: 'a', params: params('{"a":1}') })
  const tricky = payloadDigest({ action: 'a', params: params('{"a":1,"__proto__":{"b":2}}') })
  const other = payloadDigest({ action: 'a', params: params('{"a":1,"__proto__":{"b":3}}') })
  expect(new Set([plain, tricky, other]).size).toBe(3)
})

test('a payload that has no exact text has no digest', () => {
  for (const x of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800', { '\udc00': 1 }]) {
    expect(() => payloadDigest({ action: 'a', params: { x } })).toThrow()
  }
})

test('the short digest is the beginning of the long one, 64 bits of it', () => {
  const digest = payloadDigest({ action: 'a' })
  expect(SHORT_DIGEST).toBeGreaterThanOrEqual(16)
  expect(shortDigest(digest)).toMatch(/^[0-9a-f]{16}$/)
  expect(digest.startsWith(`sha256:${shortDigest(digest)}`)).toBe(true)
})
