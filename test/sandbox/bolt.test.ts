import type { ModalView } from '@slack/types'
import { afterEach, describe, expect, it } from 'vitest'
import { type Mode, postCard, type Stage, stage } from './bolt.ts'

const modal: ModalView = {
  type: 'modal',
  callback_id: 'deny_reason',
  title: { type: 'plain_text', text: 'Deny' },
  submit: { type: 'plain_text', text: 'Send' },
  private_metadata: 'req_1',
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      label: { type: 'plain_text', text: 'Why?' },
      element: { type: 'plain_text_input', action_id: 'text', max_length: 20 },
    },
  ],
}

describe.each<Mode>(['socket', 'http'])('the real Bolt app over %s', (mode) => {
  let on: Stage
  afterEach(() => on.stop())

  it('posts a card, is told who clicked, and replaces the card', async () => {
    on = await stage(mode)
    const { app, sandbox } = on
    const seen: unknown[] = []
    app.action('approve', async ({ ack, body, action, client }) => {
      await ack()
      if (body.type !== 'block_actions' || action.type !== 'button') return
      seen.push([body.user.id, action.value])
      const at = { channel: body.channel?.id ?? '', ts: body.message?.ts ?? '' }
      await client.chat.update({ ...at, text: `approved by <@${body.user.id}>`, blocks: [] })
    })
    const ts = await postCard(on)
    const result = await sandbox.as('U0BOB').click('C0APPROVALS', ts, 'approve')
    expect(result).toMatchObject({ acked: true })
    const edited = await sandbox.until(() => sandbox.message('C0APPROVALS', ts)?.edited, 'the edit')
    expect(edited.user).toBe(sandbox.botUserId)
    expect(sandbox.message('C0APPROVALS', ts)).toMatchObject({ text: 'approved by <@U0BOB>', blocks: [] })
    expect(seen).toEqual([['U0BOB', 'req_1']])
    await expect(sandbox.as('U0CAROL').click('C0APPROVALS', ts, 'approve')).rejects.toThrow('no button approve')
  })

  it('answers only the person who clicked, by response_url and by postEphemeral', async () => {
    on = await stage(mode)
    const { app, sandbox } = on
    app.action('approve', async ({ ack, respond, client }) => {
      await ack()
      await respond({ text: 'not for you', response_type: 'ephemeral', replace_original: false })
      await client.chat.postEphemeral({ channel: 'C0APPROVALS', user: 'U0BOB', text: 'really not' })
    })
    const ts = await postCard(on)
    const bob = sandbox.as('U0BOB')
    await bob.click('C0APPROVALS', ts, 'approve')
    await sandbox.until(() => bob.ephemerals('C0APPROVALS').length === 2, 'two ephemeral answers')
    expect(bob.ephemerals().map((each) => each.text)).toEqual(['not for you', 'really not'])
    expect(sandbox.as('U0CAROL').ephemerals()).toEqual([])
    expect(sandbox.messages('C0APPROVALS')).toHaveLength(1)
  })

  it('opens a modal, refuses with errors at the input, takes the submission, and hears of the close', async () => {
    on = await stage(mode)
    const { app, sandbox } = on
    const heard: unknown[] = []
    app.action('deny', async ({ ack, body, client }) => {
      await ack()
      if (body.type === 'block_actions') await client.views.open({ trigger_id: body.trigger_id, view: modal })
    })
    app.view('deny_reason', async ({ ack, view, body }) => {
      const reason = view.state.values.reason?.text?.value
      if (reason === 'no') return ack({ response_action: 'errors', errors: { reason: 'say more' } })
      heard.push([body.user.id, view.private_metadata, reason])
      return ack()
    })
    app.view({ type: 'view_closed', callback_id: 'deny_reason' }, async ({ ack, body }) => {
      heard.push(['closed', body.user.id])
      await ack()
    })
    const ts = await postCard(on)
    const bob = sandbox.as('U0BOB')
    await bob.click('C0APPROVALS', ts, 'deny')
    const view = await sandbox.until(() => bob.modals()[0], 'the modal')
    expect(await bob.submit(view.id, {})).toMatchObject({ acked: false, errors: { reason: expect.any(String) } })
    expect(await bob.submit(view.id, { reason: { text: 'no' } })).toMatchObject({ errors: { reason: 'say more' } })
    expect(bob.modals()).toHaveLength(1)
    expect((await bob.submit(view.id, { reason: { text: 'not on a Friday' } })).errors).toBeUndefined()
    expect(bob.modals()).toEqual([])
    await bob.click('C0APPROVALS', ts, 'deny')
    const again = await sandbox.until(() => bob.modals()[0], 'the modal again')
    expect(await bob.close(again.id)).toMatchObject({ acked: true })
    expect(heard).toEqual([
      ['U0BOB', 'req_1', 'not on a Friday'],
      ['closed', 'U0BOB'],
    ])
  })

  it('answers a command in the acknowledgement, and reads escaped mentions', async () => {
    on = await stage(mode)
    const { app, sandbox } = on
    app.command('/approvals', async ({ ack, command }) => ack(`you said ${command.text} in ${command.channel_name}`))
    const { reply } = await sandbox.as('U0ALICE').command('/approvals', 'show @bob in #prod <now> & @nobody')
    const said = 'show <@U0BOB|bob> in <#C0PROD|prod> &lt;now&gt; &amp; @nobody'
    expect(reply?.text).toBe(`you said ${said} in approvals`)
    expect(sandbox.as('U0ALICE').ephemerals('C0APPROVALS')).toEqual([reply])
  })

  it('publishes Home when it is opened and hears clicks there', async () => {
    on = await stage(mode)
    const { app, sandbox } = on
    app.event('app_home_opened', async ({ event, client }) => {
      const elements = [
        { type: 'button' as const, action_id: 'more', text: { type: 'plain_text' as const, text: 'More' } },
      ]
      await client.views.publish({
        user_id: event.user,
        view: { type: 'home', blocks: [{ type: 'actions', elements }] },
      })
    })
    const clicked: string[] = []
    app.action('more', async ({ ack, body }) => {
      clicked.push(body.user.id)
      await ack()
    })
    const erin = sandbox.as('U0ERIN')
    await erin.openHome()
    const home = await sandbox.until(() => erin.home(), 'Home')
    expect(await erin.clickInView(home.id, 'more')).toMatchObject({ acked: true })
    expect(clicked).toEqual(['U0ERIN'])
    expect(sandbox.as('U0BOB').home()).toBeUndefined()
  })

  it('tells the app of changed groups, people and channels', async () => {
    on = await stage(mode)
    const { app, sandbox } = on
    const heard: unknown[] = []
    app.event('subteam_members_changed', async ({ event }) => void heard.push(event.removed_users))
    app.event('user_change', async ({ event }) => void heard.push(event.user.deleted))
    app.event('channel_archive', async ({ event }) => void heard.push(event.channel))
    sandbox.setGroup('S0DATA', { users: ['U0CAROL'] })
    await sandbox.until(() => heard.length === 1)
    sandbox.setUser('U0BOB', { deleted: true })
    await sandbox.until(() => heard.length === 2)
    sandbox.setChannel('C0PROD', { is_archived: true })
    await sandbox.until(() => heard.length === 3)
    expect(heard).toEqual([['U0BOB'], true, 'C0PROD'])
  })

  it('shows the person an error when the app does not answer in time', async () => {
    on = await stage(mode, { ackTimeoutMs: 200 })
    const ts = await postCard(on)
    const result = await on.sandbox.as('U0BOB').click('C0APPROVALS', ts, 'approve')
    expect(result.acked).toBe(false)
    expect(result.error).toContain('operation_timeout')
    const command = await on.sandbox.as('U0BOB').command('/approvals', '')
    expect(command.error).toBe('/approvals failed with the error "operation_timeout"')
  })
})
