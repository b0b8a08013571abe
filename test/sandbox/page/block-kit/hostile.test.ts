import { describe, expect, test } from 'vitest'
import { withEmoji } from '../../../../src/sandbox/page/block-kit/emoji.ts'
import { safeHref } from '../../../../src/sandbox/page/block-kit/href.ts'
import { mrkdwn, plainText } from '../../../../src/sandbox/page/block-kit/mrkdwn.ts'
import { richText } from '../../../../src/sandbox/page/block-kit/rich-text.ts'
import { BREAK_OUTS, TEXT_ONLY } from './hostile-strings.ts'
import { shown } from './shown.ts'

interface Any {
  readonly kind: string
  readonly href?: string | null
  readonly children?: readonly Any[]
}

const KINDS = new Set([
  ...['paragraph', 'quote', 'pre', 'list', 'text', 'emoji', 'bold', 'italic', 'strike', 'underline', 'code'],
  ...['link', 'user', 'channel', 'group', 'broadcast', 'date', 'color', 'unknown'],
])

const all = (nodes: readonly Any[]): Any[] => nodes.flatMap((node) => [node, ...all(node.children ?? [])])
const hrefs = (nodes: readonly Any[]): string[] =>
  all(nodes).flatMap(({ href }) => (href === undefined || href === null ? [] : [href]))

/** What can be drawn is drawn by kind: there is no kind for an element, and no href for a script. */
function expectHarmless(nodes: readonly Any[]): void {
  expect(all(nodes).filter(({ kind }) => !KINDS.has(kind))).toEqual([])
  for (const href of hrefs(nodes)) expect(href).toMatch(/^(?:https?:\/\/[^/]|mailto:)[^\s<>"]*$/)
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

test('the list is long enough to mean something', () => {
  expect(new Set([...TEXT_ONLY, ...BREAK_OUTS.map(({ text }) => text)]).size).toBeGreaterThan(120)
})

describe.each(TEXT_ONLY.map((text) => [text.slice(0, 80), text]))('%j', (_name, text) => {
  test('is nothing but its own characters in mrkdwn, escaped or not', () => {
    const tree = mrkdwn(text)
    expect(shown(tree)).toBe(text)
    expectHarmless(tree)
    expect(hrefs(mrkdwn(text, true))).toEqual([])
    const safe = mrkdwn(escaped(text))
    expect(shown(safe)).toBe(text)
    expectHarmless(safe)
  })

  test('leads nowhere', () => {
    expect(safeHref(text)).toBeNull()
    expect(safeHref(text.replace(/^<|(?:\|.*)?>$/g, ''))).toBeNull()
    expect(hrefs(mrkdwn(text)).filter((href) => !isWritten(text, href))).toEqual([])
  })

  test('is nothing but its own characters in plain_text and rich_text', () => {
    expect(plainText(text, false)).toEqual([{ kind: 'text', text }])
    expect(shown(plainText(text, true))).toBe(text)
    const block = { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] }
    expect(richText(block)).toEqual([{ kind: 'paragraph', children: [{ kind: 'text', text }] }])
  })

  test('is no id, type, style, colour, address or emoji of a rich_text element', () => {
    const fields = [
      'type',
      'text',
      'url',
      'name',
      'unicode',
      'user_id',
      'range',
      'value',
      'format',
      'fallback',
      'style',
    ]
    const types = ['text', 'link', 'emoji', 'user', 'usergroup', 'channel', 'broadcast', 'color', 'date', text]
    const everything = Object.fromEntries(fields.map((field) => [field, text]))
    const elements = types.map((type) => ({ ...everything, timestamp: text, type }))
    const tree = richText({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }, { type: text }] })
    expectHarmless(tree as readonly Any[])
    expect(hrefs(tree as readonly Any[])).toEqual([])
    expect(all(tree as readonly Any[]).some(({ kind }) => kind === 'color' || kind === 'emoji')).toBe(false)
  })
})

/** A bare https address in the text may be a link: to itself. */
const isWritten = (text: string, href: string) => text.includes(href.replace(/\/$/, ''))

test.each(BREAK_OUTS)('$text is read as Slack reads it', ({ text, shown: expected, hrefs: links }) => {
  const tree = mrkdwn(text)
  expectHarmless(tree)
  expect(shown(tree)).toBe(expected)
  expect(hrefs(tree)).toEqual(links)
})

test.each([
  ['https://x.example/a b', null],
  [' https://x.example', null],
  ['https://x.example\n', null],
  ['https:\\\\x.example', null],
  ['mailto:', null],
  ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ['HTTP://X.example', 'http://x.example/'],
  ['mailto:a@b.example', 'mailto:a@b.example'],
])('the address %j becomes %j', (address, href) => {
  expect(safeHref(address)).toBe(href)
})

test('an emoji has the name of an emoji, never of a property', () => {
  for (const name of Object.getOwnPropertyNames(Object.prototype))
    expect(withEmoji(`:${name}:`)).toEqual([{ kind: 'text', text: `:${name}:` }])
})
