import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Seen } from '../../src/sandbox/control/differences.ts'
import { streamLive } from '../../src/sandbox/control/live.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { Journal } from '../../src/sandbox/journal.ts'
import { parseJson } from '../../src/sandbox/json.ts'
import { eventually } from '../eventually.ts'
import { call } from './call.ts'
import { control } from './control.ts'

/** What is sent to the sandbox, however much and however deep, neither ends it nor fills the memory. */

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

describe('the sandbox', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.stop())
  const form = async (method: string, fields: Record<string, string>, token = sandbox.botToken) => {
    const headers = { authorization: `Bearer ${token}` }
    const body = new URLSearchParams(fields)
    return (await (await fetch(sandbox.apiUrl + method, { method: 'POST', headers, body })).json()) as object
  }

  it('takes no JSON that is nested deeper than anything of Slack, and goes on', async () => {
    const deep = nested(60_000)
    const posted = await form('chat.postMessage', { channel: 'C0RANDOM', text: 'x', blocks: deep })
    expect(posted).toMatchObject({ ok: false, error: 'invalid_blocks_format' })
    const answer = await fetch(`${sandbox.url}/control/people/U0BOB/say`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: deep,
    })
    expect(answer.status).toBe(400)
    expect((await control(sandbox, 'GET', 'people/U0BOB/screen')).status).toBe(200)
  })

  it('keeps of a call without a known token how much it was, and nothing of what', async () => {
    expect(await form('chat.postMessage', { text: 'hear, hear' }, 'xoxb-wrong')).toMatchObject({
      error: 'invalid_auth',
    })
    expect(sandbox.calls.at(-1)).toMatchObject({
      method: 'chat.postMessage',
      outcome: 'invalid_auth',
      tokenKind: 'unknown',
      args: { '(not kept)': '(cut: 17 characters)' },
    })
  })

  it('keeps the small arguments of a huge call, and says what it has cut', async () => {
    await form('chat.postMessage', { channel: 'C0RANDOM', text: 'x'.repeat(300_000) })
    expect(sandbox.calls.at(-1)?.args).toEqual({ channel: 'C0RANDOM', text: '(cut: 300,002 characters)' })
  })

  it('lets whoever has no token use up neither the rate of the app nor a planned fault', async () => {
    sandbox.fault({ method: 'users.list', kind: 'status', status: 503, times: 1 })
    for (let n = 0; n < 30; n += 1) await form('users.list', {}, 'xoxb-wrong')
    await expect(call(sandbox, 'users.list')).rejects.toThrow()
    expect(sandbox.calls.at(-1)?.outcome).toBe('503')
    expect((await call(sandbox, 'users.list')).body.ok).toBe(true)
  })
})

describe('a journal', () => {
  interface Entry {
    readonly seq: number
    readonly text: string
  }
  const seqs = (journal: Journal<Entry>) => journal.records.map(({ seq }) => seq)

  it('forgets the oldest where all of them are too large, also where one of them grows', () => {
    const journal = new Journal<Entry>(10, 1_000)
    for (let n = 0; n < 5; n += 1) journal.add((seq) => ({ seq, text: 'x'.repeat(280) }))
    expect(seqs(journal)).toEqual([3, 4, 5])
    journal.change(4, { text: 'x'.repeat(600) })
    expect(seqs(journal)).toEqual([4, 5])
    journal.change(4, { text: '' })
    journal.add((seq) => ({ seq, text: 'x'.repeat(280) }))
    expect(seqs(journal)).toEqual([4, 5, 6])
  })

  it('keeps the latest, however large', () => {
    const journal = new Journal<Entry>(10, 1_000)
    journal.add((seq) => ({ seq, text: '' }))
    journal.add((seq) => ({ seq, text: 'x'.repeat(5_000) }))
    expect(seqs(journal)).toEqual([2])
  })
})

it('JSON is read to a depth of a hundred', () => {
  expect(parseJson(nested(100))).toBeDefined()
  expect(parseJson(nested(102))).toBeUndefined()
})

it('a reader of the stream who cannot be told is let go, and nobody else', async () => {
  const changes = new Set<() => void>()
  let isBroken = false
  let revision = 1
  const seen = (): Seen => {
    if (isBroken) throw new Error('this cannot be told')
    return {
      workspace: {} as Seen['workspace'],
      standing: {} as Seen['standing'],
      messages: new Map(),
      people: new Map(),
      calls: [],
      deliveries: [],
    }
  }
  const onChange = (listener: () => void) => {
    changes.add(listener)
    return () => void changes.delete(listener)
  }
  const server = createServer((_, outgoing) =>
    streamLive({ revision: () => revision, now: () => 0, seen, onChange }, outgoing),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { body } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  await reader.read()
  isBroken = true
  revision += 1
  for (const changed of changes) changed()
  const rest = async () => {
    while (!(await reader.read()).done);
  }
  await expect(rest()).rejects.toThrow()
  await eventually(async () => changes.size === 0, 'the reader to be forgotten')
  server.close()
})
