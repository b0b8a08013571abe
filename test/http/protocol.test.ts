import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type TestHouse } from './house.ts'
import { answers, ask, call, rawExchange } from './wire.ts'

let house: TestHouse
let key: string
let id: string

beforeAll(async () => {
  house = await openHouse()
  key = (await house.client()).key
  id = (await ask(house, key, { action: 'data.export', environment: 'production' })).json.id
})
afterAll(() => house.close())

describe('I12: methods and paths', () => {
  const paths = [
    '/v1/requests',
    '/v1/requests/ID',
    '/v1/requests/ID/cancel',
    '/v1/requests/ID/consume',
    '/v1/requests/ID/complete',
  ]
  const allowed: Record<string, string> = {
    '/v1/requests': 'POST, GET, HEAD, OPTIONS',
    '/v1/requests/ID': 'GET, HEAD, OPTIONS',
    '/healthz': 'GET, HEAD, OPTIONS',
    '/readyz': 'GET, HEAD, OPTIONS',
    '/metrics': 'GET, HEAD, OPTIONS',
    '/openapi.json': 'GET, HEAD, OPTIONS',
    '/.well-known/jwks.json': 'GET, HEAD, OPTIONS',
  }

  test.each([...new Set([...paths, ...Object.keys(allowed)])])(
    '%s says 405 with Allow to what it does not do',
    async (path) => {
      const allow = allowed[path] ?? 'POST, OPTIONS'
      for (const method of [
        'PUT',
        'DELETE',
        'PATCH',
        'TRACE',
        'PROPFIND',
        ...(allow.includes('GET') ? [] : ['GET', 'HEAD']),
      ]) {
        const answer = await call(house, method, path.replace('ID', id), { key })
        expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, allow])
        expect(answer.headers['content-type']).toBe('application/problem+json')
        if (method !== 'HEAD') expect(answer.json.code).toBe('method_not_allowed')
      }
      const options = await call(house, 'OPTIONS', path.replace('ID', id), {
        headers: { origin: 'https://evil.example' },
      })
      expect([options.status, options.headers.allow, options.text]).toEqual([204, allow, ''])
      expect(Object.keys(options.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    },
  )

  test.each([
    '/',
    '//',
    '/v1',
    '/v1/',
    '/v1/requests/',
    '//v1/requests',
    '/v1//requests',
    '/V1/requests',
    '/v1/requests/ID/',
    '/v1/requests/ID/approve',
    '/v1/requests/ID/events',
    '/v1/requests/ID/evidence',
    '/v1/audit',
    '/v1/audit/checkpoint',
    '/healthz/',
    '/favicon.ico',
    '/%2e%2e/etc/passwd',
    '/v1/requests/a/b/c',
    `/${'a'.repeat(8000)}`,
    `/?${'&a'.repeat(4000)}`,
    '/slack/eventsx',
    '/slack',
  ])('%s is 404 as a problem', async (path) => {
    const answer = await call(house, 'GET', path.replace('ID', id), { key })
    expect([answer.status, answer.json.code, answer.headers['content-type']]).toEqual([
      404,
      'not_found',
      'application/problem+json',
    ])
  })

  test('HEAD answers as GET does, without the body', async () => {
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => call(house, method, `/v1/requests/${id}`, { key })),
    )
    expect([head?.status, head?.text, head?.headers['content-length']]).toEqual([
      200,
      '',
      get?.headers['content-length'],
    ])
    expect((await call(house, 'HEAD', '/healthz')).status).toBe(200)
    expect((await call(house, 'HEAD', '/nope')).status).toBe(404)
  })

  test('too large a head is 431, as a problem', async () => {
    for (const head of [
      `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`,
    ]) {
      const { text, closed } = await rawExchange(house, head)
      expect([answers(text), closed]).toEqual([[{ status: 431, code: 'headers_too_large' }], true])
      expect(text).toContain('content-type: application/problem+json')
    }
  })

  test('POST /slack/events is handed to the Slack door, as it is', async () => {
    const answer = await call(house, 'POST', '/slack/events', {
      raw: 'payload=x',
      headers: { 'content-type': 'text/plain' },
    })
    expect([answer.status, answer.text, answer.headers['x-door']]).toEqual([200, 'slack', 'slack'])
  })
})

const POST = `POST /v1/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer `

describe('I15: what two readers could read differently is refused, and the connection closed', () => {
  const smuggled = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
  test.each<[string, (head: string) => string]>([
    ['CL.TE', (head) => `${head}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG${smuggled}`],
    ['TE.CL', (head) => `${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${smuggled}0\r\n\r\n`],
    ['two lengths', (head) => `${head}Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}${smuggled}`],
    ['two lengths in one', (head) => `${head}Content-Length: 2, 30\r\n\r\n{}${smuggled}`],
    ['a signed length', (head) => `${head}Content-Length: +2\r\n\r\n{}`],
    ['a negative length', (head) => `${head}Content-Length: -2\r\n\r\n{}`],
    ['a hexadecimal length', (head) => `${head}Content-Length: 0x2\r\n\r\n{}`],
    ['an unknown coding', (head) => `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['chunked and another', (head) => `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a chunk size that is none', (head) => `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ['a space before the colon', (head) => `${head}Content-Length : 2\r\n\r\n{}${smuggled}`],
    ['bare line feeds', (head) => `${head.replaceAll('\r\n', '\n')}Content-Length: 2\n\n{}`],
    ['one bare line feed', (head) => `${head}X: a\nContent-Length: 2\r\n\r\n{}`],
    ['a bare carriage return', (head) => `${head}X: a\rContent-Length: 2\r\n\r\n{}`],
    ['a folded header', (head) => `${head}Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n\r\n{}`],
    ['a NUL in a header', (head) => `${head}X: a\u0000b\r\nContent-Length: 2\r\n\r\n{}`],
    ['a name that is none', (head) => `${head}X(y): 1\r\nContent-Length: 2\r\n\r\n{}`],
    ['no host', (head) => `${head.replace('Host: x\r\n', '')}Content-Length: 2\r\n\r\n{}`],
    ['two hosts', (head) => `${head}Host: y\r\nContent-Length: 2\r\n\r\n{}`],
    ['a method in lower case', (head) => `${head.replace('POST', 'post')}Content-Length: 2\r\n\r\n{}`],
    ['HTTP/0.9', () => 'GET /healthz\r\n\r\n'],
    ['HTTP/3.7', (head) => `${head.replace('HTTP/1.1', 'HTTP/3.7')}Content-Length: 2\r\n\r\n{}`],
    ['no HTTP at all', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
  ])('%s', async (_name, message) => {
    const before = (await house.store.requests({ limit: 100 })).length
    const { text, closed } = await rawExchange(house, message(`${POST}${key}\r\nContent-Type: application/json\r\n`))
    expect(answers(text)).toEqual([{ status: 400, code: 'bad_request' }])
    expect(closed).toBe(true)
    expect(text.toLowerCase()).toContain('connection: close')
    expect((await house.store.requests({ limit: 100 })).length).toBe(before)
  })

  test('CONNECT is no tunnel', async () => {
    const { text, closed } = await rawExchange(house, 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n')
    expect([answers(text), closed]).toEqual([[{ status: 405, code: 'method_not_allowed' }], true])
  })

  test.each(['x y', 'a@b', 'a/b', 'exa mple', '[::1', 'a:99999'])('the host %j is refused', async (host) => {
    const { text } = await rawExchange(house, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    expect(answers(text)).toEqual([{ status: 400, code: 'bad_request' }])
    expect(text).toContain('application/problem+json')
  })

  test('two well-formed messages on one connection are two', async () => {
    const body = '{"action":"cache.flush"}'
    const message = `${POST}${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const { text } = await rawExchange(house, `${message}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(answers(text).map(({ status }) => status)).toEqual([201, 200])
  })

  test('an Expect that nobody can meet is 417', async () => {
    const { text } = await rawExchange(
      house,
      'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
    )
    expect(answers(text)).toEqual([{ status: 417, code: 'expectation_failed' }])
  })
})
