import { expect, test } from 'vitest'
import { folded } from '../../../../src/sandbox/page/block-kit/fold.ts'
import { mrkdwn } from '../../../../src/sandbox/page/block-kit/mrkdwn.ts'
import { shown } from './shown.ts'

const fold = (text: string) => {
  const short = folded(mrkdwn(text))
  return short && shown(short)
}

test('a text of 700 characters or 10 lines stands whole', () => {
  expect(fold('a'.repeat(700))).toBeNull()
  expect(fold('a\n'.repeat(9).concat('a'))).toBeNull()
  expect(fold('')).toBeNull()
})

test('of a longer one its beginning is left, with a mark', () => {
  expect(fold('a'.repeat(701))).toBe(`${'a'.repeat(700)} …`)
  expect(fold('a\n'.repeat(10).concat('b'))).toBe(`${'a\n'.repeat(9)}a …`)
})

test('styles count too, and stay what they are', () => {
  const short = folded(mrkdwn(`*${'a'.repeat(690)}* _${'b'.repeat(50)}_ c`))
  expect(short).toMatchObject([{ children: [{ kind: 'bold' }, { text: ' ' }, { kind: 'italic' }] }])
  expect(shown(short ?? [])).toBe(`${'a'.repeat(690)} ${'b'.repeat(9)} …`)
})

test('nothing is cut inside a character', () => {
  expect(fold('😀'.repeat(701))).toBe(`${'😀'.repeat(700)} …`)
})

test('what follows the cut is gone: quotes and preformatted text too', () => {
  expect(fold(`${'a'.repeat(701)}\n> quote\n\`\`\`pre\`\`\``)).toBe(`${'a'.repeat(700)} …`)
})
