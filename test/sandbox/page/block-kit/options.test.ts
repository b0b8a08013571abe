import { expect, test } from 'vitest'
import { optionsOf, wordsIn } from '../../../../src/sandbox/page/block-kit/options.ts'

type Facts = Parameters<typeof optionsOf>[1]

const facts = {
  people: [
    { id: 'U0BOB', name: 'bob', real_name: 'Bob', deleted: false, profile: { display_name: 'bobby' } },
    { id: 'U0GONE', name: 'gone', real_name: 'Gone', deleted: true, profile: { display_name: '' } },
  ],
  channels: [
    { id: 'C0PROD', name: 'prod', is_private: false, is_archived: false },
    { id: 'G0SECRET', name: 'secret', is_private: true, is_archived: false },
    { id: 'C0OLD', name: 'old', is_private: false, is_archived: true },
  ],
} as unknown as Facts

const plain = (text: string, emoji = true) => ({ type: 'plain_text', text, emoji })
const values = (element: object) =>
  optionsOf(element as never, facts)?.flatMap(({ options }) => options.map(({ value }) => value))

test('options and groups of options', () => {
  const option = (value: string) => ({ text: plain(`${value} :x:`), value })
  expect(optionsOf({ type: 'multi_static_select', options: [option('a')] } as never, facts)).toEqual([
    { label: '', options: [{ value: 'a', label: 'a ❌' }] },
  ])
  const groups = [{ label: plain('G'), options: [option('b')] }]
  expect(optionsOf({ type: 'static_select', option_groups: groups } as never, facts)).toEqual([
    { label: 'G', options: [{ value: 'b', label: 'b ❌' }] },
  ])
})

test('people, channels and conversations come from the workspace, without those who are gone', () => {
  expect(values({ type: 'users_select' })).toEqual(['U0BOB'])
  expect(values({ type: 'channels_select' })).toEqual(['C0PROD'])
  expect(values({ type: 'multi_conversations_select' })).toEqual(['C0PROD', 'G0SECRET'])
  expect(values({ type: 'conversations_select', filter: { include: ['private'] } })).toEqual(['G0SECRET'])
})

test('what an external select offers only the app knows', () => {
  expect(optionsOf({ type: 'external_select' }, facts)).toBeNull()
})

test('a native list shows emoji only where the sender lets it', () => {
  expect(wordsIn(plain(':x: <b>'))).toBe('❌ <b>')
  expect(wordsIn(plain(':x:', false))).toBe(':x:')
})
