import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { type Stage, stage } from './bolt.ts'
import { ok } from './call.ts'

const plain = (text: string) => ({ type: 'plain_text', text, emoji: true })
const option = (value: string) => ({ text: plain(value.toUpperCase()), value })
const placeholder = plain('choose')
const actions = (element: object, block_id = 'b') => ({ type: 'actions', block_id, elements: [element] })
const two = [option('one'), option('two')]

/** [element, what is chosen, what Slack sends of it] */
const ELEMENTS: [Record<string, unknown> & { type: string }, string, object][] = [
  [{ type: 'static_select', options: two }, 'two', { selected_option: two[1] }],
  [{ type: 'static_select', option_groups: [{ label: plain('g'), options: two }] }, 'one', { selected_option: two[0] }],
  [{ type: 'multi_static_select', options: two }, 'one,two', { selected_options: two }],
  [{ type: 'users_select' }, 'U0ALICE', { selected_user: 'U0ALICE' }],
  [{ type: 'multi_users_select' }, 'U0ALICE,U0BOB', { selected_users: ['U0ALICE', 'U0BOB'] }],
  [{ type: 'conversations_select' }, 'C0PROD', { selected_conversation: 'C0PROD' }],
  [{ type: 'multi_conversations_select' }, 'C0PROD', { selected_conversations: ['C0PROD'] }],
  [{ type: 'channels_select' }, 'C0AUDIT', { selected_channel: 'C0AUDIT' }],
  [{ type: 'multi_channels_select' }, '', { selected_channels: [] }],
  [{ type: 'overflow', options: two }, 'two', { selected_option: two[1] }],
  [{ type: 'checkboxes', options: two }, 'two', { selected_options: [two[1]] }],
  [{ type: 'radio_buttons', options: two }, 'one', { selected_option: two[0] }],
  [{ type: 'datepicker', initial_date: '2026-01-02' }, '2026-03-04', { selected_date: '2026-03-04' }],
  [{ type: 'timepicker' }, '23:59', { selected_time: '23:59' }],
  [{ type: 'datetimepicker' }, '1767312000', { selected_date_time: 1_767_312_000 }],
]

describe('an element of a message', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.stop())

  const post = async (...blocks: object[]) =>
    String((await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', blocks })).ts)
  const last = () => sandbox.lastDelivery()?.payload ?? {}
  const bob = () => sandbox.as('U0BOB')

  it.each(ELEMENTS)('%o tells the app that %s was chosen', async (element, choice, told) => {
    const repeated = /select/.test(element.type) ? { placeholder } : {}
    const ts = await post(actions({ ...element, ...repeated, action_id: 'a' }))
    await bob().click('C0PROD', ts, 'a', { choice })
    const initial = 'initial_date' in element ? { initial_date: element.initial_date } : {}
    const [action] = last().actions as object[]
    const { type } = element
    const action_ts = expect.stringMatching(/^\d+\.\d{6}$/)
    expect(action).toEqual({ type, action_id: 'a', block_id: 'b', action_ts, ...repeated, ...initial, ...told })
    const state = type === 'overflow' ? {} : { b: { a: { type, ...told } } }
    expect(last().state).toEqual({ values: state })
  })

  it('keeps what was chosen for the next click of the same person, and of nobody else', async () => {
    const button = { type: 'button', action_id: 'go', text: plain('Go') }
    const ts = await post(actions({ type: 'static_select', action_id: 's', options: two }), actions(button, 'c'))
    await bob().click('C0PROD', ts, 's', { choice: 'two' })
    await bob().click('C0PROD', ts, 'go')
    expect(last()).toMatchObject({ state: { values: { b: { s: { selected_option: { value: 'two' } } } } } })
    await sandbox.as('U0CAROL').click('C0PROD', ts, 'go')
    expect(last()).toMatchObject({ state: { values: { b: { s: { selected_option: null } } } } })
    const others = [actions({ type: 'datepicker', action_id: 's' }), actions(button, 'c')]
    await ok(sandbox, 'chat.update', { channel: 'C0PROD', ts, blocks: others })
    await bob().click('C0PROD', ts, 'go')
    expect(last().state).toEqual({ values: { b: { s: { type: 'datepicker', selected_date: null } } } })
  })

  it('is told apart by its block where one action_id stands in several', async () => {
    const button = (value: string) => ({ type: 'button', action_id: 'go', text: plain('Go'), value })
    const ts = await post(actions(button('1'), 'first'), actions(button('2'), 'second'))
    await bob().click('C0PROD', ts, 'go', { blockId: 'second' })
    expect(last()).toMatchObject({ actions: [{ block_id: 'second', value: '2' }] })
    await bob().click('C0PROD', ts, 'go')
    expect(last()).toMatchObject({ actions: [{ block_id: 'first', value: '1' }] })
    await expect(bob().click('C0PROD', ts, 'go', { blockId: 'third' })).rejects.toThrow('no button go')
  })

  it('is found beside a section, in a card of a carousel and in a container', async () => {
    const button = (action_id: string) => ({ type: 'button', action_id, text: plain('Go') })
    const carousel = { type: 'carousel', elements: [{ type: 'card', actions: [button('in-card')] }] }
    const section = { type: 'section', text: plain('x'), accessory: button('beside') }
    const ts = await post(section, carousel, { type: 'container', child_blocks: [actions(button('inside'))] })
    for (const actionId of ['beside', 'in-card', 'inside']) {
      await bob().click('C0PROD', ts, actionId)
      expect(last()).toMatchObject({ actions: [{ action_id: actionId }] })
    }
    await expect(bob().click('C0PROD', ts, 'x')).rejects.toThrow('there are: beside, in-card, inside')
  })

  it.each([
    ['an option it does not have', { type: 'static_select', options: two }, 'three', 'has no option three'],
    ['nothing', { type: 'radio_buttons', options: two }, undefined, 'what was chosen in a'],
    ['a date that is none', { type: 'datepicker' }, 'tomorrow', 'cannot hold tomorrow'],
    ['a time that is none', { type: 'timepicker' }, '25', 'cannot hold 25'],
  ])('cannot be given %s', async (_, element, choice, sentence) => {
    const ts = await post(actions({ ...element, action_id: 'a' }))
    const opts = choice === undefined ? {} : { choice }
    await expect(bob().click('C0PROD', ts, 'a', opts)).rejects.toThrow(sentence)
    expect(sandbox.deliveries).toEqual([])
  })

  it('an input tells nothing before it is sent, unless it dispatches', async () => {
    const input = (dispatch_action: boolean) => ({
      type: 'input',
      block_id: 'i',
      label: plain('L'),
      dispatch_action,
      element: { type: 'plain_text_input', action_id: 'a' },
    })
    await expect(bob().click('C0PROD', await post(input(false)), 'a', { choice: 'x' })).rejects.toThrow('no button a')
    await bob().click('C0PROD', await post(input(true)), 'a', { choice: 'typed' })
    expect(last()).toMatchObject({ actions: [{ type: 'plain_text_input', block_id: 'i', value: 'typed' }] })
  })
})

describe('an element of a view', () => {
  let on: Stage
  afterEach(() => on.stop())

  it('changes the state that the next click and the submission carry', async () => {
    on = await stage('socket')
    const { app, sandbox } = on
    const seen: unknown[] = []
    app.action(/.*/, async ({ ack, body }) => {
      await ack()
      if (body.type === 'block_actions') seen.push(body.view?.state.values.b)
    })
    const bob = sandbox.as('U0BOB')
    const view = { type: 'home', blocks: [actions({ type: 'checkboxes', action_id: 'c', options: two })] }
    await ok(sandbox, 'views.publish', { user_id: 'U0BOB', view })
    const { id: home = '', hash } = bob.home() ?? {}
    await bob.clickInView(home, 'c', { choice: 'one' })
    await bob.clickInView(home, 'c', { choice: 'one,two' })
    const held = (options: object[]) => ({ c: { type: 'checkboxes', selected_options: options } })
    expect(seen).toEqual([held([two[0] ?? {}]), held(two)])
    expect(bob.home()?.hash).toBe(hash)
  })

  it('an external select asks the app what it offers', async () => {
    on = await stage('socket')
    const { app, sandbox } = on
    const asked: unknown[] = []
    app.options('pick', async ({ ack, options }) => {
      asked.push([options.block_id, options.value])
      await ack({ options: [{ text: { type: 'plain_text', text: 'ONE' }, value: options.value }] })
    })
    app.action('pick', ({ ack }) => ack())
    const blocks = [actions({ type: 'external_select', action_id: 'pick', min_query_length: 0 })]
    const { ts } = await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', blocks })
    const result = await sandbox.as('U0BOB').click('C0PROD', String(ts), 'pick', { choice: 'one' })
    expect(result).toMatchObject({ acked: true })
    expect(asked).toEqual([['b', 'one']])
    expect(sandbox.lastDelivery()?.payload).toMatchObject({
      type: 'block_actions',
      actions: [{ type: 'external_select', selected_option: { value: 'one' } }],
    })
  })
})
