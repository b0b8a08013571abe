import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Filled, View } from '../../src/sandbox/types.ts'
import { type Stage, stage } from './bolt.ts'
import { ok } from './call.ts'
import { control } from './control.ts'

/** What people put into the elements of a form, and what of it reaches the app. */

const plain = (text: string) => ({ type: 'plain_text' as const, text, emoji: true })
const option = (value: string, text = value) => ({ text: plain(text), value })
const options = ['one', 'two', 'one,two'].map((value) => option(value))
const words = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text, style: { bold: true } }] }],
})
const plainWords = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
})

describe('a form', () => {
  let on: Stage
  const sent: View['state'][] = []
  const asked: string[] = []
  beforeEach(async () => {
    on = await stage('socket')
    sent.length = 0
    asked.length = 0
    on.app.view('form', async ({ ack, body }) => {
      sent.push(body.view.state as unknown as View['state'])
      await ack({ response_action: 'errors', errors: { b: 'again' } })
    })
    on.app.options('a', async ({ ack, options: { value } }) => {
      asked.push(value)
      await ack({ options: [option('id-7', `Berlin, ${value}`), option('id-8', 'Bern')] })
    })
  })
  afterEach(() => on.stop())

  /** @returns its id. */
  const open = async (element: object, more: object = {}) => {
    const bob = on.sandbox.as('U0BOB')
    on.app.command('/form', ({ ack }) => ack())
    await bob.command('/form', '')
    const { trigger_id } = on.sandbox.lastDelivery()?.payload ?? {}
    const input = { type: 'input', block_id: 'b', label: plain('L'), element: { ...element, action_id: 'a' }, ...more }
    const view = { type: 'modal', callback_id: 'form', title: plain('F'), submit: plain('Send'), blocks: [input] }
    await ok(on.sandbox, 'views.open', { trigger_id, view })
    return bob.modals().at(-1)?.id ?? ''
  }
  const submit = async (viewId: string, filled: Filled) => {
    const { body } = await control(on.sandbox, 'POST', 'people/U0BOB/submit', { viewId, values: { b: { a: filled } } })
    return body
  }
  const held = () => sent.at(-1)?.values.b?.a

  const several = { type: 'multi_static_select', options }
  it.each<[string, object, Filled, object]>([
    ['several values as a list', several, ['one', 'one,two'], { selected_options: [options[0], options[2]] }],
    ['several joined by commas', several, 'two,one', { selected_options: [options[1], options[0]] }],
    ['one with a comma in it', several, 'one,two', { selected_options: [options[2]] }],
    ['one of a select, with a comma', { type: 'static_select', options }, 'one,two', { selected_option: options[2] }],
    ['people as a list', { type: 'multi_users_select' }, ['U0ALICE'], { selected_users: ['U0ALICE'] }],
    ['boxes ticked', { type: 'checkboxes', options }, ['one,two'], { selected_options: [options[2]] }],
    ['words of rich text', { type: 'rich_text_input' }, 'a\nb', { rich_text_value: plainWords('a\nb') }],
    ['rich text as such', { type: 'rich_text_input' }, words('bold'), { rich_text_value: words('bold') }],
    ['an address', { type: 'email_text_input' }, 'bob@example.com', { value: 'bob@example.com' }],
    ['a number', { type: 'number_input', is_decimal_allowed: true }, '-1.5', { value: '-1.5' }],
  ])('takes %s', async (_, element, filled, told) => {
    expect(await submit(await open(element), filled)).toMatchObject({ acked: true, errors: { b: 'again' } })
    expect(held()).toEqual({ type: (element as { type: string }).type, ...told })
  })

  it.each([
    [{ type: 'datetimepicker', initial_date_time: 1_767_312_000 }, 'selected_date_time'],
    [{ type: 'datepicker', initial_date: '2026-01-02' }, 'selected_date'],
    [{ type: 'number_input', is_decimal_allowed: false, initial_value: '3' }, 'value'],
    [{ type: 'rich_text_input', initial_value: words('x') }, 'rich_text_value'],
  ])('that had %o and is emptied holds nothing, not zero', async (element, key) => {
    await submit(await open(element, { optional: true }), '')
    expect(held()).toEqual({ type: element.type, [key]: null })
  })

  const number = { type: 'number_input', is_decimal_allowed: false, min_value: '2', max_value: '40' }
  it.each([
    [{ type: 'email_text_input' }, 'bob at example', /email address/],
    [{ type: 'url_text_input' }, 'example.com', /URL/],
    [{ type: 'url_text_input' }, 'javascript:alert(1)', /URL/],
    [number, 'ten', /a number/],
    [number, '2.5', /whole number/],
    [number, '1', /at least 2/],
    [number, '41', /at most 40/],
    [{ type: 'plain_text_input', min_length: 3 }, 'xy', /^At least 3 characters; this is 2\.$/],
    [{ type: 'plain_text_input' }, '', /required/],
  ])('%o is not sent with %j: the client says so, and the app never hears of it', async (element, filled, sentence) => {
    expect(await submit(await open(element), filled)).toMatchObject({
      acked: false,
      errors: { b: expect.stringMatching(sentence) },
    })
    expect(sent).toEqual([])
  })

  it.each<[object, Filled]>([
    [{ type: 'static_select', options }, ['one', 'two']],
    [{ type: 'plain_text_input' }, words('x')],
    [{ type: 'datetimepicker' }, 'tomorrow'],
  ])('%o cannot hold %o', async (element, filled) => {
    expect(await submit(await open(element), filled)).toMatchObject({
      error: expect.stringMatching(/cannot hold|holds one/),
    })
    expect(sent).toEqual([])
  })

  it('lists what the app offers while one types, and chooses of what was shown without asking again', async () => {
    const viewId = await open({ type: 'external_select' })
    const at = { viewId, actionId: 'a', blockId: 'b', typed: 'Ber' }
    const { body } = await control(on.sandbox, 'POST', 'people/U0BOB/suggest', at)
    expect(body).toMatchObject({ acked: true, body: { options: [{ value: 'id-7' }, { value: 'id-8' }] } })
    await submit(viewId, 'id-7')
    expect(asked).toEqual(['Ber'])
    expect(held()).toEqual({ type: 'external_select', selected_option: option('id-7', 'Berlin, Ber') })
  })

  it('lists nothing for an element that asks nobody, or an app that offers too much', async () => {
    const bob = on.sandbox.as('U0BOB')
    const viewId = await open({ type: 'static_select', options })
    await expect(bob.suggest({ viewId }, 'a', 'x')).rejects.toThrow('no external select a')
    on.app.options('many', ({ ack }) => ack({ options: Array.from({ length: 101 }, (_, i) => option(`${i}`)) }))
    const select = { type: 'external_select', action_id: 'many' }
    const blocks = [{ type: 'actions', block_id: 'b', elements: [select] }]
    const { ts } = await ok(on.sandbox, 'chat.postMessage', { channel: 'C0PROD', blocks })
    const result = await bob.suggest({ channel: 'C0PROD', ts: String(ts) }, 'many', 'x')
    expect(result).toMatchObject({ acked: true, error: 'The options could not be loaded.' })
    expect(result.body).toBeUndefined()
    expect(on.sandbox.deliveries.at(-1)?.problems).toEqual(['no more than 100 options may be answered'])
  })
})
