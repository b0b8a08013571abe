import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox, type WorkspaceSeed } from '../../src/sandbox/index.ts'
import { type Stage, stage } from './bolt.ts'
import { call, ok } from './call.ts'

const COMMANDS: NonNullable<WorkspaceSeed['commands']> = [
  { command: '/plain', description: '', usage_hint: '', should_escape: false },
  { command: '/escaped', description: '', usage_hint: '', should_escape: true },
]

describe('what people write', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    const events = ['message.channels', 'message.im', 'app_mention']
    sandbox = await startSandbox({ seed: { events } })
  })
  afterEach(() => sandbox.stop())
  // No app is connected, so that each is tried again, the first time at once: the same event_id is the same event.
  const events = () =>
    [...new Map(sandbox.deliveries.map(({ payload }) => [payload.event_id, payload.event])).values()] as Record<
      string,
      unknown
    >[]
  const alice = () => sandbox.as('U0ALICE')

  it('is theirs: no bot_profile, and not for the app to change', async () => {
    const { ts } = await alice().say('C0PROD', 'good morning')
    const { messages } = await ok(sandbox, 'conversations.history', { channel: 'C0PROD' })
    expect(messages).toEqual([
      { type: 'message', user: 'U0ALICE', text: 'good morning', blocks: [], ts, team: sandbox.teamId },
    ])
    const at = { channel: 'C0PROD', ts }
    expect((await call(sandbox, 'chat.update', { ...at, text: 'mine' })).body.error).toBe('cant_update_message')
    expect((await call(sandbox, 'chat.delete', at)).body.error).toBe('cant_delete_message')
  })

  it('reaches the app as Slack writes it: mentions as ids, the rest escaped', async () => {
    await alice().say('C0PROD', '@countersign tell @bob. and @sre in #audit <now> & @here, not @nobody')
    const text =
      '<@U0SANDBOXAPP> tell <@U0BOB>. and <!subteam^S0SRE|@sre> in <#C0AUDIT|audit> &lt;now&gt; &amp; <!here>, not @nobody'
    expect(events()).toMatchObject([
      { type: 'message', channel_type: 'channel', channel: 'C0PROD', user: 'U0ALICE', text },
      { type: 'app_mention', channel: 'C0PROD', user: 'U0ALICE', text },
    ])
    expect(events()[1]).not.toHaveProperty('channel_type')
  })

  it('is heard where the bot is, of the kind the app subscribed to', async () => {
    await alice().say('G0SECRET', 'psst @countersign')
    expect(events()).toEqual([])
    await ok(sandbox, 'chat.postMessage', { channel: 'U0ALICE', text: 'hello' })
    await alice().say('D0ALICE', 'hello yourself, @countersign')
    expect(events()).toMatchObject([
      { type: 'message', channel_type: 'im', bot_id: sandbox.botId },
      { type: 'message', channel_type: 'im', user: 'U0ALICE', client_msg_id: expect.any(String) },
    ])
  })

  it('stands in a thread, which its first message counts', async () => {
    const { ts } = await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'card' })
    const thread = String(ts)
    const first = await alice().say('C0PROD', 'why?', { threadTs: thread })
    await sandbox.as('U0BOB').say('C0PROD', 'because', { threadTs: first.ts })
    const { messages } = await ok(sandbox, 'conversations.replies', { channel: 'C0PROD', ts })
    expect(messages).toMatchObject([
      { text: 'card', thread_ts: thread, reply_count: 2, reply_users_count: 2, reply_users: ['U0ALICE', 'U0BOB'] },
      { text: 'why?', thread_ts: thread, parent_user_id: sandbox.botUserId },
      { text: 'because', thread_ts: thread, parent_user_id: sandbox.botUserId },
    ])
    const history = await ok(sandbox, 'conversations.history', { channel: 'C0PROD' })
    expect(history.messages).toMatchObject([{ text: 'card', reply_count: 2 }])
  })

  it.each([
    ['nothing', 'U0ALICE', 'C0PROD', ' ', 'needs a text'],
    ['too much', 'U0ALICE', 'C0PROD', 'x'.repeat(12_001), 'at most 12000 characters; this one has 12001'],
    ['where there is no channel', 'U0ALICE', 'C0NONE', 'x', 'sees no channel'],
    ["in another one's conversation", 'U0ALICE', 'D0BOB', 'x', 'sees no channel'],
    ['where they only look on', 'U0NEW', 'C0SHARED', 'x', 'must join #shared'],
    ['after they have left', 'U0GONE', 'C0PROD', 'x', 'sees no channel'],
  ])('nobody writes %s', async (_, user, channel, text, sentence) => {
    sandbox.addUser({ id: 'U0NEW', name: 'new' })
    sandbox.setChannel('C0SHARED', { members: ['U0STRANGER'] })
    await ok(sandbox, 'chat.postMessage', { channel: 'U0BOB', text: 'hello' })
    await expect(sandbox.as(user).say(channel, text)).rejects.toThrow(sentence)
  })

  it('cannot be added to an archived channel, or to a thread that is not there', async () => {
    await expect(alice().say('C0PROD', 'x', { threadTs: '1.000001' })).rejects.toThrow('no message 1.000001')
    sandbox.setChannel('C0PROD', { is_archived: true })
    await expect(alice().say('C0PROD', 'x')).rejects.toThrow('is archived')
  })
})

describe('commands that the app declares', () => {
  let on: Stage
  afterEach(() => on.stop())

  it('are the only ones Slack knows, and each says how its text travels', async () => {
    on = await stage('socket', { seed: { commands: COMMANDS } })
    on.app.command(/.*/, ({ ack, command }) => ack(`got ${command.text}`))
    const bob = on.sandbox.as('U0BOB')
    expect((await bob.command('/plain', '@alice & <b>')).reply?.text).toBe('got @alice & <b>')
    expect((await bob.command('/escaped', '@alice & <b>')).reply?.text).toBe('got <@U0ALICE|alice> &amp; &lt;b&gt;')
    const unknown = await bob.command('/aprovals', 'help')
    expect(unknown).toMatchObject({ acked: false, error: expect.stringContaining('/aprovals is not a valid command.') })
    expect(on.sandbox.deliveries).toHaveLength(2)
  })
})

describe('shortcuts', () => {
  let on: Stage
  afterEach(() => on.stop())

  it('reach the app with a trigger, and those of a message with the message', async () => {
    on = await stage('socket')
    const { app, sandbox } = on
    const seen: unknown[] = []
    app.shortcut('find', async ({ ack, shortcut, client }) => {
      await ack()
      const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Find' }, blocks: [] }
      await client.views.open({ trigger_id: shortcut.trigger_id, view })
    })
    app.shortcut({ type: 'message_action', callback_id: 'explain' }, async ({ ack, shortcut, respond }) => {
      await ack()
      seen.push([shortcut.user.id, shortcut.message.text, shortcut.channel.name])
      await respond('explained')
    })
    const erin = sandbox.as('U0ERIN')
    expect(await erin.shortcut('find')).toMatchObject({ acked: true })
    await sandbox.until(() => erin.modals()[0], 'the modal')
    const { ts } = await sandbox.as('U0BOB').say('C0PROD', 'what is this?')
    await erin.messageShortcut('C0PROD', ts, 'explain')
    expect(seen).toEqual([['U0ERIN', 'what is this?', 'prod']])
    await sandbox.until(() => erin.ephemerals('C0PROD')[0]?.text === 'explained', 'the explanation')
  })

  it('are offered as declared, once the app declares any', async () => {
    const shortcuts = [{ name: 'Explain', type: 'message' as const, callback_id: 'explain', description: '' }]
    on = await stage('socket', { seed: { shortcuts }, ackTimeoutMs: 100 })
    await expect(on.sandbox.as('U0BOB').shortcut('explain')).rejects.toThrow('declares no global shortcut explain')
    const { ts } = await on.sandbox.as('U0BOB').say('C0PROD', 'hm')
    expect(await on.sandbox.as('U0BOB').messageShortcut('C0PROD', ts, 'explain')).toMatchObject({ acked: false })
  })
})

describe('a form', () => {
  it('whose select asks for it carries a response_url into the chosen channel', async () => {
    const on = await stage('socket')
    const plain = (text: string) => ({ type: 'plain_text', text })
    const element = { type: 'conversations_select', action_id: 'where', response_url_enabled: true }
    const blocks = [{ type: 'input', block_id: 'b', label: plain('Where'), element }]
    const view = { type: 'modal', callback_id: 'f', title: plain('F'), submit: plain('S'), blocks }
    on.app.view('f', ({ ack }) => ack())
    on.app.command('/f', ({ ack }) => ack())
    const bob = on.sandbox.as('U0BOB')
    await bob.command('/f', '')
    await ok(on.sandbox, 'views.open', { trigger_id: on.sandbox.lastDelivery()?.payload.trigger_id, view })
    expect(await bob.submit(bob.modals()[0]?.id ?? '', { b: { where: 'C0RANDOM' } })).toMatchObject({ acked: true })
    const urls = on.sandbox.lastDelivery()?.payload.response_urls as { channel_id: string; response_url: string }[]
    expect(urls).toMatchObject([{ block_id: 'b', action_id: 'where', channel_id: 'C0RANDOM' }])
    const body = JSON.stringify({ text: 'here', response_type: 'in_channel' })
    const headers = { 'content-type': 'application/json' }
    await fetch(urls[0]?.response_url ?? '', { method: 'POST', headers, body })
    expect(on.sandbox.messages('C0RANDOM').map(({ text }) => text)).toEqual(['here'])
    await on.stop()
  })
})
