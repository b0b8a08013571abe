import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { call } from './call.ts'

/** Any page in any browser can open a WebSocket to this machine; none may end the sandbox, or be let in. */

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.stop())

const address = async () => String((await call(sandbox, 'apps.connections.open', {}, sandbox.appToken)).body.url)

/** The status of the refusal; 101 where it was let in. */
async function knock(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const socket = new WebSocket(url, { headers })
  socket.on('error', () => undefined)
  const answered = Promise.race([
    once(socket, 'unexpected-response').then(([, { statusCode }]) => Number(statusCode)),
    once(socket, 'open').then(() => 101),
  ])
  const status = await answered
  socket.terminate()
  return status
}

const handshake = (path: string, host: string) =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`

it('an address that no URL has is a bad request, and the sandbox goes on', async () => {
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1')
  socket.end(handshake('//', new URL(sandbox.url).host))
  const [head] = await once(socket, 'data')
  expect(String(head)).toMatch(/^HTTP\/1\.1 400 /)
  expect((await call(sandbox, 'auth.test')).body.ok).toBe(true)
})

it.each([
  { origin: 'https://attacker.example' },
  { origin: 'null' },
  { host: 'attacker.example' },
  { 'sec-fetch-site': 'cross-site' },
])('a page of another site is refused even with a ticket (%o), without a word in the journal', async (headers) => {
  const url = await address()
  const before = sandbox.revision
  expect(await knock(url, headers as Record<string, string>)).toBe(403)
  expect(sandbox.revision).toBe(before)
  expect(await knock(url)).toBe(101)
})

it('a WebSocket client that names the address it calls as its origin is let in', async () => {
  expect(await knock(await address(), { origin: sandbox.url })).toBe(101)
})

it("Python's SDK, which leaves the port out of the Host, is let in, and no page with it", async () => {
  const url = await address()
  expect(await knock(url, { host: '127.0.0.1', origin: 'http://127.0.0.1' })).toBe(403)
  expect(await knock(url, { host: '127.0.0.1' })).toBe(101)
})

it('whoever resets the connection during the handshake ends nothing but it', async () => {
  const { port, host } = new URL(sandbox.url)
  for (let n = 0; n < 20; n += 1) {
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    socket.write(handshake('/link?ticket=none', host), () => socket.resetAndDestroy())
    await closed
  }
  expect((await call(sandbox, 'auth.test')).body.ok).toBe(true)
})
