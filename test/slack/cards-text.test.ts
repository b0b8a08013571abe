import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeMrkdwn, inert, inertLine, plain } from '../../src/slack/cards/text.ts'
import { HOSTILE, invisible } from './hostile.ts'

describe('text of somebody else', () => {
  it('shows what would reorder, hide or colour as its code point', () => {
    expect(inert('a\u202eb', 100)).toBe('a⟨U+202E⟩b')
    expect(inert('a\u0000\u001b\u0085b', 100)).toBe('a⟨U+0000⟩⟨U+001B⟩⟨U+0085⟩b')
    expect(inert('\u200b\u00ad\ufe0f\u{e0041}', 100)).toBe('⟨U+200B⟩⟨U+00AD⟩⟨U+FE0F⟩⟨U+E0041⟩')
    expect(inert('\ud800', 100)).toBe('⟨U+D800⟩')
  })

  it('leaves what people write as it is', () => {
    for (const text of ['Grüße, naïve café', '日本語\u3000テスト', 'rows > 1,000 & <none>', '🙂'])
      expect(inert(text, 100)).toBe(text)
    expect(inert('e\u0301', 100)).toBe('é')
  })

  it('keeps lines apart, or shows in one line where they were', () => {
    expect(inert('a\nb\tc', 100)).toBe('a\nb⇥c')
    expect(inertLine('a\nb', 100)).toBe('a⏎b')
  })

  it('says how much it left out', () => {
    expect(inert('x'.repeat(200), 100)).toBe(`${'x'.repeat(60)} [… 140 characters cut]`)
    expect(inert('1\n2\n3\n4', 100, 3)).toBe('1\n2\n[… 4 characters cut]')
    expect(inert('1\n2\n3\n4', 100, 2)).toBe('1 [… 6 characters cut]')
  })

  it('is never empty, which Slack refuses, and never blank', () => {
    for (const text of ['', ' ', '\n\n']) expect(inert(text, 100)).toBe('(empty)')
    expect(plain('', 75)).toEqual({ type: 'plain_text', text: '(empty)', emoji: false })
  })

  it.each(HOSTILE.map((text) => [text]))('%j holds nothing invisible afterwards', (text) => {
    expect(invisible(inert(text, 500))).toEqual([])
    expect(invisible(inertLine(text, 500))).toEqual([])
    expect(inertLine(text, 500)).not.toContain('\n')
  })

  it('keeps to its length and lines whatever it is given', () => {
    const any = fc.string({ unit: 'binary', maxLength: 400 })
    fc.assert(
      fc.property(any, fc.integer({ min: 60, max: 300 }), fc.integer({ min: 1, max: 9 }), (text, max, lines) => {
        const shown = inert(text, max, lines)
        expect(shown.length).toBeLessThanOrEqual(max)
        expect(shown.split('\n').length).toBeLessThanOrEqual(lines)
        expect(invisible(shown)).toEqual([])
        expect(shown.trim()).not.toBe('')
      }),
    )
  })

  it('escapes our own words where Slack parses them', () => {
    expect(escapeMrkdwn('a & <b>')).toBe('a &amp; &lt;b&gt;')
  })
})
