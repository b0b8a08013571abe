import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { call, ok } from './call.ts'

describe('the Web API', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.stop())

  const errorOf = async (method: string, args: Record<string, unknown> = {}, token?: string | null) =>
    (await call(sandbox, method, args, token)).body.error

  it('takes the right kind of token alone', async () => {
    expect(await errorOf('auth.test', {}, null)).toBe('not_authed')
    expect(await errorOf('auth.test', {}, 'xoxb-other')).toBe('invalid_auth')
    expect(await errorOf('chat.postMessage', {}, sandbox.appToken)).toBe('not_allowed_token_type')
    expect(await errorOf('apps.connections.open')).toBe('invalid_auth')
    expect(await errorOf('apps.connections.open', {}, sandbox.appToken)).toBeUndefined()
    const got = await fetch(`${sandbox.apiUrl}apps.connections.open?token=${sandbox.appToken}`)
    expect(await got.json()).toMatchObject({ ok: false, error: 'insecure_request' })
  })

  it('takes the token as an argument too, and keeps it out of the call log', async () => {
    expect((await call(sandbox, 'auth.test', { token: sandbox.botToken }, null)).body.ok).toBe(true)
    expect(sandbox.calls.at(-1)).toMatchObject({ method: 'auth.test', args: {}, outcome: 'ok', tokenKind: 'bot' })
    expect(JSON.stringify(sandbox.calls)).not.toContain(sandbox.botToken)
  })

  it('names the scope that is missing', async () => {
    expect((await call(sandbox, 'team.info')).body).toMatchObject({
      error: 'missing_scope',
      needed: 'team:read',
      provided: expect.stringContaining('chat:write,commands'),
    })
    const bare = await startSandbox({ seed: { scopes: ['users:read'] } })
    const info = (await call(bare, 'users.info', { user: 'U0BOB' })).body
    expect(info).not.toHaveProperty('user.profile.email')
    expect((await call(bare, 'users.lookupByEmail', { email: 'bob@example.com' })).body.error).toBe('missing_scope')
    await bare.stop()
  })

  it('knows neither foreign methods nor broken arguments', async () => {
    expect(await errorOf('files.upload')).toBe('unknown_method')
    expect(await errorOf('constructor')).toBe('unknown_method')
    expect(await errorOf('users.info')).toBe('invalid_arguments')
    expect(await errorOf('chat.postMessage', { channel: 'C0PROD', blocks: '{no json' })).toBe('invalid_blocks_format')
    expect(await errorOf('chat.postMessage', { channel: 'C0PROD' })).toBe('no_text')
  })

  it('reads JSON bodies and warns where their charset is missing', async () => {
    const send = async (type: string) => {
      const headers = { authorization: `Bearer ${sandbox.botToken}`, 'content-type': type }
      const body = JSON.stringify({ channel: 'C0PROD', text: 'hello' })
      return (await fetch(`${sandbox.apiUrl}chat.postMessage`, { method: 'POST', headers, body })).json()
    }
    expect(await send('application/json')).toMatchObject({ ok: true, warning: 'missing_charset' })
    expect(await send('application/json; charset=utf-8')).not.toHaveProperty('warning')
    expect(sandbox.messages('C0PROD').map((message) => message.text)).toEqual(['hello', 'hello'])
  })

  it('refuses to post where the bot may not', async () => {
    const post = (channel: string) => errorOf('chat.postMessage', { channel, text: 'x' })
    expect(await post('C0NOWHERE')).toBe('channel_not_found')
    expect(await post('G0SECRET')).toBe('channel_not_found')
    sandbox.setChannel('C0PROD', { is_member: false })
    expect(await post('C0PROD')).toBe('not_in_channel')
    sandbox.setChannel('C0RANDOM', { is_archived: true })
    expect(await post('C0RANDOM')).toBe('is_archived')
    expect(await errorOf('chat.postEphemeral', { channel: 'C0AUDIT', user: 'U0STRANGER', text: 'x' })).toBe(
      'user_not_in_channel',
    )
  })

  it('edits and deletes its own messages alone, and marks the edit', async () => {
    const { ts } = await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'first' })
    const at = { channel: 'C0PROD', ts }
    expect(sandbox.message('C0PROD', String(ts))).not.toHaveProperty('edited')
    expect(await errorOf('chat.update', { ...at, text: 'x'.repeat(4_001) })).toBe('msg_too_long')
    await ok(sandbox, 'chat.update', { ...at, text: 'x'.repeat(4_000) })
    expect(sandbox.message('C0PROD', String(ts))?.edited?.user).toBe(sandbox.botUserId)
    expect(await errorOf('chat.update', { channel: 'C0PROD', ts: '1.000001', text: 'x' })).toBe('message_not_found')
    await ok(sandbox, 'chat.delete', at)
    expect(sandbox.messages('C0PROD')).toEqual([])
    expect(await errorOf('chat.update', { ...at, text: 'x' })).toBe('message_not_found')
  })

  it('cuts a text after 40,000 characters and says so', async () => {
    const { body } = await call(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'x'.repeat(40_001) })
    expect(body).toMatchObject({ ok: true, warning: 'message_truncated' })
    expect(sandbox.messages('C0PROD')[0]?.text).toHaveLength(40_000)
  })

  it('hands out history newest first, threads apart, metadata only on request', async () => {
    const metadata = { event_type: 'request', event_payload: { id: 'req_1', parts: [{ n: 1 }] } }
    const { ts } = await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'one', metadata })
    await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'reply', thread_ts: ts })
    await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'two' })
    const texts = (answer: Record<string, unknown>) => (answer.messages as { text: string }[]).map((each) => each.text)
    const history = await ok(sandbox, 'conversations.history', { channel: 'C0PROD' })
    expect(texts(history)).toEqual(['two', 'one'])
    expect(JSON.stringify(history)).not.toContain('req_1')
    const withMetadata = { channel: 'C0PROD', include_all_metadata: true, oldest: ts, inclusive: true }
    expect(await ok(sandbox, 'conversations.history', withMetadata)).toMatchObject({ messages: [{}, { metadata }] })
    expect(texts(await ok(sandbox, 'conversations.replies', { channel: 'C0PROD', ts }))).toEqual(['one', 'reply'])
    const deep = { event_type: 'request', event_payload: { a: { b: { c: 1 } } } }
    expect(await errorOf('chat.postMessage', { channel: 'C0PROD', text: 'x', metadata: deep })).toBe(
      'invalid_metadata_schema',
    )
    expect(await errorOf('chat.postMessage', { channel: 'C0PROD', text: 'x', metadata: '{' })).toBe(
      'invalid_metadata_format',
    )
  })

  it('pages through lists with a cursor', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const answer = await ok(sandbox, 'users.list', { limit: 5, cursor })
      seen.push(...(answer.members as { id: string }[]).map((each) => each.id))
      cursor = (answer.response_metadata as { next_cursor: string }).next_cursor
    } while (cursor !== '')
    expect(seen).toHaveLength(13)
    expect(new Set(seen)).toContain('U0GONE')
    expect(await errorOf('users.list', { cursor: 'bm9wZQ==' })).toBe('invalid_cursor')
  })

  it('says who people are: guests, strangers, bots and those who left', async () => {
    const user = async (id: string) => (await ok(sandbox, 'users.info', { user: id })).user as Record<string, unknown>
    const alice = { is_restricted: false, is_bot: false, profile: { email: 'alice@example.com' } }
    expect(await user('U0ALICE')).toMatchObject(alice)
    expect(await user('U0ALICE')).not.toHaveProperty('is_stranger')
    expect(await user('U0GUEST1')).toMatchObject({ is_restricted: true, is_ultra_restricted: true })
    expect(await user('U0STRANGER')).toMatchObject({ is_stranger: true, team_id: 'T0ELSEWHERE' })
    expect(await user('U0WFBOT')).toMatchObject({ is_bot: true, is_workflow_bot: true })
    expect(await user('U0GONE')).toMatchObject({ deleted: true })
    expect(await errorOf('users.info', { user: 'U0NOBODY' })).toBe('user_not_found')
    expect(await errorOf('users.lookupByEmail', { email: 'gone@example.com' })).toBe('users_not_found')
    const found = await ok(sandbox, 'users.lookupByEmail', { email: 'Bob@Example.com' })
    expect(found).toMatchObject({ user: { id: 'U0BOB' } })
  })

  it('lists the members of a group, but not of one that is disabled', async () => {
    const usergroup = 'S0DATA'
    expect(await ok(sandbox, 'usergroups.users.list', { usergroup })).toMatchObject({ users: ['U0BOB', 'U0CAROL'] })
    expect(await errorOf('usergroups.users.list', { usergroup: 'S0NONE' })).toBe('no_such_subteam')
    sandbox.setGroup(usergroup, { date_delete: 1_700_000_001 })
    expect(await errorOf('usergroups.users.list', { usergroup })).toBe('no_such_subteam')
    expect(await ok(sandbox, 'usergroups.users.list', { usergroup, include_disabled: true })).toHaveProperty('users')
  })

  it('opens a direct conversation, which only that person sees', async () => {
    const opened = await ok(sandbox, 'conversations.open', { users: 'U0BOB' })
    const channel = (opened.channel as { id: string }).id
    await ok(sandbox, 'chat.postMessage', { channel, text: 'psst' })
    await ok(sandbox, 'chat.postMessage', { channel: 'U0BOB', text: 'psst again' })
    expect(sandbox.as('U0BOB').dms()).toHaveLength(2)
    expect(sandbox.as('U0CAROL').dms()).toEqual([])
    expect(await errorOf('conversations.open', { users: 'U0GONE' })).toBe('user_disabled')
  })

  it('takes no token any more once it is revoked or the app is removed', async () => {
    sandbox.revokeTokens()
    expect(await errorOf('auth.test')).toBe('token_revoked')
    sandbox.uninstall()
    expect(await errorOf('auth.test')).toBe('account_inactive')
  })
})
