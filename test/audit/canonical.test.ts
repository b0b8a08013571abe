import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, type Json, sha256Hex } from '../../src/audit/canonical.ts'

/** Inputs and outputs of RFC 8785 and of its author's test data, in escapes so that no editor can change them. */
const VECTORS: readonly [string, string, string][] = [
  [
    'RFC 8785 section 3.2.2',
    String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  ],
  [
    'RFC 8785 section 3.2.3 (weird)',
    String.raw`{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}`,
    `{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}`,
  ],
  [
    'weird',
    String.raw`{"\u20ac": "Euro Sign", "1": "One", "\u0080": "Control\u007f", "\ud83d\ude02": "Smiley",
      "\u00f6": "Latin Small Letter O With Diaeresis", "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "</script>": "Browser Challenge"}`,
    `{"1":"One","</script>":"Browser Challenge","\u0080":"Control\u007f","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude02":"Smiley","\ufb33":"Hebrew Letter Dalet With Dagesh"}`,
  ],
  [
    'french',
    String.raw`{"peach": "This sorting order", "p\u00e9ch\u00e9": "is wrong according to French",
      "p\u00eache": "but canonicalization MUST", "sin": "ingnore locale"}`,
    `{"peach":"This sorting order","p\u00e9ch\u00e9":"is wrong according to French","p\u00eache":"but canonicalization MUST","sin":"ingnore locale"}`,
  ],
  [
    'structures',
    String.raw`{"1": {"f": {"f": "hi","F": 5} ,"\n": 56.0}, "10": { }, "": "empty", "a": { }, "111": [ { } ], "A": { }}`,
    String.raw`{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],"A":{},"a":{}}`,
  ],
  ['unicode is not normalised', String.raw`{"Unnormalized Unicode":"A\u030a"}`, '{"Unnormalized Unicode":"A\u030a"}'],
  [
    'values',
    String.raw`{"numbers": [1E30, 4.50, 333333333.33333329, 2e-3, 0.000000000000000000000000001],
      "escaping": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
    String.raw`{"escaping":"€$\u000f\nA'B\"\\\\\"/","literals":[null,true,false],"numbers":[1e+30,4.5,333333333.3333333,0.002,1e-27]}`,
  ],
  ['arrays', '[56, {"d": true, "10": null, "1": [ ]}]', '[56,{"1":[],"10":null,"d":true}]'],
]

test.each(VECTORS)('RFC 8785 %s', (_name, input, output) => {
  expect(canonicalJson(JSON.parse(input) as Json)).toBe(output)
})

/** RFC 8785 appendix B: IEEE 754 bits and their text. */
test.each([
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
])('RFC 8785 appendix B %s is %s', (bits, text) => {
  expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text)
})

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => value as Json)
const odd: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, 0, -0, 1e21, '', 'é', '\u2028', '\\ud800', '"', '😀'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('10', '9', '1', '-1', '01', 'a', 'A', '', '__proto__', 'toJSON', '😀', '\ufb33'),
      tie('value'),
    ),
  ),
})).value

test('every value has the text that the reference library of RFC 8785 gives it', () => {
  fc.assert(
    fc.property(fc.oneof(json, odd), (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value))
    }),
    { numRuns: 3000 },
  )
})

test('the text read back is the value, and its own canonical form', () => {
  fc.assert(
    fc.property(fc.oneof(json, odd), (value) => {
      const text = canonicalJson(value)
      expect(canonicalJson(JSON.parse(text) as Json)).toBe(text)
    }),
    { numRuns: 1000 },
  )
})

describe('what has no exact text throws instead of becoming another', () => {
  const cases: readonly [string, unknown][] = [
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['a lone high surrogate', '\ud800'],
    ['a lone low surrogate', 'a\udfff'],
    ['surrogates the wrong way round', '\ude00\ud83d'],
    ['undefined', undefined],
    ['a big integer', 1n],
  ]
  test.each(cases)('%s', (_what, value) => {
    expect(() => canonicalJson(value as Json)).toThrow()
    if (value === undefined) return
    expect(() => canonicalJson({ a: [value as Json] })).toThrow()
    expect(() => canonicalJson({ 10: value as Json })).toThrow()
  })

  test('a lone surrogate in a name', () => {
    expect(() => canonicalJson({ '\ud800': 1 })).toThrow()
    expect(() => canonicalJson({ a: { '1\udc00': 1 } })).toThrow()
  })
})

test('SHA-256 is taken over UTF-8 bytes', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(sha256Hex('é')).toBe(sha256Hex(Buffer.from([0xc3, 0xa9])))
})
