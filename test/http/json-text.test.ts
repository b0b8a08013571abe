import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isExact } from '../../src/http/exact-number.ts'
import { flawsOf } from '../../src/http/json-text.ts'
import { EXACT, INEXACT, INVALID, VALID } from './json-cases.ts'

const codes = (text: string): readonly string[] => flawsOf(text).map((flaw) => flaw.code)

describe('the JSON gate', () => {
  test.each(VALID)('accepts %j', (text) => {
    expect(flawsOf(text)).toEqual([])
    expect(() => JSON.parse(text)).not.toThrow()
  })

  test.each(INVALID)('refuses %j', (text) => {
    expect(flawsOf(text)).toHaveLength(1)
    expect(['invalid_json', 'invalid_encoding']).toContain(codes(text)[0])
    expect(() => JSON.parse(text)).toThrow()
  })

  test.each(INEXACT)('refuses the number %s, which a float would change', (text) => {
    expect(codes(`{"params":{"n":[0,${text}]}}`)).toEqual(['number_not_exact'])
    expect(flawsOf(`{"params":{"n":[0,${text}]}}`)[0]?.pointer).toBe('/params/n/1')
    expect(isExact(text)).toBe(false)
  })

  test.each(EXACT)('accepts the number %s', (text) => {
    expect(flawsOf(`[${text}]`)).toEqual([])
    expect(isExact(text)).toBe(true)
  })

  test.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"x":{"a":1,"b":2,"a":3}}',
    '[{"b":[],"\\u0062":{}}]',
    '{"":1,"":2}',
    `{${Array.from({ length: 20 }, (_, i) => `"k${i}":0`).join()},"k3":1}`,
    '{"\\ud83d\\ude00":1,"😀":2}',
    '{"__proto__":1,"__proto__":2}',
  ])('refuses a key that stands there twice: %s', (text) => {
    expect(codes(text)).toEqual(['duplicate_key'])
  })

  test('equal keys of different objects are no duplicates', () => {
    expect(flawsOf('[{"a":1},{"a":{"a":2}}]')).toEqual([])
  })

  test.each([
    '["\\ud800"]',
    '["\\udc00"]',
    '["\\ud800\\ud800"]',
    '["\\ud800x"]',
    '["\\udc00\\ud800"]',
    '{"\\ud800":1}',
  ])('refuses half of a surrogate pair: %s', (text) => {
    expect(codes(text)).toEqual(['invalid_encoding'])
  })

  test('refuses U+0000 in values and keys, with their pointers', () => {
    expect(flawsOf('{"a":"x\\u0000","b/c":{"d\\u0000":1}}').map((flaw) => [flaw.code, flaw.pointer])).toEqual([
      ['validation_failed', '/a'],
      ['validation_failed', '/b~1c/d\u0000'],
    ])
  })

  test('refuses __proto__ as a key however it is spelled, and keeps constructor and toString', () => {
    expect(codes('{"params":{"__proto__":{"x":1}}}')).toEqual(['validation_failed'])
    expect(codes('{"\\u005f_proto__":1}')).toEqual(['validation_failed'])
    expect(flawsOf('{"constructor":1,"toString":2,"hasOwnProperty":3}')).toEqual([])
  })

  test('a text that is no JSON is called so, whatever else is wrong in it', () => {
    expect(codes('{"a":1e400,')).toEqual(['invalid_json'])
  })

  test('counts levels and keys, so that depth costs nothing', () => {
    expect(flawsOf('['.repeat(16) + ']'.repeat(16))).toEqual([])
    expect(codes('['.repeat(17) + ']'.repeat(17))).toEqual(['invalid_json'])
    expect(codes('['.repeat(1_000_000))).toEqual(['invalid_json'])
    expect(codes('{"a":'.repeat(100_000))).toEqual(['invalid_json'])
    const keys = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"${i}":0`).join()}}`
    expect(flawsOf(keys(10_000))).toEqual([])
    expect(codes(keys(10_001))).toEqual(['invalid_json'])
  })

  test('is linear in what an attacker sends', () => {
    for (const text of [
      `"${'\\\\'.repeat(500_000)}"`,
      `[${'1'.repeat(500_000)}]`,
      `[0.${'0'.repeat(500_000)}1]`,
      ' '.repeat(1e6),
    ]) {
      expect(flawsOf(text).length).toBeLessThanOrEqual(1)
    }
  })

  test('accepts all that JSON.stringify writes of exact values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value)
        const isPlain = !/\\u0000|\\ud[89a-f]|"__proto__"/i.test(text)
        return !isPlain || flawsOf(text).length === 0
      }),
      { numRuns: 500 },
    )
  })

  test('agrees with JSON.parse on what is JSON, for mutilated texts', () => {
    const base = '{"action":"data.export","params":{"rows":[1,2.5,-3e2,null,true],"t":"a\\n\\u00e9"},"x":{}}'
    const mutilated = fc
      .tuple(
        fc.nat(base.length),
        fc.nat(3),
        fc.constantFrom('', '"', '\\', '{', '}', ',', ':', '0', '-', 'e', ' ', '\n'),
      )
      .map(([at, drop, put]) => base.slice(0, at) + put + base.slice(at + drop))
    fc.assert(
      fc.property(mutilated, (text) => {
        const isJson = parses(text)
        const found = codes(text)
        return isJson ? !found.includes('invalid_json') : found.length === 1 && found[0] !== 'number_not_exact'
      }),
      { numRuns: 3000 },
    )
  })
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
