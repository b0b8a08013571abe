import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { call, ok } from './call.ts'

const x = (length: number) => 'x'.repeat(length)
const plain = (length: number) => ({ type: 'plain_text', text: x(length) })
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: x(length) })
const times = <T>(count: number, what: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => what(i))
const button = (more: object = {}) => ({ type: 'button', text: plain(1), ...more })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const section = (more: object) => ({ type: 'section', text: mrkdwn(1), ...more })
const confirm = (more: object) => actions(button({ confirm: { text: plain(1), ...more } }))
const select = (options: object[]) => actions({ type: 'static_select', options })
const option = (text: number, value: number) => ({ text: plain(text), value: x(value) })
const rich = (...elements: object[]) => ({ type: 'rich_text', elements })

/** [what, at the limit, one beyond it, where Slack points] */
const EDGES: [string, (size: number) => object[], number, string][] = [
  ['blocks of a message', (n) => times(n, () => ({ type: 'divider' })), 50, ''],
  ['section text', (n) => [section({ text: mrkdwn(n) })], 3_000, '/0/text/text'],
  ['section fields', (n) => [section({ fields: times(n, () => plain(1)) })], 10, '/0/fields'],
  ['a field', (n) => [section({ fields: [plain(n)] })], 2_000, '/0/fields/0/text'],
  ['header', (n) => [{ type: 'header', text: plain(n) }], 150, '/0/text/text'],
  ['context elements', (n) => [{ type: 'context', elements: times(n, () => mrkdwn(1)) }], 10, '/0/elements'],
  ['buttons of a block', (n) => [actions(...times(n, () => button()))], 25, '/0/elements'],
  ['block_id', (n) => [{ type: 'divider', block_id: x(n) }], 255, '/0/block_id'],
  ['action_id', (n) => [actions(button({ action_id: x(n) }))], 255, '/0/elements/0/action_id'],
  ['button text', (n) => [actions(button({ text: plain(n) }))], 75, '/0/elements/0/text/text'],
  ['button value', (n) => [actions(button({ value: x(n) }))], 2_000, '/0/elements/0/value'],
  ['button url', (n) => [actions(button({ url: x(n) }))], 3_000, '/0/elements/0/url'],
  ['confirm title', (n) => [confirm({ title: plain(n) })], 100, '/0/elements/0/confirm/title/text'],
  ['confirm text', (n) => [confirm({ text: plain(n) })], 300, '/0/elements/0/confirm/text/text'],
  ['confirm button', (n) => [confirm({ confirm: plain(n) })], 30, '/0/elements/0/confirm/confirm/text'],
  ['options', (n) => [select(times(n, () => option(1, 1)))], 100, '/0/elements/0/options'],
  ['option text', (n) => [select([option(n, 1)])], 75, '/0/elements/0/options/0/text/text'],
  ['image alt text', (n) => [{ type: 'image', image_url: 'u', alt_text: x(n) }], 2_000, '/0/alt_text'],
  ['table rows', (n) => [{ type: 'table', rows: times(n, () => [{ type: 'raw_text', text: 'a' }]) }], 100, '/0/rows'],
]

const WRONG: [string, object, string][] = [
  ['an empty text', section({ text: mrkdwn(0) }), 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
  [
    'mrkdwn in a header',
    { type: 'header', text: mrkdwn(1) },
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  ],
  ['an unknown block', { type: 'banner' }, 'unsupported type: banner [json-pointer:/blocks/0/type]'],
  ['an inherited name as type', { type: 'toString' }, 'unsupported type: toString [json-pointer:/blocks/0/type]'],
  ['an unknown field', section({ colour: 'red' }), 'invalid additional property: colour [json-pointer:/blocks/0]'],
  [
    'an unknown style',
    actions(button({ style: 'warning' })),
    'value is not one of the allowed values [json-pointer:/blocks/0/elements/0/style]',
  ],
  ['a section of nothing', { type: 'section' }, 'must provide one of: text, fields [json-pointer:/blocks/0]'],
  ['a modal-only block', { type: 'alert', text: plain(1) }, 'unsupported type: alert [json-pointer:/blocks/0/type]'],
  ['no elements', actions(), 'no less than 1 items allowed [json-pointer:/blocks/0/elements]'],
  [
    'one action_id twice',
    actions(button({ action_id: 'a' }), button({ action_id: 'a' })),
    '`action_id`s must be unique in a block [json-pointer:/blocks/0/elements]',
  ],
  [
    'an empty rich text',
    rich({ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }),
    'must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]',
  ],
  [
    'a mention in preformatted text',
    rich({ type: 'rich_text_preformatted', elements: [{ type: 'user', user_id: 'U1' }] }),
    'unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]',
  ],
]

describe('Block Kit', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ rateLimits: false })
  })
  afterAll(() => sandbox.stop())
  const post = async (blocks: object[]) => (await call(sandbox, 'chat.postMessage', { channel: 'C0PROD', blocks })).body

  it.each(EDGES)('takes %s up to the limit and refuses one more', async (_, blocks, limit, pointer) => {
    expect(await post(blocks(limit))).toMatchObject({ ok: true })
    const refused = await post(blocks(limit + 1))
    expect(refused).toMatchObject({ ok: false, error: 'invalid_blocks' })
    expect(refused.errors).toEqual([expect.stringContaining(`[json-pointer:/blocks${pointer}]`)])
    const marked = `[ERROR] ${(refused.errors as string[])[0]}`
    expect(refused.response_metadata).toEqual({ messages: [marked] })
  })

  it.each(WRONG)('refuses %s', async (_, block, sentence) => {
    expect(await post([block])).toMatchObject({ ok: false, error: 'invalid_blocks', errors: [sentence] })
  })

  it('refuses one block_id twice in a message', async () => {
    const refused = await post([
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ])
    expect(refused).toMatchObject({ error: 'invalid_blocks' })
  })

  it('refuses a message that is long in the sum of its blocks', async () => {
    const blocks = (last: number) => [
      ...times(4, () => section({ text: mrkdwn(3_000) })),
      section({ text: mrkdwn(last) }),
    ]
    expect(await post(blocks(1_000))).toMatchObject({ ok: true })
    expect(await post(blocks(1_001))).toMatchObject({ ok: false, error: 'msg_blocks_too_long' })
  })

  it('fills in what an app leaves out, and echoes the rest', async () => {
    const { ts } = await ok(sandbox, 'chat.postMessage', {
      channel: 'C0PROD',
      blocks: [actions(button()), section({})],
    })
    const stored = sandbox.message('C0PROD', String(ts))?.blocks
    expect(stored).toMatchObject([
      {
        block_id: expect.stringMatching(/^.{5}$/),
        elements: [{ action_id: expect.any(String), text: { emoji: true } }],
      },
      { block_id: expect.any(String), text: { verbatim: false } },
    ])
  })
})

describe('views', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ rateLimits: false })
  })
  afterAll(() => sandbox.stop())
  const modal = (more: object = {}) => ({ type: 'modal', title: plain(1), blocks: [], ...more })
  const input = { type: 'input', label: plain(1), element: { type: 'plain_text_input' } }
  const open = async (view: object) => {
    const trigger_id = await trigger(sandbox)
    return (await call(sandbox, 'views.open', { trigger_id, view })).body
  }

  it.each<[string, (size: number) => object, number, string]>([
    ['title', (n) => modal({ title: plain(n) }), 24, '/title/text'],
    ['submit', (n) => modal({ submit: plain(n) }), 24, '/submit/text'],
    ['close', (n) => modal({ close: plain(n) }), 24, '/close/text'],
    ['blocks', (n) => modal({ blocks: times(n, () => ({ type: 'divider' })) }), 100, '/blocks'],
    ['private_metadata', (n) => modal({ private_metadata: x(n) }), 3_000, '/private_metadata'],
    ['callback_id', (n) => modal({ callback_id: x(n) }), 255, '/callback_id'],
  ])('take %s up to the limit and refuse one more', async (_, view, limit, pointer) => {
    expect(await open(view(limit))).toMatchObject({ ok: true })
    const refused = await open(view(limit + 1))
    expect(refused).toMatchObject({ ok: false, error: 'invalid_arguments' })
    expect(JSON.stringify(refused.response_metadata)).toContain(`[json-pointer:/view${pointer}]`)
  })

  it('need a submit button where they have an input, and no more than 250 kB', async () => {
    expect(await open(modal({ blocks: [input] }))).toMatchObject({ ok: false, error: 'invalid_arguments' })
    expect(await open(modal({ blocks: [input], submit: plain(1) }))).toMatchObject({ ok: true })
    const big = times(90, () => section({ text: mrkdwn(2_900) }))
    expect(await open(modal({ blocks: big }))).toMatchObject({ ok: false, error: 'view_too_large' })
  })
})

/** A fresh trigger of a command: nobody listens, but it was issued. */
async function trigger(sandbox: Sandbox): Promise<string> {
  await sandbox.as('U0BOB').command('/any', '')
  return String(sandbox.lastDelivery()?.payload.trigger_id)
}
