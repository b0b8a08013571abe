import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SYSTEM } from '../../src/approval/change.ts'
import { revokeClient } from '../../src/approval/client.ts'
import { openHouse, type TestHouse } from './house.ts'
import { type Answer, ask, call, rawExchange } from './wire.ts'

let house: TestHouse
let key: string
let id: string

beforeAll(async () => {
  house = await openHouse()
  key = (await house.client()).key
  id = (await ask(house, key, { action: 'data.export', environment: 'production' })).json.id
})
afterAll(() => house.close())

const get = (path: string, headers: Record<string, string | string[]> = {}): Promise<Answer> =>
  call(house, 'GET', path, { headers })
const outcome = ({ status, json }: Answer): unknown[] => [status, json.code]

describe('I11: authorization', () => {
  test('without a key is 401 with WWW-Authenticate, on every route that needs one', async () => {
    const calls = [
      ['GET', '/v1/requests'],
      ['POST', '/v1/requests'],
      ['GET', `/v1/requests/${id}`],
      ['POST', `/v1/requests/${id}/cancel`],
      ['POST', `/v1/requests/${id}/consume`],
      ['POST', `/v1/requests/${id}/complete`],
    ] as const
    for (const [method, path] of calls) {
      const answer = await call(house, method, path)
      expect(outcome(answer)).toEqual([401, 'unauthenticated'])
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="countersign"')
      expect(answer.headers['content-type']).toBe('application/problem+json')
    }
  })

  test('every wrong key gets one and the same answer', async () => {
    const revoked = await house.client({ revokedAtMs: 1 })
    const [, clientId = '', secret = ''] = /^cs_([a-z0-9]+)_(.+)$/.exec(key) ?? []
    const flipped = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`
    const wrong = [
      'Bearer',
      'Bearer ',
      `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
      `Bearer ${secret}`,
      `Bearer cs_${clientId}_${flipped}`,
      `Bearer cs_${clientId}_${secret}=`,
      `Bearer cs_${clientId}_${secret.toUpperCase()}`,
      `Bearer cs_${clientId.toUpperCase()}_${secret}`,
      `Bearer cs_${'z'.repeat(12)}_${secret}`,
      `Bearer cs_${clientId}_`,
      `Bearer  ${key}`,
      `Bearer "${key}"`,
      `Bearer ${key} ${key}`,
      `Bearer ${key},`,
      `Bearer ${revoked.key}`,
      'Bearer eyJhbGciOiJub25lIn0.e30.',
      key,
    ]
    const answers = await Promise.all(wrong.map((authorization) => get(`/v1/requests/${id}`, { authorization })))
    for (const answer of answers) {
      expect(outcome(answer)).toEqual([401, 'unauthenticated'])
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"')
      expect(answer.json.detail).toBe(answers[0]?.json.detail)
      expect(answer.text).not.toContain(secret.slice(0, 20))
    }
  })

  test('two credentials are none, and the query string is no place for a key', async () => {
    const lines = `GET /v1/requests/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`
    const both = await rawExchange(
      house,
      `${lines}Authorization: Bearer ${key}\r\nAuthorization: Bearer ${key}\r\n\r\n`,
    )
    expect(both.text).toMatch(/^HTTP\/1\.1 401 /)
    expect(outcome(await get(`/v1/requests?access_token=${key}`))).toEqual([401, 'unauthenticated'])
  })

  test.each(['bearer', 'BEARER', 'Bearer'])('the scheme %s is understood', async (scheme) => {
    expect((await get(`/v1/requests/${id}`, { authorization: `${scheme} ${key}` })).status).toBe(200)
  })

  test('a revoked key is refused by the next call', async () => {
    const client = await house.client()
    expect((await call(house, 'GET', '/v1/requests', { key: client.key })).status).toBe(200)
    await house.service.record(revokeClient(client.client, 'os:tester', SYSTEM, Date.now()))
    expect((await call(house, 'GET', '/v1/requests', { key: client.key })).status).toBe(401)
  })

  test('a missing scope is 403 and says which', async () => {
    const auditor = await house.client({ scopes: ['audit:read'] })
    for (const [method, path] of [
      ['GET', '/v1/requests'],
      ['POST', '/v1/requests'],
      ['POST', `/v1/requests/${id}/cancel`],
      ['POST', `/v1/requests/${id}/complete`],
      ['POST', `/v1/requests/${id}/consume`],
    ] as const) {
      const answer = await call(house, method, path, { key: auditor.key, body: {} })
      expect(outcome(answer)).toEqual([403, 'insufficient_scope'])
      expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope"')
    }
    const reader = await house.client({ scopes: ['read:all'] })
    expect(outcome(await ask(house, reader.key, { action: 'data.export' }))).toEqual([403, 'insufficient_scope'])
    expect((await call(house, 'GET', `/v1/requests/${id}`, { key: reader.key })).status).toBe(200)
  })

  test('T7: nobody acts for others without the permission to', async () => {
    const body = { action: 'data.export', requester: { on_behalf_of: { email: 'alice@example.com' } } }
    expect(outcome(await ask(house, key, body))).toEqual([403, 'act_for_not_allowed'])
    const trusted = await house.client({ actFor: true })
    const opened = await ask(house, trusted.key, body)
    expect([opened.status, opened.json.requester.on_behalf_of]).toEqual([201, { email: 'alice@example.com' }])
  })
})

describe("I9: another's request is as good as none", () => {
  test('the same status, body and headers, on every route', async () => {
    const stranger = await house.client()
    const bodies = {
      cancel: {},
      consume: { execution_id: 'e', params: {} },
      complete: { execution_id: 'e', status: 'failed' },
    }
    const constant = ({ status, json, headers }: Answer): unknown => {
      const { instance: _, ...rest } = json as Record<string, unknown>
      return { status, rest, names: Object.keys(headers).sort(), type: headers['content-type'] }
    }
    const unknown = `req_${'0'.repeat(8)}-0000-7000-8000-000000000000`
    const none = constant(await call(house, 'GET', `/v1/requests/${unknown}`, { key: stranger.key }))
    expect(none).toMatchObject({ status: 404, rest: { code: 'not_found' } })
    for (const target of [
      id,
      unknown,
      `${id}x`,
      id.toUpperCase(),
      'x',
      '%00',
      "'%20OR%201=1",
      'a'.repeat(4000),
      '%ff',
      '..%2f..',
    ]) {
      expect(constant(await call(house, 'GET', `/v1/requests/${target}`, { key: stranger.key }))).toEqual(none)
      for (const [verb, body] of Object.entries(bodies)) {
        const answer = await call(house, 'POST', `/v1/requests/${target}/${verb}`, { key: stranger.key, body })
        expect(constant(answer)).toEqual(none)
      }
    }
    expect((await call(house, 'GET', `/v1/requests/${id}?wait=1`, { key: stranger.key })).status).toBe(404)
    expect((await house.service.request(id))?.version).toBe(1)
    // It is told of nothing, but what it tried with it is evidence.
    const entries = await house.service.reads.auditOf(id)
    const tried = entries.map(({ envelope, body }) => ({ ...JSON.parse(envelope), ...JSON.parse(body ?? '{}') }))
    expect(tried.filter(({ type }) => type === 'grant.refused')).toMatchObject(
      ['cancel', 'consume', 'complete'].map((attempt) => ({
        attempt,
        actor: `client:${stranger.client.id}`,
        code: 'not_found',
      })),
    )
  })

  test('read:all reads it, without the grant, and changes nothing of it', async () => {
    const reader = await house.client({ scopes: ['request', 'read:all'] })
    const opened = await ask(house, key, { action: 'cache.flush' })
    expect(opened.json.grant).not.toBeNull()
    const read = await call(house, 'GET', `/v1/requests/${opened.json.id}`, { key: reader.key })
    expect([read.status, read.json.status, read.json.grant]).toEqual([200, 'approved', null])
    const cancel = await call(house, 'POST', `/v1/requests/${opened.json.id}/cancel`, { key: reader.key, body: {} })
    expect(cancel.status).toBe(404)
  })
})

describe('I10: Idempotency-Key', () => {
  const body = { action: 'data.export', environment: 'production', params: { a: 1, b: [2] } }
  const keyed = (idempotency: string | string[], sent: unknown = body, by = key): Promise<Answer> =>
    call(house, 'POST', '/v1/requests', { key: by, body: sent, headers: { 'idempotency-key': idempotency } })

  test('the same key and body is the same request, whatever the order of members', async () => {
    const first = await keyed('k1')
    const again = await keyed('k1', { params: { b: [2], a: 1 }, environment: 'production', action: 'data.export' })
    expect([first.status, first.headers['idempotency-replayed']]).toEqual([201, undefined])
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([200, 'true'])
    expect(again.json.id).toBe(first.json.id)
    expect(again.headers.location).toBe(`/v1/requests/${first.json.id}`)
  })

  test('another body with the same key is refused', async () => {
    await keyed('k2')
    expect(outcome(await keyed('k2', { ...body, params: { a: 1, b: [3] } }))).toEqual([422, 'idempotency_key_reused'])
    expect(outcome(await keyed('k2', { ...body, reason: 'x' }))).toEqual([422, 'idempotency_key_reused'])
  })

  test('two at once are one request', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => keyed('k3')))
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19)
  })

  test("another client's key of the same name is another key", async () => {
    const other = await house.client()
    const [mine, theirs] = [await keyed('k4'), await keyed('k4', body, other.key)]
    expect([mine.status, theirs.status]).toEqual([201, 201])
    expect(mine.json.id).not.toBe(theirs.json.id)
  })

  test.each([
    ['empty', ''],
    ['256 long', 'x'.repeat(256)],
    ['not ASCII', 'schl\u00fcssel'],
    ['two headers', ['a', 'b']],
    ['two alike', ['a', 'a']],
  ])('%s is refused', async (_name, value) => {
    expect(outcome(await keyed(value))).toEqual([422, 'validation_failed'])
  })

  test('255 printable signs are a key', async () => {
    expect((await keyed('~'.repeat(255))).status).toBe(201)
  })
})
