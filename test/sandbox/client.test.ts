import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AnySandbox, connectSandbox, type RemoteSandbox } from '../../src/sandbox/client/index.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { card, type Stage, stage } from './bolt.ts'
import { ok } from './call.ts'

/** A sandbox elsewhere is used as one of this process, but that every change is awaited. */

let on: Stage
let remote: RemoteSandbox
beforeEach(async () => {
  on = await stage('socket', { rateLimits: false })
  on.app.action('approve', async ({ ack, body, client }) => {
    await ack()
    if (body.type !== 'block_actions') return
    const at = { channel: body.channel?.id ?? '', ts: body.message?.ts ?? '' }
    await client.chat.update({ ...at, text: `approved by <@${body.user.id}>`, blocks: [] })
  })
  on.app.action('deny', async ({ ack, body, client }) => {
    await ack()
    if (body.type !== 'block_actions') return
    const title = { type: 'plain_text' as const, text: 'Deny' }
    const element = { type: 'plain_text_input' as const, action_id: 'text' }
    const blocks = [{ type: 'input' as const, block_id: 'reason', label: title, element }]
    await client.views.open({ trigger_id: body.trigger_id, view: { type: 'modal', title, submit: title, blocks } })
  })
  on.app.view(/.*/, async ({ ack, view }) => {
    const text = view.state.values.reason?.text?.value
    await (text === 'no' ? ack({ response_action: 'errors', errors: { reason: 'say more' } }) : ack())
  })
  on.app.command('/approvals', async ({ ack, command }) => ack(`you said ${command.text}`))
  on.app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: card() } })
  })
  remote = await connectSandbox(on.sandbox.url)
})
afterEach(async () => {
  await remote.close()
  await on.stop()
})

/** Written once, for both kinds. */
async function story(slack: AnySandbox): Promise<unknown[]> {
  const { ts } = await ok(on.sandbox, 'chat.postMessage', { channel: 'C0APPROVALS', text: 'Export', blocks: card() })
  const message = await slack.until(() => slack.message('C0APPROVALS', String(ts)), 'the card')
  const bob = slack.as('U0BOB')
  const denied = await bob.click('C0APPROVALS', message.ts, 'deny')
  const form = await slack.until(() => bob.modals()[0], 'the form')
  const refused = await bob.submit(form.id, { reason: { text: 'no' } })
  const stillOpen = bob.modals().length
  const sent = await bob.submit(form.id, { reason: { text: 'because' } })
  const { reply } = await bob.command('/approvals', 'help me', { channel: 'C0PROD' })
  const told = bob.ephemerals('C0PROD').map(({ text }) => text)
  const mend = await slack.fault({ method: 'auth.test', kind: 'error', error: 'fatal_error' })
  const broken = slack.standing().faults.length
  await mend()
  await slack.setGroup('S0DATA', { users: ['U0ERIN'] })
  await slack.setUser('U0BOB', { real_name: 'Robert' })
  await slack.setChannel('C0PROD', { is_archived: true })
  await slack.addUser({ id: `U0NEW${slack.facts().people.length}`, name: 'new' })
  const { groups, people, channels } = slack.facts()
  const said = await bob.say('C0RANDOM', 'good morning')
  await bob.openHome()
  const home = await slack.until(() => bob.home(), 'Home')
  await bob.click('C0APPROVALS', message.ts, 'approve')
  await slack.until(() => slack.message('C0APPROVALS', message.ts)?.edited, 'the edit')
  const closed = await bob.click('C0APPROVALS', message.ts, 'approve').catch((error: Error) => error.message)
  return [
    [denied.acked, refused.errors, stillOpen, sent.acked, bob.modals().length],
    [reply?.text, told.length > 0, told.at(-1)],
    [broken, slack.standing().faults.length],
    groups.find(({ id }) => id === 'S0DATA')?.users,
    people.find(({ id }) => id === 'U0BOB')?.real_name,
    channels.find(({ id }) => id === 'C0PROD')?.is_archived,
    people.at(-1)?.name,
    [said.text, said.user, slack.messages('C0RANDOM').at(-1)?.ts === said.ts],
    home.blocks.length,
    [slack.message('C0APPROVALS', message.ts)?.text, String(closed).replace(/\d+\.\d+/, 'TS')],
    [slack.connections(), slack.protocolFaults],
  ]
}

it('the same story has the same end in both', async () => {
  const here = await story(on.sandbox)
  await on.sandbox.setChannel('C0PROD', { is_archived: false })
  const there = await story(remote)
  expect(there).toEqual(here)
  expect(there[0]).toEqual([true, { reason: 'say more' }, 1, true, 0])
  expect(there.at(-2)).toEqual(['approved by <@U0BOB>', expect.stringContaining('approve')])
})

describe('what a test reads next is not stale', () => {
  it('after any act, as often as one likes', async () => {
    const bob = remote.as('U0BOB')
    for (let n = 0; n < 20; n += 1) {
      await bob.command('/approvals', `round ${n}`, { channel: 'C0PROD' })
      expect(bob.ephemerals().at(-1)?.text).toBe(`you said round ${n}`)
      await remote.setUser('U0BOB', { real_name: `Bob ${n}` })
      expect(remote.facts().people.find(({ id }) => id === 'U0BOB')?.real_name).toBe(`Bob ${n}`)
    }
    expect(remote.deliveries.filter(({ kind }) => kind === 'slash_commands')).toHaveLength(20)
    // Nobody waits for the app to acknowledge that Bob is called otherwise.
    await remote.until(() => remote.deliveries.every(({ result }) => result !== undefined), 'every answer')
    expect(remote.deliveries.every(({ result }) => result?.acked)).toBe(true)
  })

  it('nor after catching up with what the app did', async () => {
    for (let n = 0; n < 20; n += 1) {
      await ok(on.sandbox, 'chat.postMessage', { channel: 'C0PROD', text: `round ${n}` })
      await remote.catchUp()
      expect(remote.messages('C0PROD')).toEqual(on.sandbox.messages('C0PROD'))
      expect(remote.calls).toEqual(on.sandbox.calls)
    }
  })
})

it('the mirror is the workspace, also for whoever comes late', async () => {
  await story(on.sandbox)
  await ok(on.sandbox, 'chat.postMessage', { channel: 'U0BOB', text: 'a direct message' })
  await remote.catchUp()
  const late = await connectSandbox(on.sandbox.url)
  const looks = (slack: AnySandbox | Sandbox) => {
    const bob = slack.as('U0BOB')
    const all = slack.facts().channels.flatMap(({ id }) => slack.messages(id))
    return JSON.parse(
      JSON.stringify([
        all,
        bob.dms(),
        bob.ephemerals(),
        bob.modals(),
        bob.home(),
        slack.facts(),
        slack.standing(),
        slack.calls,
        slack.deliveries,
        slack.revision,
      ]),
    )
  }
  try {
    expect(looks(remote)).toEqual(looks(on.sandbox))
    expect(looks(late)).toEqual(looks(on.sandbox))
    expect(late.as('U0BOB').dms()).toHaveLength(1)
    const { botToken, appToken, signingSecret, apiUrl, url, appId, teamId, botId, botUserId } = on.sandbox
    expect(late).toMatchObject({ botToken, appToken, signingSecret, apiUrl, url, appId, teamId, botId, botUserId })
  } finally {
    await late.close()
  }
})

it('what goes away goes away in the mirror', async () => {
  const { ts } = await ok(on.sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'gone soon' })
  await remote.until(() => remote.message('C0PROD', String(ts)), 'the message')
  await ok(on.sandbox, 'chat.delete', { channel: 'C0PROD', ts })
  await remote.catchUp()
  expect(remote.messages('C0PROD')).toEqual([])
  expect(remote.message('C0PROD', String(ts))).toBeUndefined()
})

it('sockets, deliveries, time and tokens', async () => {
  await remote.as('U0BOB').command('/approvals', 'once')
  const seq = remote.deliveries.at(-1)?.seq ?? 0
  expect(await remote.replay(seq)).toMatchObject({ acked: true })
  expect(remote.deliveries.slice(-2).map(({ about }) => about)).toEqual(['/approvals once', '/approvals once'])
  await remote.disconnectSockets('cut')
  await remote.until(() => remote.connections() === 0, 'the cut')
  await remote.deliverTo('http://127.0.0.1:9/')
  expect(remote.standing().requestUrl).toBe('http://127.0.0.1:9/')
  const mend = await remote.deliveryFault({ kind: 'lost', times: 1 })
  expect(remote.standing().faults).toMatchObject([{ left: 1, fault: { delivery: { kind: 'lost' } } }])
  await mend()
  await mend()
  expect(remote.standing().faults).toEqual([])
  await remote.advance(1_000)
  await remote.revokeTokens()
  await remote.uninstall()
  let heard = 0
  const end = remote.onChange((revision) => {
    heard = revision
  })
  await remote.setUser('U0BOB', { tz: 'Europe/Madrid' })
  end()
  expect(heard).toBe(remote.revision)
})

describe('whoever asks for what there is not', () => {
  it('is told the same sentence as by a sandbox of this process', async () => {
    for (const ask of [
      (slack: AnySandbox) => slack.as('U0BOB').click('C0PROD', '1.2', 'approve'),
      (slack: AnySandbox) => slack.as('U0BOB').close('V1'),
      async (slack: AnySandbox) => slack.as('U0NOBODY'),
    ]) {
      const here = await ask(on.sandbox).then(String, (error: Error) => error.message)
      await expect(ask(remote)).rejects.toThrow(here)
    }
  })

  it('waits in vain with the name of what was waited for and the latest calls', async () => {
    await ok(on.sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'x' })
    await remote.catchUp()
    await expect(remote.until(() => false, 'a miracle', 50)).rejects.toThrow(/a miracle.*chat\.postMessage/s)
  })

  it('at an address where nobody answers, or somebody else does', async () => {
    await expect(connectSandbox('http://127.0.0.1:9')).rejects.toThrow('fetch failed')
    await expect(connectSandbox('nonsense')).rejects.toThrow('Invalid URL')
  })
})

it('a sandbox that stops ends the waiting', async () => {
  const waiting = remote.until(() => false, 'what never comes', 60_000)
  const stopping = on.stop()
  await expect(waiting).rejects.toThrow(/stopped/)
  await stopping
  await expect(remote.setUser('U0BOB', {})).rejects.toThrow('fetch failed')
  on = await stage('socket')
})
