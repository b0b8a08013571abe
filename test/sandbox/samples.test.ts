import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { card } from './bolt.ts'
import { ok } from './call.ts'

/** Published payloads of the real Slack, kept outside this repository. Without them these tests say so and are skipped. */
const FOLDER = fileURLToPath(new URL('../../../shared/slack-samples/', import.meta.url))
const there = existsSync(FOLDER)
if (!there) console.warn('skipped: payload samples of the real Slack are not at hand, key sets are not compared')

const plain = (text: string) => ({ type: 'plain_text', text, emoji: true })
const modal = {
  type: 'modal',
  callback_id: 'c',
  notify_on_close: true,
  title: plain('T'),
  submit: plain('S'),
  close: plain('C'),
  blocks: [
    { type: 'input', label: plain('L'), block_id: 'b', element: { type: 'plain_text_input', action_id: 'a' } },
    { type: 'actions', elements: [{ type: 'button', action_id: 'more', text: plain('M'), value: 'v' }] },
  ],
}

/** Every path of keys; lists and the values of blocks, states and shared profiles are not entered. */
function paths(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => paths(each, `${at}[]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) => {
    const path = at === '' ? name : `${at}.${name}`
    return ['blocks', 'values', 'bot_profile', 'metadata'].includes(name) ? [path] : [path, ...paths(each, path)]
  })
}

const samples = (pattern: RegExp): string[] =>
  readdirSync(FOLDER)
    .filter((name) => pattern.test(name))
    .flatMap((name) => paths(JSON.parse(readFileSync(FOLDER + name, 'utf8'))))

const sample = (name: string): string[] => paths(JSON.parse(readFileSync(FOLDER + name, 'utf8')))

/** Paths of published shapes too large to be kept as JSON. */
const shape = (method: string): string[] =>
  readFileSync(`${FOLDER}shape.java-json-logs.${method}.paths.txt`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const path = line.split(' ')[0] ?? ''
      return path.split('.').map((_, depth, parts) =>
        parts
          .slice(0, depth + 1)
          .join('.')
          .replaceAll('[]', ''),
      )
    })

describe.skipIf(!there)('payloads have the keys of the real ones', () => {
  let sandbox: Sandbox
  let ts: string
  beforeAll(async () => {
    sandbox = await startSandbox()
    const metadata = { event_type: 'request', event_payload: { id: 'req_1' } }
    const message = { channel: 'C0PROD', text: 'card', blocks: card(), metadata }
    ts = String((await ok(sandbox, 'chat.postMessage', message)).ts)
  })
  afterAll(() => sandbox.stop())

  const last = () => sandbox.lastDelivery()?.payload ?? {}
  const bob = () => sandbox.as('U0BOB')
  const openModal = async () => {
    await bob().click('C0PROD', ts, 'approve')
    const opened = await ok(sandbox, 'views.open', { trigger_id: last().trigger_id, view: modal })
    return (opened.view as { id: string }).id
  }
  /** Ours has all of the real one's keys, and none that no real one has. */
  const compare = (ours: string[], real: string[], known: string[]) => {
    expect(real.filter((path) => !ours.includes(path))).toEqual([])
    expect(ours.filter((path) => !known.includes(path))).toEqual([])
  }
  const without = (real: string[], ...names: string[]) => real.filter((path) => !names.includes(path))
  const everywhere = ['enterprise', 'is_enterprise_install']
  const messages = () => shape('chat.postMessage').concat('message.metadata')

  it('a click in a message', async () => {
    await bob().click('C0PROD', ts, 'approve')
    const real = sample('java.BlockActionPayloadTest.json.block_actions.json')
    // An attachment's container, which cards do not have.
    const needed = real.filter((path) => !/attachment_id|is_app_unfurl/.test(path))
    const known = [...samples(/\.block_actions\.json$/), ...samples(/bolt-python\.block_actions/), ...messages()]
    compare(paths(last()), needed, known)
  })

  it('a click in an ephemeral message', async () => {
    await ok(sandbox, 'chat.postEphemeral', { channel: 'C0PROD', user: 'U0BOB', text: 'psst', blocks: card() })
    await bob().click('C0PROD', bob().ephemerals()[0]?.ts ?? '', 'approve')
    const real = sample('java.BlockActionPayloadTest.jsonWithState.block_actions.json')
    compare(paths(last()), real, [...samples(/block_actions/), ...everywhere])
  })

  it('a click in a modal', async () => {
    const viewId = await openModal()
    await bob().clickInView(viewId, 'more')
    const real = sample('socketmode.python-slack-sdk.interactive.7.json')
      .filter((path) => path.startsWith('payload.'))
      .map((path) => path.replace('payload.', ''))
    // Of a select, not of a button.
    const needed = real.filter((path) => !/selected_option|placeholder/.test(path))
    compare(paths(last()), needed, [...real, ...samples(/block_actions/)])
  })

  it('a submitted modal', async () => {
    await bob().submit(await openModal(), { b: { a: 'because' } })
    const known = [...samples(/view_submission/), ...samples(/ViewSubmissionPayload/)]
    compare(paths(last()), sample('java.ViewSubmissionTest.realPayload.view_submission.json'), known)
  })

  it('a closed modal', async () => {
    await bob().close(await openModal())
    const real = sample('bolt-python.view_closed.body.json').filter((path) => !path.startsWith('team.enterprise'))
    compare(paths(last()), real, [...samples(/view_closed/), ...samples(/ViewClosedPayload/)])
  })

  it('a command', async () => {
    await bob().command('/approvals', 'help')
    const fields = (name: string) => [...new URLSearchParams(readFileSync(FOLDER + name, 'utf8').trim()).keys()]
    const real = fields('java.SlashCommandPayloadTest.body2.form.txt').filter((name) => !name.startsWith('enterprise'))
    compare(Object.keys(last()), real, [...real, 'is_enterprise_install'])
  })

  it('a shortcut, and one of a message', async () => {
    await bob().shortcut('any')
    const known = [...samples(/\.shortcut\.json$|global_shortcut/), ...everywhere, 'user.name']
    compare(paths(last()), sample('java.GlobalShortcutTest.realPayload.shortcut.json'), known)
    const { ts: said } = await bob().say('C0PROD', 'what?')
    await bob().messageShortcut('C0PROD', said, 'any')
    const real = sample('java.MessageShortcutTest.realPayload.message_action.json')
    const ours = paths(last())
    compare(ours, without(real, 'message.client_msg_id'), [
      ...real,
      ...samples(/MessageShortcutPayload\.json$/),
      ...everywhere,
      'user.username',
    ])
  })

  it('the question what an external select offers', async () => {
    const element = { type: 'external_select', action_id: 'pick' }
    await ok(sandbox, 'chat.postEphemeral', {
      channel: 'C0PROD',
      user: 'U0BOB',
      text: 'pick',
      blocks: [{ type: 'actions', elements: [element] }],
    })
    const { ts: whispered = '' } = bob().ephemerals().at(-1) ?? {}
    await expect(bob().click('C0PROD', whispered, 'pick', { choice: 'a' })).rejects.toThrow('has no option a')
    const real = sample('java.BlockSuggestionTest.realPayload.block_suggestion.json')
    compare(paths(last()), real, [...real, ...everywhere])
  })

  it('what people write', async () => {
    const events = ['message.channels', 'app_mention']
    const other = await startSandbox({ seed: { events } })
    await other.as('U0BOB').say('C0PROD', 'hello @countersign')
    const [message, mention] = other.deliveries.map(({ payload }) => paths(payload))
    const real = (name: string) =>
      sample(`socketmode.python-slack-sdk.events_api.${name}.json`)
        .filter((path) => path.startsWith('payload.'))
        .map((path) => path.replace('payload.', ''))
    compare(message ?? [], real('6'), [...real('6'), 'event.blocks'])
    compare(mention ?? [], real('4'), real('4'))
    await other.stop()
  })

  it('an opened Home', async () => {
    await ok(sandbox, 'views.publish', { user_id: 'U0BOB', view: { type: 'home', blocks: [{ type: 'divider' }] } })
    const around = samples(/socketmode.*events_api/).map((path) => path.replace('payload.', ''))
    await bob().openHome()
    const home = sample('java.JsonPayloadExtractorTest.requestBody.event_callback.app_home_opened.json')
    // Slack fills a title in that an app cannot give.
    const needed = home.filter((path) => !path.startsWith('event.view.title.'))
    compare(paths(last()), needed, [...home, ...around, 'event.event_ts'])
  })

  it.each([
    ['subteam_members_changed', /SubteamMembersChangedPayload/],
    ['subteam_updated', /SubteamUpdatedPayload|SubteamUpdatedEvent/],
  ])('a changed group: %s', async (type, pattern) => {
    const other = await startSandbox({ seed: { events: [type] } })
    other.setGroup('S0SEC', { users: ['U0DAVE'] })
    const ours = paths(other.lastDelivery()?.payload)
    expect(ours).toContain('event.type')
    const known = [...samples(pattern), ...samples(/SubteamUpdatedEvent/).map((path) => `event.${path}`)]
    expect(ours.filter((path) => !known.includes(path))).toEqual([])
    await other.stop()
  })

  it('the answers to reads', async () => {
    const bare = (name: string) => sample(name).filter((path) => !/^(error|needed|provided|warning)$/.test(path))
    const user = paths(await ok(sandbox, 'users.info', { user: 'U0BOB' }))
    const userShape = [...bare('shape.java-json-logs.users.info.json'), ...sample('openapi2021.users.info.ok.json')]
    expect(user.filter((path) => !userShape.includes(path))).toEqual([])
    const channel = paths(await ok(sandbox, 'conversations.info', { channel: 'C0SHARED' }))
    expect(channel.filter((path) => !bare('shape.java-json-logs.conversations.info.json').includes(path))).toEqual([])
    const auth = paths(await ok(sandbox, 'auth.test'))
    expect(auth.filter((path) => !bare('shape.java-json-logs.auth.test.json').includes(path))).toEqual([])
    const groups = paths(await ok(sandbox, 'usergroups.list', { include_users: true, include_count: true }))
    expect(sample('openapi2021.usergroups.list.ok.json').filter((path) => !groups.includes(path))).toEqual([])
  })
})
