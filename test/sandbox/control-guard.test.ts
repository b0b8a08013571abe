import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { raw } from './control.ts'

/** The workspace trusts whoever sits at the machine, and none of the other sites in her browser. */

let sandbox: Sandbox
let port: string
const beside: string[] = []
beforeAll(async () => {
  const handle: NonNullable<Parameters<typeof startSandbox>[0]>['site'] = {
    page: 'sandbox',
    handle: (incoming, outgoing) => {
      beside.push(incoming.url ?? '')
      outgoing.end('beside')
    },
  }
  sandbox = await startSandbox({ site: handle })
  port = new URL(sandbox.url).port
})
afterAll(() => sandbox.stop())

const PATHS = [
  '/',
  '/assets/main.js',
  '/favicon.ico',
  '/beside/x',
  '/control/workspace',
  '/control/credentials',
  '/control/live',
]

describe.each(PATHS)('%s', (path) => {
  it.each([
    'attacker.example',
    'attacker.example:4040',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1.attacker.example',
    '0.0.0.0',
  ])('is refused to whoever came by the name %j (DNS rebinding)', async (host) => {
    const answer = await raw(sandbox.url, path, { headers: { host } })
    expect(answer).toMatchObject({ status: 403, headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(answer.text)).toEqual({ error: expect.stringContaining(`http://127.0.0.1:${port}`) })
  })

  it.each(['https://attacker.example', 'null', 'http://localhost:1', 'http://127.0.0.1'])(
    'is refused to the pages of %s (CSRF)',
    async (origin) => {
      const answer = await raw(sandbox.url, path, { headers: { host: `127.0.0.1:${port}`, origin } })
      expect(answer).toMatchObject({ status: 403 })
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    },
  )

  it.each(['cross-site', 'same-site'])('is refused to what a browser calls %s', async (site) => {
    const headers = { host: `127.0.0.1:${port}`, 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }
    expect((await raw(sandbox.url, path, { headers })).status).toBe(403)
  })
})

it('nothing that was refused reached what stands beside', () => {
  expect(beside).toEqual([])
})

it.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST'])(
  'whoever comes by the name %s is let in, with and without an Origin',
  async (name) => {
    const host = `${name}:${port}`
    expect((await raw(sandbox.url, '/control/workspace', { headers: { host } })).status).toBe(200)
    const headers = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
    expect((await raw(sandbox.url, '/beside/x', { headers })).text).toBe('beside')
  },
)

it('a link on another site may open the page, and nothing else', async () => {
  const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  const headers = { host: `127.0.0.1:${port}`, ...navigation }
  expect((await raw(sandbox.url, '/', { headers })).status).not.toBe(403)
  expect((await raw(sandbox.url, '/control/credentials', { headers })).status).toBe(403)
  expect((await raw(sandbox.url, '/', { headers: { ...headers, 'sec-fetch-dest': 'iframe' } })).status).toBe(403)
  expect((await raw(sandbox.url, '/', { method: 'POST', headers })).status).toBe(403)
})

it.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  '',
])('a body of type %j, which any form can send, changes nothing', async (type) => {
  const before = sandbox.revision
  const answer = await raw(sandbox.url, '/control/clock', {
    method: 'POST',
    headers: { host: `127.0.0.1:${port}`, ...(type === '' ? {} : { 'content-type': type }), 'content-length': '17' },
    body: '{"advanceMs":999}',
  })
  expect(answer.status).toBe(415)
  expect(sandbox.revision).toBe(before)
})

describe.each(['/api/auth.test', '/actions/T0SANDBOX/x/y', '/nowhere'])('%s, of Slack itself,', (path) => {
  const FOREIGN: readonly Readonly<Record<string, string>>[] = [
    { host: 'attacker.example' },
    { origin: 'https://attacker.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]

  it.each(FOREIGN)('is refused to the pages of other sites (%o), and nothing of it is kept', async (foreign) => {
    const before = sandbox.revision
    const headers = { host: `127.0.0.1:${port}`, authorization: `Bearer ${sandbox.botToken}`, ...foreign }
    const type = 'application/x-www-form-urlencoded'
    const body = 'blocks=[]'
    const sent = { ...headers, 'content-type': type, 'content-length': String(body.length) }
    expect((await raw(sandbox.url, path, { method: 'POST', headers: sent, body })).status).toBe(403)
    expect(sandbox.revision).toBe(before)
  })
})

it('an app is let in by every name of this machine', async () => {
  for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
    const headers = { host: `${name}:${port}`, authorization: `Bearer ${sandbox.botToken}`, 'content-length': '0' }
    const answer = await raw(sandbox.url, '/api/auth.test', { method: 'POST', headers })
    expect(JSON.parse(answer.text)).toMatchObject({ ok: true })
  }
})

it('an address that no URL has is a bad request, and the sandbox goes on', async () => {
  const headers = { host: `127.0.0.1:${port}` }
  expect((await raw(sandbox.url, '//', { headers })).status).toBe(400)
  expect((await raw(sandbox.url, '/control/workspace', { headers })).status).toBe(200)
})
