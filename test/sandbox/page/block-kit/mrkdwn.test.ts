import { describe, expect, test } from 'vitest'
import { mrkdwn, plainText } from '../../../../src/sandbox/page/block-kit/mrkdwn.ts'
import type { Inline, Paragraph } from '../../../../src/sandbox/page/block-kit/tree.ts'
import { shown } from './shown.ts'

/** A short notation of a tree: `b(…)` bold, `i(…)`, `s(…)`, `c(…)` code, `a[href](…)`, `<kind id>` for the rest. */
const drawn = (nodes: readonly (Inline | Paragraph)[]): string => nodes.map(one).join('')

function one(node: Inline | Paragraph): string {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'paragraph':
      return drawn(node.children)
    case 'quote':
    case 'pre':
      return `${node.kind}(${drawn(node.children)})`
    case 'link':
      return `a[${node.href}](${drawn(node.children)})`
    case 'date':
      return `<date ${node.unix} ${node.format}${node.href === null ? '' : ` ${node.href}`}>`
    case 'emoji':
      return node.char
    case 'broadcast':
      return `<${node.range}>`
    default:
      if ('children' in node) return `${node.kind.charAt(0)}(${drawn(node.children)})`
      return 'id' in node ? `<${node.kind} ${node.id}>` : `<${node.kind}>`
  }
}

const CASES: readonly (readonly [what: string, text: string, tree: string])[] = [
  ['bold, italic, strike, code', '*a* _b_ ~c~ `d`', 'b(a) i(b) s(c) c(d)'],
  ['styles in styles', '*_~x~_*', 'b(i(s(x)))'],
  ['punctuation around marks', '(*a*), "_b_"!', '(b(a)), "i(b)"!'],
  ['no mark inside a word', 'snake_case_name 2*3*4 a~b~c', 'snake_case_name 2*3*4 a~b~c'],
  ['no mark beside a space', '* a * and _ b _', '* a * and _ b _'],
  ['no run of marks', '**a** __b__ ~~c~~', '**a** __b__ ~~c~~'],
  ['no style over two lines', '*a\nb*', '*a\nb*'],
  ['a mark that nobody closes', '*a _b_', '*a i(b)'],
  ['the mark closed first takes what is open in it', '*a _b* c_', 'b(a _b) c_'],
  ['letters of every script are letters', 'é*a* *б*', 'é*a* b(б)'],
  ['nothing but links in code', '`*a* :x: https://x.example/a`', 'c(*a* :x: https://x.example/a)'],
  ['a link in code', '`<https://x.example/a|abc>`', 'c(a[https://x.example/a](abc))'],
  ['code that nobody closes', '`a *b*', '`a b(b)'],
  ['preformatted over lines', '```\na *b*\n  c\n```', 'pre(a *b*\n  c)'],
  ['preformatted within a line', 'x ```y``` z', 'x pre(y) z'],
  ['a fence that nobody closes', '```a *b*', '```a b(b)'],
  ['quotes', '> a\n> *b*\nc', 'quote(a\nb(b))c'],
  ['an escaped quote quotes too: to Slack they are the same', '&gt; a', 'quote(a)'],
  ['all the rest quoted', 'x\n>>> a\nb', 'xquote(a\nb)'],
  ['no quote within a line', 'a > b', 'a > b'],
  ['lists stay text', '• a\n- b\n1. c', '• a\n- b\n1. c'],
  ['empty lines', 'a\n\nb', 'a\n\nb'],
  [
    'links',
    '<https://x.example/a|label> <mailto:a@b.example|A>',
    'a[https://x.example/a](label) a[mailto:a@b.example](A)',
  ],
  [
    'links without a label',
    '<https://x.example/a> <mailto:a@b.example>',
    'a[https://x.example/a](https://x.example/a) a[mailto:a@b.example](a@b.example)',
  ],
  ['a label is not parsed, but for emoji', '<https://x.example/|*a* :x: `b`>', 'a[https://x.example/](*a* ❌ `b`)'],
  ['the address ends at the first bar', '<https://a.example|b|c>', 'a[https://a.example/](b|c)'],
  [
    'a bare address',
    'see https://x.example/a_b_c?d=1&amp;e=2.',
    'see a[https://x.example/a_b_c?d=1&e=2](https://x.example/a_b_c?d=1&e=2).',
  ],
  ['a bare address in bold', '*https://x.example/a*', 'b(a[https://x.example/a](https://x.example/a))'],
  [
    'mentions',
    '<@U0BOB> <@W0BOB|bob> <#C0PROD|prod> <!subteam^S0SRE|@sre>',
    '<user U0BOB> <user W0BOB> <channel C0PROD> <group S0SRE>',
  ],
  ['broadcasts', '<!here> <!channel|channel> <!everyone>', '<here> <channel> <everyone>'],
  ['dates', '<!date^1700000000^{date_short_pretty} at {time}|x>', '<date 1700000000 {date_short_pretty} at {time}>'],
  ['dates with a link', '<!date^1^{time}^https://x.example/|x>', '<date 1 {time} https://x.example/>'],
  ['a date in no known format is its fallback', '<!date^1^{nope}|1970>', '1970'],
  [
    'entities once',
    '&amp;lt;b&amp;gt; &lt;@U0BOB&gt; &lt;https://x&gt;',
    '&lt;b&gt; <@U0BOB> <a[https://x/](https://x)>',
  ],
  ['other entities are text', '&quot;&#60;&nbsp;&AMP;', '&quot;&#60;&nbsp;&AMP;'],
  ['emoji', ':white_check_mark: :+1::skin-tone-2: :nope: 10:30:45', '✅ 👍🏻 :nope: 10:30:45'],
  ['emoji beside a mark', '*:x:* _:x:_', 'b(❌) i(❌)'],
  [
    'what Slack does not know',
    '<script> <!x> <!x|y> <@bob> <#prod> <tel:112|call> <>',
    '<script> <!x> <!x|y> <@bob> <#prod> <tel:112|call> <>',
  ],
  ['nothing at all', '', ''],
]

test.each(CASES)('%s', (_what, text, tree) => {
  expect(drawn(mrkdwn(text))).toBe(tree)
})

describe('verbatim', () => {
  test('leaves bare addresses alone, and nothing else', () => {
    expect(drawn(mrkdwn('*a* https://x.example/ <https://y.example/> <!here>', true))).toBe(
      'b(a) https://x.example/ a[https://y.example/](https://y.example/) <here>',
    )
  })
})

describe('plain_text', () => {
  const text = '*a* <!here> <https://x.example|y> &lt; https://x.example :x: `c`\n> d'
  test('knows no markup', () => {
    expect(plainText(text, false)).toEqual([{ kind: 'text', text }])
  })
  test('knows emoji where its sender lets it', () => {
    expect(drawn(plainText(text, true))).toBe(text.replace(':x:', '❌'))
  })
})

describe('nobody can hang the page: the work grows with the text, not with its square', () => {
  const LENGTH = 200_000
  const REPEATED = [
    ...['*_~`', '*', ' *a', ' _*~a', '`a ', ' `', '```', '<', '<!', '<https://', 'https://', ' https://a.'],
    ...['https://a.example/****', '&amp;', '&', ':', ':a', ':aaaaaaaaaaaaaaaaaaaa', '>', '> ', '\n', '\n>', ' *a\n'],
    ...['<@U0BOB|', '<!date^1^', '* ', '_*_ ', '`*` ', '\u{1f600}', 'a'],
  ]
  test.each(REPEATED)('%j, many times', (piece) => {
    const text = piece.repeat(LENGTH / piece.length)
    expect(shown(mrkdwn(text)).length).toBeGreaterThan(0)
  })
})
