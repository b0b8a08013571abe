import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openHouse, type TestHouse } from './house.ts'
import { type Answer, ask, call, until } from './wire.ts'

let house: TestHouse
let key: string

beforeEach(async () => {
  house = await openHouse()
  key = (await house.client()).key
})
afterEach(() => house.close())

const BODY = { action: 'data.export', environment: 'production' }
const waiting = (): number => house.service.waiters.count
const wait = (id: string, seconds: number | string): Promise<Answer> =>
  call(house, 'GET', `/v1/requests/${id}?wait=${seconds}`, { key })

describe('a wait', () => {
  test('is answered by the decision', async () => {
    const { json } = await ask(house, key, BODY)
    const held = wait(json.id, 60)
    await until(() => waiting() === 1)
    await house.decide(json.id, 'approve')
    const answer = await held
    expect([answer.status, answer.json.status]).toEqual([200, 'approved'])
    expect(answer.json.grant.jws).toBeTruthy()
    expect(waiting()).toBe(0)
  })

  test('of POST is answered 201 by the decision', async () => {
    const held = ask(house, key, BODY, { prefer: 'respond-async, wait=60' })
    await until(() => waiting() === 1)
    const [request] = await house.store.requests({ limit: 1 })
    await house.decide(request?.id ?? '', 'deny')
    const answer = await held
    expect([answer.status, answer.json.status, answer.json.outcome.by]).toEqual([201, 'denied', 'people'])
    expect(answer.headers['preference-applied']).toBe('wait=60')
    expect(answer.headers.location).toBe(`/v1/requests/${answer.json.id}`)
  })

  test('that nobody ends is answered pending', async () => {
    const answer = await ask(house, key, BODY, { prefer: 'wait=1' })
    expect([answer.status, answer.json.status, answer.headers['preference-applied']]).toEqual([
      201,
      'pending',
      'wait=1',
    ])
    const again = await wait(answer.json.id, 1)
    expect([again.status, again.json.status]).toEqual([200, 'pending'])
    expect(waiting()).toBe(0)
  })

  test('of what is no longer pending, or of 0 s, is answered at once', async () => {
    const allowed = await ask(house, key, { action: 'cache.flush' }, { prefer: 'wait=60' })
    expect([allowed.status, allowed.json.status, allowed.headers['preference-applied']]).toEqual([
      201,
      'approved',
      'wait=60',
    ])
    expect((await wait(allowed.json.id, 60)).json.status).toBe('approved')
    const pending = await ask(house, key, BODY, { prefer: 'wait=0' })
    expect([pending.json.status, pending.headers['preference-applied']]).toEqual(['pending', 'wait=0'])
    expect((await wait(pending.json.id, 0)).json.status).toBe('pending')
  })

  test('a replayed ask can be waited for as well', async () => {
    const headers = { 'idempotency-key': 'k' }
    const { json } = await ask(house, key, BODY, headers)
    const held = ask(house, key, BODY, { ...headers, prefer: 'wait=60' })
    await until(() => waiting() === 1)
    await house.decide(json.id, 'approve')
    const answer = await held
    expect([answer.status, answer.headers['idempotency-replayed'], answer.json.status]).toEqual([
      200,
      'true',
      'approved',
    ])
  })

  test('ends when the asker cancels, and many hear of it', async () => {
    const { json } = await ask(house, key, BODY)
    const held = Array.from({ length: 25 }, () => wait(json.id, 60))
    await until(() => waiting() === 25)
    await call(house, 'POST', `/v1/requests/${json.id}/cancel`, { key })
    expect((await Promise.all(held)).every((answer) => answer.json.status === 'cancelled')).toBe(true)
  })

  test.each(['-1', '61', '1e9', '1000000000', 'abc', '', '1.5', '+1', '%2010', '5&wait=5', '0x10'])(
    'I13: ?wait=%s is refused',
    async (value) => {
      const { json } = await ask(house, key, BODY)
      const answer = await wait(json.id, value)
      expect([answer.status, answer.json.code]).toEqual([422, 'validation_failed'])
    },
  )

  test.each([
    ['wait=-1', undefined],
    ['wait=abc', undefined],
    ['respond-async', undefined],
    ['wait=1.5', undefined],
    ['WAIT = "0"', 'wait=0'],
    ['return=minimal, wait=0; foo=bar', 'wait=0'],
  ])('Prefer: %s is answered with %s', async (prefer, applied) => {
    const answer = await ask(house, key, BODY, { prefer })
    expect([answer.status, answer.headers['preference-applied']]).toEqual([201, applied])
  })

  test('more than a minute is held for a minute, and told so', async () => {
    const answer = await ask(house, key, { action: 'cache.flush' }, { prefer: 'wait=1000000' })
    expect(answer.headers['preference-applied']).toBe('wait=60')
  })
})

describe('I13: who hangs up leaves the line', () => {
  test('by a reset or by an orderly end, the gauge returns to 0', async () => {
    const { json } = await ask(house, key, BODY)
    const head = `GET /v1/requests/${json.id}?wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`
    const sockets = Array.from({ length: 50 }, () => {
      const socket = connect(house.port, '127.0.0.1', () => socket.write(head))
      return socket.on('error', () => {})
    })
    await until(() => waiting() === 50)
    expect((await call(house, 'GET', '/metrics')).text).toMatch(/^countersign_waiters 50$/m)
    for (const [i, socket] of sockets.entries()) i % 2 ? socket.resetAndDestroy() : socket.end()
    await until(() => waiting() === 0)
    expect((await call(house, 'GET', '/metrics')).text).toMatch(/^countersign_waiters 0$/m)
  })

  test('of a held POST as well; its request stands', async () => {
    let hangUp = (): void => {}
    const held = call(house, 'POST', '/v1/requests', {
      key,
      body: BODY,
      headers: { prefer: 'wait=60' },
      onSocket: (destroy) => {
        hangUp = destroy
      },
    })
    await until(() => waiting() === 1)
    hangUp()
    await expect(held).rejects.toThrow()
    await until(() => waiting() === 0)
    expect((await house.store.requests({ limit: 1 }))[0]?.status).toBe('pending')
  })
})

describe('F19: stopping', () => {
  test('answers who is held with what is known, closes, and accepts nobody', async () => {
    const { json } = await ask(house, key, BODY)
    const held = Array.from({ length: 100 }, () => wait(json.id, 60))
    await until(() => waiting() === 100)
    // A kept connection without a call on it must not hold the door open.
    const idle = connect(house.port, '127.0.0.1')
    await new Promise((resolve) => idle.once('connect', resolve))
    await house.door.stop()
    for (const answer of await Promise.all(held)) {
      expect([answer.status, answer.json.status]).toEqual([200, 'pending'])
      expect([answer.headers.connection, answer.headers['retry-after']]).toEqual(['close', '1'])
    }
    expect(waiting()).toBe(0)
    await expect(call(house, 'GET', '/healthz')).rejects.toThrow()
    idle.destroy()
  })
})
