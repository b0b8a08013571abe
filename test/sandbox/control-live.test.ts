import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readEvents } from '../../src/sandbox/client/events.ts'
import type { Seen } from '../../src/sandbox/control/differences.ts'
import { streamLive } from '../../src/sandbox/control/live.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import type { Patch } from '../../src/sandbox/wire.ts'
import { eventually } from '../eventually.ts'
import { call, ok } from './call.ts'
import { control, raw } from './control.ts'

/** `GET /control/live`: what a reader is told, and when. */

interface Reader {
  readonly patches: Patch[]
  /** The patches after the first `count`, once they have reached this revision. */
  after(count: number, revision: number): Promise<readonly Patch[]>
  close(): void
}

async function follow(sandbox: Sandbox, as?: string): Promise<Reader> {
  const stopping = new AbortController()
  const url = `${sandbox.url}/control/live${as === undefined ? '' : `?as=${as}`}`
  const { body, headers } = await fetch(url, { signal: stopping.signal })
  expect(headers.get('content-type')).toBe('text/event-stream')
  const patches: Patch[] = []
  const events = readEvents(body as ReadableStream<Uint8Array>)
  const first = await events.next()
  patches.push(JSON.parse(String(first.value)))
  const reading = async () => {
    for await (const data of events) patches.push(JSON.parse(data))
  }
  reading().catch(() => undefined)
  return {
    patches,
    after: async (count, revision) => {
      await eventually(async () => (patches.at(-1)?.revision ?? 0) >= revision, `revision ${revision}`)
      return patches.slice(count)
    },
    close: () => stopping.abort(),
  }
}

describe('a reader', () => {
  let sandbox: Sandbox
  const readers: Reader[] = []
  const reader = async (as?: string): Promise<Reader> => {
    const one = await follow(sandbox, as)
    readers.push(one)
    return one
  }
  beforeEach(async () => {
    sandbox = await startSandbox({ rateLimits: false })
  })
  afterEach(async () => {
    for (const each of readers.splice(0)) each.close()
    await sandbox.stop()
  })
  const post = (channel: string, text: string, more = {}) => ok(sandbox, 'chat.postMessage', { channel, text, ...more })

  it('who asks for the head alone gets no stream', async () => {
    const { headers, status } = await raw(sandbox.url, '/control/live', {
      method: 'HEAD',
      headers: { host: new URL(sandbox.url).host },
    })
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream'])
  })

  it('is told of a delivery again when it was answered, with what was wrong in the answer', async () => {
    const { patches, after } = await reader()
    const app = createServer((_, outgoing) => outgoing.end('{"blocks":[{"type":"section"}]}'))
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
    sandbox.deliverTo(`http://127.0.0.1:${(app.address() as AddressInfo).port}/`)
    await sandbox.as('U0BOB').command('/wrong', '')
    await after(0, sandbox.revision)
    app.close()
    const told = patches.flatMap(({ deliveries = [] }) => deliveries)
    expect(told.map(({ seq }) => new Set([seq]))).toEqual(told.map(() => new Set([1])))
    expect(told.at(-1)).toMatchObject({ result: { acked: true }, problems: ['invalid_blocks', expect.any(String)] })
  })

  it('is told everything first', async () => {
    await post('C0PROD', 'before')
    await ok(sandbox, 'chat.postEphemeral', { channel: 'C0PROD', user: 'U0BOB', text: 'for Bob' })
    sandbox.fault({ method: 'users.info', kind: 'status', status: 503 })
    const { patches } = await reader()
    const [first] = patches
    expect(first).toMatchObject({
      first: true,
      revision: sandbox.revision,
      workspace: sandbox.facts(),
      standing: { connections: 0, requestUrl: null, protocolFaults: [], faults: [{ left: null }] },
      messages: [{ channel: 'C0PROD', text: 'before' }],
      people: { U0BOB: { ephemerals: [{ text: 'for Bob' }] } },
      deliveries: [],
    })
    expect(first?.calls?.map(({ method, outcome }) => [method, outcome])).toEqual([
      ['chat.postMessage', 'ok'],
      ['chat.postEphemeral', 'ok'],
    ])
    expect(Math.abs((first?.now ?? 0) - Date.now())).toBeLessThan(5_000)
  })

  it('is then told what changed, and nothing else', async () => {
    const one = await reader()
    const { ts } = await post('C0PROD', 'first')
    await post('C0AUDIT', 'second')
    await one.after(1, sandbox.revision)
    const count = one.patches.length
    await ok(sandbox, 'chat.update', { channel: 'C0PROD', ts, text: 'changed' })
    const told = await one.after(count, sandbox.revision)
    expect(told.flatMap(({ messages = [] }) => messages)).toEqual([sandbox.message('C0PROD', String(ts))])
    expect(told.flatMap(({ calls = [] }) => calls).at(-1)).toMatchObject({ method: 'chat.update', outcome: 'ok' })
    for (const patch of told) {
      for (const member of ['first', 'workspace', 'standing', 'people', 'removed', 'deliveries'])
        expect(patch).not.toHaveProperty(member)
    }
    const before = one.patches.length
    await ok(sandbox, 'chat.delete', { channel: 'C0PROD', ts })
    sandbox.setGroup('S0DATA', { users: ['U0ERIN'] })
    sandbox.deliverTo('http://127.0.0.1:9/')
    const gone = await one.after(before, sandbox.revision)
    expect(gone.flatMap(({ removed = [] }) => removed)).toEqual([{ channel: 'C0PROD', ts }])
    const groups = gone.flatMap(({ workspace }) => workspace?.groups ?? [])
    expect(groups.find(({ id }) => id === 'S0DATA')?.users).toEqual(['U0ERIN'])
    expect(gone.flatMap(({ standing }) => standing?.requestUrl ?? [])).toContain('http://127.0.0.1:9/')
  })

  it('who looks with the eyes of a person sees what is hers, and of the channels what she may', async () => {
    sandbox.setChannel('G0SECRET', { is_member: true, members: ['U0CAROL'] })
    const [bob, carol, guest] = [await reader('U0BOB'), await reader('U0CAROL'), await reader('U0GUEST')]
    const names = (one: Reader) => one.patches[0]?.workspace?.channels.map(({ name }) => name)
    expect(names(carol)).toContain('secret')
    expect(names(bob)).not.toContain('secret')
    await post('G0SECRET', 'a secret')
    await post('C0PROD', 'in the open')
    await post('U0GUEST', 'to the guest alone')
    await ok(sandbox, 'chat.postEphemeral', { channel: 'C0PROD', user: 'U0BOB', text: 'to Bob alone' })
    const texts = async (one: Reader) => {
      const patches = await one.after(0, sandbox.revision)
      const told = patches.flatMap(({ messages = [], people = {} }) => [
        ...messages,
        ...Object.values(people).flatMap(({ ephemerals = [] }) => ephemerals),
      ])
      return told.map(({ text }) => text).sort()
    }
    expect(await texts(bob)).toEqual(['in the open', 'to Bob alone'])
    expect(await texts(carol)).toEqual(['a secret', 'in the open'])
    expect(await texts(guest)).toEqual(['in the open', 'to the guest alone'])
  })

  it('who is let into a channel is told what was said there; who is put out sees it go', async () => {
    sandbox.setChannel('G0SECRET', { is_member: true, members: ['U0CAROL'] })
    const { ts } = await post('G0SECRET', 'a secret')
    const bob = await reader('U0BOB')
    sandbox.setChannel('G0SECRET', { members: ['U0CAROL', 'U0BOB'] })
    const seen = await bob.after(1, sandbox.revision)
    expect(seen.flatMap(({ messages = [] }) => messages.map(({ text }) => text))).toEqual(['a secret'])
    const count = bob.patches.length
    sandbox.setChannel('G0SECRET', { members: ['U0CAROL'] })
    const left = await bob.after(count, sandbox.revision)
    expect(left.flatMap(({ removed = [] }) => removed)).toEqual([{ channel: 'G0SECRET', ts }])
  })

  it('what changes within one turn is one event', async () => {
    const one = await reader()
    for (let n = 0; n < 50; n += 1) sandbox.setUser('U0BOB', { real_name: `Bob ${n}` })
    const told = await one.after(1, sandbox.revision)
    const people = told.flatMap(({ workspace }) => (workspace ? [workspace.people] : []))
    expect(people.at(-1)?.find(({ id }) => id === 'U0BOB')?.real_name).toBe('Bob 49')
    expect(told.length).toBeLessThan(10)
  })

  it('a person begins with the latest 500 calls, and is told of every later one', async () => {
    for (let n = 0; n < 510; n += 1) await call(sandbox, 'auth.test')
    const bob = await reader('U0BOB')
    expect(bob.patches[0]?.calls?.map(({ seq }) => seq)).toEqual(Array.from({ length: 500 }, (_, n) => n + 11))
    await call(sandbox, 'auth.test')
    const later = await bob.after(1, sandbox.revision)
    expect(later.flatMap(({ calls = [] }) => calls).at(-1)).toMatchObject({ seq: 511, outcome: 'ok' })
    expect((await reader()).patches[0]?.calls).toHaveLength(511)
  })

  it('the same once, without staying', async () => {
    await post('C0PROD', 'seen')
    const { body } = await control(sandbox, 'GET', 'people/U0BOB/screen')
    expect(body).toMatchObject({ first: true, messages: [{ text: 'seen' }] })
    expect((await control(sandbox, 'GET', 'people/U0NOBODY/screen')).status).toBe(404)
    expect((await control(sandbox, 'GET', 'live?as=U0NOBODY')).status).toBe(404)
  })

  it('a reader who goes is forgotten', async () => {
    const one = await reader()
    one.close()
    for (let n = 0; n < 20; n += 1) sandbox.setUser('U0BOB', { real_name: `Bob ${n}` })
    expect((await control(sandbox, 'GET', 'workspace')).status).toBe(200)
  })
})

describe('a reader who does not read', () => {
  it('costs no more memory than what is there, and sees the end all the same', async () => {
    const filler = 'x'.repeat(300_000)
    let revision = 0
    const listeners = new Set<() => void>()
    let message = { ts: '1.0', channel: 'C0PROD', user: 'U0BOT', text: '', blocks: [] }
    const seen = (): Seen => ({
      workspace: NOTHING,
      standing: { connections: 0, requestUrl: null, faults: [], protocolFaults: [] },
      messages: new Map([['C0PROD', [message]]]),
      people: new Map(),
      calls: [],
      deliveries: [],
    })
    const source = {
      seen,
      revision: () => revision,
      now: () => 0,
      onChange: (listener: () => void) => {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    }
    let outgoing: ServerResponse | undefined
    const server = createServer((_, answer) => {
      outgoing = answer
      streamLive(source, answer)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    const change = () => {
      revision += 1
      message = { ...message, text: `${revision} ${filler}` }
      for (const listener of listeners) listener()
    }
    socket.pause()
    await eventually(async () => {
      change()
      return outgoing?.writableNeedDrain === true
    }, 'the socket to be full')
    const waiting = outgoing?.writableLength ?? 0
    for (let n = 0; n < 200; n += 1) change()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(outgoing?.writableLength).toBe(waiting)
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    socket.resume()
    await eventually(async () => text.includes(`"text":"${revision} x`), 'the latest state')
    expect(text.split('\ndata: ').length).toBeLessThan(revision / 2)
    socket.destroy()
    await eventually(async () => listeners.size === 0, 'the reader to be forgotten')
    server.close()
  })
})

const NOTHING = {
  team: { id: 'T0', domain: '', name: '' },
  app: { id: 'A0', name: '', botUserId: 'U0BOT', botId: 'B0' },
  people: [],
  groups: [],
  channels: [],
  commands: [],
  shortcuts: [],
}
