import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { call, ok } from './call.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const modal = (more: object = {}) => ({
  type: 'modal',
  title: plain('Modal'),
  blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'more', text: plain('More') }] }],
  ...more,
})

describe('triggers and views', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.stop())

  const lastTrigger = () => String(sandbox.lastDelivery()?.payload.trigger_id)
  const fromCommand = async () => {
    await sandbox.as('U0BOB').command('/any', '')
    return lastTrigger()
  }
  const fromTopModal = async () => {
    const bob = sandbox.as('U0BOB')
    await bob.clickInView(bob.modals().at(-1)?.id ?? '', 'more')
    return lastTrigger()
  }
  const error = async (method: string, args: Record<string, unknown>) => (await call(sandbox, method, args)).body.error
  const open = async (view: object = modal()) => {
    const opened = await ok(sandbox, 'views.open', { trigger_id: await fromCommand(), view })
    return opened.view as { id: string; hash: string }
  }

  it('a trigger is good for one view', async () => {
    const trigger_id = await fromCommand()
    await ok(sandbox, 'views.open', { trigger_id, view: modal() })
    expect(await error('views.open', { trigger_id, view: modal() })).toBe('exchanged_trigger_id')
    expect(await error('views.open', { trigger_id: '1.2.abc', view: modal() })).toBe('invalid_trigger_id')
  })

  it('a trigger is dead after three seconds', async () => {
    const trigger_id = await fromCommand()
    sandbox.advance(3_001)
    expect(await error('views.open', { trigger_id, view: modal() })).toBe('expired_trigger_id')
  })

  it('a refused view does not use the trigger up', async () => {
    const trigger_id = await fromCommand()
    expect(await error('views.open', { trigger_id, view: modal({ title: plain('') }) })).toBe('invalid_arguments')
    expect(await error('views.open', { trigger_id, view: modal() })).toBeUndefined()
  })

  it('stacks three modals and no fourth', async () => {
    const root = await open()
    await ok(sandbox, 'views.push', { trigger_id: await fromTopModal(), view: modal() })
    await ok(sandbox, 'views.push', { trigger_id: await fromTopModal(), view: modal() })
    expect(await error('views.push', { trigger_id: await fromTopModal(), view: modal() })).toBe('push_limit_reached')
    const [first, second, third] = sandbox.as('U0BOB').modals()
    expect(first).toMatchObject({ id: root.id, root_view_id: root.id, previous_view_id: null })
    expect(second).toMatchObject({ root_view_id: root.id, previous_view_id: first?.id })
    expect(third).toMatchObject({ root_view_id: root.id, previous_view_id: second?.id })
  })

  it('a push needs a modal to stand on', async () => {
    expect(await error('views.push', { trigger_id: await fromCommand(), view: modal() })).toBe('not_found')
  })

  it('refuses an update with an old hash, and takes one without', async () => {
    const { id: view_id, hash } = await open()
    const updated = await ok(sandbox, 'views.update', { view_id, hash, view: modal({ private_metadata: 'two' }) })
    expect(updated.view).toMatchObject({ id: view_id, private_metadata: 'two' })
    expect(await error('views.update', { view_id, hash, view: modal() })).toBe('hash_conflict')
    expect(await error('views.update', { view_id, view: modal() })).toBeUndefined()
    expect(await error('views.update', { view_id: 'V0NONE', view: modal() })).toBe('not_found')
  })

  it('an update keeps what was chosen in the inputs that stay', async () => {
    const options = [{ text: plain('One'), value: 'one' }]
    const chosen = (action_id: string) => ({
      type: 'actions',
      block_id: 'b',
      elements: [{ type: 'static_select', action_id, options }],
    })
    const { id: view_id } = await open(modal({ blocks: [chosen('s')] }))
    await sandbox.as('U0BOB').clickInView(view_id, 's', { choice: 'one' })
    const update = async (action_id: string) => {
      const { view } = await ok(sandbox, 'views.update', { view_id, view: modal({ blocks: [chosen(action_id)] }) })
      return (view as { state: { values: unknown } }).state.values
    }
    expect(await update('s')).toMatchObject({ b: { s: { selected_option: { value: 'one' } } } })
    expect(await update('other')).toEqual({ b: { other: { type: 'static_select', selected_option: null } } })
  })

  it('keeps external_ids unique and finds views by them', async () => {
    await open(modal({ external_id: 'req_1' }))
    const twice = { trigger_id: await fromTopModal(), view: modal({ external_id: 'req_1' }) }
    expect(await error('views.push', twice)).toBe('duplicate_external_id')
    const view = modal({ external_id: 'req_1', private_metadata: 'found' })
    expect(await ok(sandbox, 'views.update', { external_id: 'req_1', view })).toMatchObject({
      view: { private_metadata: 'found' },
    })
  })

  it('publishes a Home for each person, and refuses one with an old hash', async () => {
    const view = { type: 'home', blocks: [{ type: 'divider' }] }
    const first = (await ok(sandbox, 'views.publish', { user_id: 'U0BOB', view })).view as { hash: string }
    await ok(sandbox, 'views.publish', { user_id: 'U0BOB', hash: first.hash, view })
    expect(await error('views.publish', { user_id: 'U0BOB', hash: first.hash, view })).toBe('hash_conflict')
    expect(await error('views.publish', { user_id: 'U0NOBODY', view })).toBe('user_not_found')
    expect(sandbox.as('U0CAROL').home()).toBeUndefined()
  })

  it('a submission without an answer leaves the modal open', async () => {
    const { id } = await open(modal({ submit: plain('Send') }))
    const bob = sandbox.as('U0BOB')
    expect(await bob.submit(id, {})).toMatchObject({ acked: false, error: expect.stringContaining('trouble') })
    expect(bob.modals()).toHaveLength(1)
  })

  it('closing tells nobody unless the view asked for it, and takes the whole stack where it clears', async () => {
    const bob = sandbox.as('U0BOB')
    const quiet = await open()
    expect(await bob.close(quiet.id)).toBeNull()
    await open(modal({ notify_on_close: true }))
    await ok(sandbox, 'views.push', { trigger_id: await fromTopModal(), view: modal({ clear_on_close: true }) })
    const deliveriesBefore = sandbox.lastDelivery()
    await bob.close(bob.modals().at(-1)?.id ?? '')
    expect(bob.modals()).toEqual([])
    expect(sandbox.lastDelivery()).not.toBe(deliveriesBefore)
    expect(sandbox.lastDelivery()?.payload).toMatchObject({ type: 'view_closed', is_cleared: true })
  })
})
