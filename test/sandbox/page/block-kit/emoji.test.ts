import { gemoji } from 'gemoji'
import { expect, test } from 'vitest'
import { emojiNamed, withEmoji } from '../../../../src/sandbox/page/block-kit/emoji.ts'
import { shown } from './shown.ts'

/** Slack knows ten countries by their plain names; all others are `flag-xx`, which needs no table. */
const COUNTRIES = ['us', 'gb', 'de', 'fr', 'jp', 'kr', 'cn', 'it', 'es', 'ru']
const isCountry = (emoji: string) => /^\p{RI}\p{RI}$/u.test(emoji)

test('the page knows the emoji that gemoji knows, in one short text (vitest -u writes it anew)', async () => {
  const kept = gemoji.filter(({ emoji, names }) => !isCountry(emoji) || names.some((name) => COUNTRIES.includes(name)))
  const packed = kept.map(({ emoji, names }) => emoji + names.join(',')).join(' ')
  const file = `/** Of gemoji, packed by test/sandbox/page/emoji.test.ts. */\nexport const EMOJI =\n  '${packed}'\n`
  await expect(file).toMatchFileSnapshot('../../../../src/sandbox/page/block-kit/emoji-table.ts')
  for (const { emoji, names } of kept) for (const name of names) expect(emojiNamed(name), name).toBe(emoji)
})

test.each([
  ['white_check_mark', '✅'],
  ['+1', '👍'],
  ['100', '💯'],
  ['one', '1️⃣'],
  ['robot_face', '🤖'],
  ['large_green_circle', '🟢'],
  ['flag-de', '🇩🇪'],
  ['us', '🇺🇸'],
  ['8ball', '🎱'],
])(':%s: is %s', (name, char) => {
  expect(emojiNamed(name)).toBe(char)
})

test.each([
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '',
  'no_such_emoji',
  '🤖',
  'flag-',
  ',',
])(':%s: is no emoji, and stays what was typed', (name) => {
  expect(emojiNamed(name)).toBeUndefined()
  expect(withEmoji(`a :${name}: b`)).toEqual([{ kind: 'text', text: `a :${name}: b` }])
})

test('a failed shortcode does not swallow the next one', () => {
  expect(shown(withEmoji('at 10:30:x: or :nope:+1:tail:'))).toBe('at 10:30❌ or :nope👍tail:')
})

test('a skin tone belongs to the emoji before it', () => {
  expect(withEmoji(':wave::skin-tone-3:!')).toEqual([
    { kind: 'emoji', name: 'wave::skin-tone-3', char: '👋🏼' },
    { kind: 'text', text: '!' },
  ])
})
