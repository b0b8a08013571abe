import { describe, expect, test } from 'vitest'
import { richText, richTextWords } from '../../../../src/sandbox/page/block-kit/rich-text.ts'

const section = (...elements: object[]) => ({ type: 'rich_text_section', elements })
const text = (words: string, style: object = {}) => ({ type: 'text', text: words, style })
const parse = (...elements: object[]) => richText({ type: 'rich_text', elements } as never)
const first = (element: object) => {
  const [paragraph] = parse(section(element))
  return paragraph && 'children' in paragraph ? paragraph.children[0] : undefined
}

test('styles wrap the text, code innermost', () => {
  expect(first(text('a', { bold: true, code: true }))).toEqual({
    kind: 'bold',
    children: [{ kind: 'code', children: [{ kind: 'text', text: 'a' }] }],
  })
})

test('a style that is not exactly true is none', () => {
  expect(first(text('a', { bold: 'yes', italic: 1 }))).toEqual({ kind: 'text', text: 'a' })
})

test.each([
  [
    { type: 'user', user_id: 'U0BOB' },
    { kind: 'user', id: 'U0BOB', label: '' },
  ],
  [
    { type: 'usergroup', usergroup_id: 'S0SRE' },
    { kind: 'group', id: 'S0SRE', label: '' },
  ],
  [
    { type: 'channel', channel_id: 'C0PROD' },
    { kind: 'channel', id: 'C0PROD', label: '' },
  ],
  [
    { type: 'broadcast', range: 'here' },
    { kind: 'broadcast', range: 'here' },
  ],
  [
    { type: 'color', value: '#FF8800' },
    { kind: 'color', value: '#FF8800' },
  ],
  [
    { type: 'color', value: 'red;}' },
    { kind: 'text', text: 'red;}' },
  ],
  [
    { type: 'emoji', name: 'wave' },
    { kind: 'emoji', name: 'wave', char: '👋' },
  ],
  [
    { type: 'emoji', name: 'ours', unicode: '1f44b-1f3fd' },
    { kind: 'emoji', name: 'ours', char: '👋🏽' },
  ],
  [
    { type: 'emoji', name: 'ours', unicode: 'ffffff' },
    { kind: 'text', text: ':ours:' },
  ],
  [
    { type: 'link', url: 'https://x.example', text: 'y' },
    { kind: 'link', href: 'https://x.example/', children: [{ kind: 'text', text: 'y' }] },
  ],
  [
    { type: 'link', url: 'javascript:alert(1)', text: 'y' },
    { kind: 'text', text: 'y (javascript:alert(1))' },
  ],
  [
    { type: 'date', timestamp: 5, format: '{date}', url: 'javascript:x', fallback: 'f' },
    { kind: 'date', unix: 5, format: '{date}', href: null, fallback: 'f' },
  ],
])('%j', (element, node) => {
  expect(first(element)).toEqual(node)
})

describe('paragraphs', () => {
  test('lists keep their order, depth and first number within bounds', () => {
    const list = { type: 'rich_text_list', style: 'ordered', indent: 2, offset: 3, elements: [section(text('a'))] }
    expect(parse(list)).toEqual([
      { kind: 'list', ordered: true, indent: 2, offset: 3, items: [[{ kind: 'text', text: 'a' }]] },
    ])
    expect(parse({ ...list, indent: 99, offset: -1, style: 'x' })).toMatchObject([
      { ordered: false, indent: 0, offset: 0 },
    ])
  })

  test('quotes and preformatted text keep their characters', () => {
    const elements = [text('*a*\n  <b> :x:')]
    const nodes = [{ kind: 'text', text: '*a*\n  <b> :x:' }]
    expect(parse({ type: 'rich_text_quote', elements }, { type: 'rich_text_preformatted', elements })).toEqual([
      { kind: 'quote', children: nodes },
      { kind: 'pre', children: nodes },
    ])
  })

  test('what is not known is kept whole, to be shown as such', () => {
    const strange = { type: 'rich_text_hologram', depth: 3 }
    expect(parse(strange)).toEqual([{ kind: 'unknown', json: strange }])
    expect(first({ type: 'spell' })).toEqual({ kind: 'unknown', json: { type: 'spell' } })
  })

  test.each([null, 1, 'x', [], [[]], { elements: 'x' }, { elements: [null, 1, 'x'] }])('%j holds none', (elements) => {
    expect(richText({ type: 'rich_text', elements } as never)).toEqual([])
  })
})

test('the words of a rich text, for a box of text', () => {
  expect(
    richTextWords({ type: 'rich_text', elements: [section(text('a'), text('b')), section(text('c'))] } as never),
  ).toBe('ab\nc')
})
