import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { globMatches, globProblem } from '../../src/policy/glob.ts'

describe('a glob', () => {
  it.each([
    ['data.export', 'data.export', true],
    ['data.export', 'Data.export', false],
    ['data.export', 'data.export.', false],
    ['data.*', 'data.export', true],
    ['data.*', 'data.', true],
    ['data.*', 'metadata.export', false],
    ['s3://*', 's3://bucket', true],
    ['s3://*', 's3://bucket/key', false],
    ['s3://**', 's3://bucket/key', true],
    ['s3://*/key', 's3://a/key', true],
    ['s3://*/key', 's3://a/b/key', false],
    ['**/audit/**', 's3://logs/audit/2026', true],
    ['a/**/b', 'a//b', true],
    ['a/**/b', 'a/b', false],
    ['prod?', 'prod1', true],
    ['prod?', 'prod', false],
    ['a?b', 'a/b', false],
    ['?', '🔑', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['\\[x\\]', '[x]', true],
    ['a\\\\b', 'a\\b', true],
    ['**', '', true],
    ['a', '', false],
    ['a.c', 'abc', false],
    ['a+', 'aaa', false],
  ])('%j on %j is %j', (pattern, text, matches) => {
    expect(globMatches(pattern, text)).toBe(matches)
  })

  it.each([
    ['', /empty/],
    ['a[bc]', /unescaped "\["/],
    ['a]', /unescaped/],
    ['{a,b}', /unescaped/],
    ['a}', /unescaped/],
    ['!(a)', /unescaped/],
    ['!a', /unescaped "!"/],
    ['@(a|b)', /unescaped/],
    ['a|b', /unescaped/],
    ['a\\', /lone \\/],
    ['a***', /two stars/],
    [' a', /space/],
    ['a ', /space/],
    ['a\nb', /hidden/],
    ['a\u0000', /hidden/],
    ['a\u202eb', /hidden/],
    ['a\u200bb', /hidden/],
    ['a\u00adb', /hidden/],
    ['a\ufe0f', /hidden/],
    ['a\u00a0b', /hidden/],
    ['\ud800', /hidden/],
    ['cafe\u0301', /NFC/],
    ['x'.repeat(513), /longer/],
  ])('%j is refused and never silently literal', (pattern, message) => {
    expect(globProblem(pattern)).toMatch(message)
    expect(() => globMatches(pattern, 'a')).toThrow(/never checked/)
  })

  it('answers an adversarial pattern with work bounded by pattern times text', () => {
    expect(globMatches(`${'*a'.repeat(255)}b`, 'a'.repeat(512))).toBe(false)
    expect(globMatches(`${'**a'.repeat(170)}b`, 'a'.repeat(512))).toBe(false)
    expect(globMatches(`${'*a'.repeat(255)}b`, `${'a'.repeat(511)}b`)).toBe(true)
  })

  it('agrees with the plain definition on every small pattern and text', () => {
    const alphabet = fc.constantFrom('a', 'b', '/', '*', '?')
    const pattern = fc.string({ unit: alphabet, minLength: 1, maxLength: 7 }).filter((p) => !p.includes('***'))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 7 })
    fc.assert(
      fc.property(pattern, text, (p, t) => globMatches(p, t) === defined(p, t)),
      { numRuns: 2_000 },
    )
  })
})

/** The definition, word by word and as slow as it likes. */
function defined(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const [first = '', rest] = pattern.startsWith('**') ? ['**', pattern.slice(2)] : [pattern[0], pattern.slice(1)]
  if (first === '**' || first === '*') {
    const longest = first === '**' || !text.includes('/') ? text.length : text.indexOf('/')
    return Array.from({ length: longest + 1 }, (_, n) => n).some((n) => defined(rest, text.slice(n)))
  }
  if (text === '') return false
  return (first === '?' ? text[0] !== '/' : first === text[0]) && defined(rest, text.slice(1))
}
