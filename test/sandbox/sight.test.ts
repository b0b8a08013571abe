import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { channelsOf, messagesOf } from '../../src/sandbox/sight.ts'
import { Workspace } from '../../src/sandbox/workspace.ts'
import { ok } from './call.ts'

const member = (id: string, more: object = {}) => ({ id, name: id.slice(2).toLowerCase(), ...more })

describe('what a person sees', () => {
  const workspace = new Workspace({
    users: [
      member('U0ALICE'),
      member('U0GUEST', { is_restricted: true }),
      member('U0STRANGER', { is_stranger: true, team_id: 'T0ELSEWHERE' }),
      member('U0GONE', { deleted: true }),
    ],
    channels: [
      { id: 'C0OPEN', name: 'open', members: [] },
      { id: 'C0JOINED', name: 'joined', members: ['U0GUEST', 'U0GONE'] },
      { id: 'C0SHARED', name: 'shared', is_ext_shared: true, members: ['U0STRANGER'] },
      { id: 'G0CLOSED', name: 'closed', is_private: true, is_member: false, members: ['U0ALICE'] },
      { id: 'G0OTHERS', name: 'others', is_private: true, members: [] },
    ],
  })
  workspace.dm('U0ALICE')
  workspace.dm('U0GUEST')

  it.each([
    ['a member of the team', 'U0ALICE', ['C0OPEN', 'C0JOINED', 'C0SHARED', 'G0CLOSED', 'D0ALICE']],
    ['a guest', 'U0GUEST', ['C0JOINED', 'D0GUEST']],
    ['somebody of another team', 'U0STRANGER', ['C0SHARED']],
    ['somebody who has left', 'U0GONE', []],
    ['nobody', 'U0NOBODY', []],
    ['the bot', 'U0SANDBOXAPP', ['C0OPEN', 'C0JOINED', 'C0SHARED', 'G0OTHERS', 'D0ALICE', 'D0GUEST']],
  ])('%s', (_, userId, seen) => {
    expect(channelsOf(workspace, userId).map(({ id }) => id)).toEqual(seen)
  })

  it('is the same list while nothing was said in a channel, and another one after', () => {
    const said = (userId: string, channel: string) => messagesOf(workspace, userId).get(channel)
    workspace.post('C0OPEN', { text: 'one', blocks: [] })
    const before = said('U0ALICE', 'C0OPEN')
    expect(before?.map(({ text }) => text)).toEqual(['one'])
    workspace.post('C0JOINED', { text: 'elsewhere', blocks: [] })
    expect(said('U0ALICE', 'C0OPEN')).toBe(before)
    workspace.post('C0OPEN', { text: 'two', blocks: [] })
    expect(said('U0ALICE', 'C0OPEN')).not.toBe(before)
    expect(before).toHaveLength(1)
    expect(said('U0GUEST', 'C0OPEN')).toBeUndefined()
  })
})

describe('whoever mirrors the workspace', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox({ seed: { appName: 'Mirror' } })
  })
  afterEach(() => sandbox.stop())

  it('hears of every change with a growing revision, until it has heard enough', async () => {
    const heard: number[] = []
    const end = sandbox.onChange((revision) => void heard.push(revision))
    await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'x' })
    sandbox.setUser('U0BOB', { is_admin: true })
    expect(heard.length).toBeGreaterThan(2)
    expect(heard).toEqual(heard.toSorted((a, b) => a - b))
    expect(new Set(heard).size).toBe(heard.length)
    expect(heard.at(-1)).toBe(sandbox.revision)
    end()
    sandbox.setUser('U0BOB', { is_admin: false })
    expect(heard.at(-1)).toBeLessThan(sandbox.revision)
  })

  it('finds a changed message by its identity, and the others as they were', async () => {
    const { ts } = await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'one' })
    await ok(sandbox, 'chat.postMessage', { channel: 'C0PROD', text: 'two' })
    const before = sandbox.messages('C0PROD')
    await ok(sandbox, 'chat.update', { channel: 'C0PROD', ts, text: 'changed' })
    const [first, second] = sandbox.messages('C0PROD')
    expect(first).not.toBe(before[0])
    expect(second).toBe(before[1])
    expect(before[0]?.text).toBe('one')
  })

  it('gets the same facts while they are the same', async () => {
    const before = sandbox.facts()
    expect(before).toMatchObject({ app: { name: 'Mirror', botUserId: sandbox.botUserId }, commands: [], shortcuts: [] })
    expect(await ok(sandbox, 'auth.test')).toMatchObject({ user: 'mirror', user_id: sandbox.botUserId })
    await ok(sandbox, 'conversations.open', { users: 'U0BOB' })
    expect(sandbox.facts()).toBe(before)
    sandbox.setUser('U0BOB', { deleted: true })
    expect(sandbox.facts()).not.toBe(before)
    expect(sandbox.facts().people.find(({ id }) => id === 'U0BOB')?.deleted).toBe(true)
  })

  it('is told how the app is connected', () => {
    expect(sandbox.standing()).toEqual({ connections: 0, requestUrl: null, faults: [], protocolFaults: [] })
    const before = sandbox.revision
    sandbox.deliverTo('http://127.0.0.1:9/')
    expect(sandbox.standing().requestUrl).toBe('http://127.0.0.1:9/')
    expect(sandbox.revision).toBeGreaterThan(before)
  })
})
