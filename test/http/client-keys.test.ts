import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SYSTEM } from '../../src/approval/change.ts'
import { revokeClient, rotateClient, updateClient } from '../../src/approval/client.ts'
import { CLIENT_KEY_BYTES, keyOfClient } from '../../src/approval/client-key.ts'
import type { Client } from '../../src/approval/principal.ts'
import { openHouse, type TestHouse } from './house.ts'
import { type Answer, ask, call, until } from './wire.ts'

const HOUR = 3_600_000
const logged: string[] = []
let house: TestHouse

beforeAll(async () => {
  house = await openHouse({ logged })
})
beforeEach(() => {
  house.skewMs = 0
})
afterAll(() => house.close())

const list = (key: string, more: { from?: string; headers?: Record<string, string> } = {}): Promise<Answer> =>
  call(house, 'GET', '/v1/requests', { key, ...more })
const status = async (key: string, more: Parameters<typeof list>[1] = {}): Promise<number> =>
  (await list(key, more)).status

/** Gives the client another key. @returns it. */
async function rotate(id: string, overlapMs = 0): Promise<string> {
  const client = await house.store.client(id)
  const { key, secretHash } = keyOfClient(id, randomBytes(CLIENT_KEY_BYTES))
  if (!client) throw new Error('there is no such client')
  await house.service.record(
    rotateClient(client, secretHash, 'os:tester', SYSTEM, Date.now() + house.skewMs, overlapMs),
  )
  return key
}

async function change(id: string, terms: Partial<Client>): Promise<void> {
  const client = await house.store.client(id)
  const changed = client && updateClient(client, terms, false, 'os:tester', SYSTEM, Date.now())
  if (!changed) throw new Error('nothing changed')
  await house.service.record(changed)
}

describe('T10: the end of a key', () => {
  test('is kept to the millisecond, by our clock', async () => {
    const { key, client } = await house.client({ expiresAtMs: Date.now() + HOUR })
    expect(await status(key)).toBe(200)
    house.skewMs = (client.expiresAtMs ?? 0) - Date.now() - 5_000
    expect(await status(key)).toBe(200)
    house.skewMs = (client.expiresAtMs ?? 0) - Date.now()
    expect(await status(key)).toBe(401)
  })

  test('can be put off, and holds from the next call on', async () => {
    const { key, client } = await house.client({ expiresAtMs: 1 })
    expect(await status(key)).toBe(401)
    await change(client.id, { expiresAtMs: Date.now() + HOUR })
    expect(await status(key)).toBe(200)
    await change(client.id, { expiresAtMs: Date.now() - 1 })
    expect(await status(key)).toBe(401)
  })
})

describe('T10: a rotated key', () => {
  test('stops at once without an overlap', async () => {
    const { key, client } = await house.client()
    const fresh = await rotate(client.id)
    expect([await status(key), await status(fresh)]).toEqual([401, 200])
  })

  test('works beside the new one for the overlap, and not a moment longer', async () => {
    const { key, client } = await house.client()
    const fresh = await rotate(client.id, HOUR)
    expect([await status(key), await status(fresh)]).toEqual([200, 200])
    house.skewMs = HOUR - 5_000
    expect([await status(key), await status(fresh)]).toEqual([200, 200])
    house.skewMs = HOUR + 1
    expect([await status(key), await status(fresh)]).toEqual([401, 200])
  })

  test('is the one before alone: two rotations stop the first key, whatever its overlap was', async () => {
    const { key, client } = await house.client()
    const second = await rotate(client.id, 24 * HOUR)
    const third = await rotate(client.id, HOUR)
    expect([await status(key), await status(second), await status(third)]).toEqual([401, 200, 200])
  })

  test('neither key outlives the client: revoked, expired or outside, both are refused', async () => {
    for (const terms of [{ expiresAtMs: Date.now() - 1 }, { ipRanges: ['192.0.2.0/24'] }]) {
      const { key, client } = await house.client()
      const fresh = await rotate(client.id, HOUR)
      await change(client.id, terms)
      expect([await status(key), await status(fresh)]).toEqual([401, 401])
    }
    const { key, client } = await house.client()
    const fresh = await rotate(client.id, HOUR)
    const kept = await house.store.client(client.id)
    await house.service.record(revokeClient(kept ?? client, 'os:tester', SYSTEM, Date.now()))
    expect([await status(key), await status(fresh)]).toEqual([401, 401])
  })
})

describe('T10: where a key is used from', () => {
  test.each([
    [['127.0.0.0/30'], '127.0.0.3', 200],
    [['127.0.0.0/30'], '127.0.0.4', 401],
    [['127.0.0.4'], '127.0.0.4', 200],
    [['192.0.2.0/24', '127.0.0.5/32'], '127.0.0.5', 200],
    [['192.0.2.0/24', '127.0.0.5/32'], '127.0.0.6', 401],
    [['::1/128', '::/1'], '127.0.0.1', 401],
    [['what nobody can read'], '127.0.0.1', 401],
    [[], '127.0.0.9', 200],
  ])('ranges %j, from %s: %i', async (ipRanges, from, expected) => {
    expect(await status((await house.client({ ipRanges })).key, { from })).toBe(expected)
  })

  test('is what the socket says: no header makes it another place', async () => {
    const { key } = await house.client({ ipRanges: ['192.0.2.0/24'] })
    const inside = '192.0.2.7'
    for (const headers of [
      { 'x-forwarded-for': inside },
      { 'x-forwarded-for': `${inside}, 127.0.0.1` },
      { 'x-real-ip': inside },
      { forwarded: `for=${inside}` },
      { 'cf-connecting-ip': inside },
      { 'true-client-ip': inside },
      { 'x-client-ip': inside },
    ])
      expect(await status(key, { headers })).toBe(401)
    const here = await house.client({ ipRanges: ['127.0.0.0/8'] })
    expect(await status(here.key, { headers: { 'x-forwarded-for': inside } })).toBe(200)
  })

  test('an IPv4 caller on a socket for both families is held against IPv4 ranges', async () => {
    const both = await openHouse({ host: '::' })
    try {
      const { key } = await both.client({ ipRanges: ['127.0.0.0/30'] })
      const from = async (address: string) => (await call(both, 'GET', '/v1/requests', { key, from: address })).status
      expect([await from('127.0.0.3'), await from('127.0.0.4')]).toEqual([200, 401])
    } finally {
      await both.close()
    }
  })
})

test('T10 a key is taken exactly while everything holds that was said of it', async () => {
  const T = Date.now()
  const ends = fc.option(fc.integer({ min: -3, max: 3 }), { freq: 2 })
  const said = fc.record({
    expires: ends,
    overlap: ends,
    revoked: fc.boolean(),
    ranges: fc.constantFrom([], ['127.0.0.0/30'], ['127.0.0.8/29', '192.0.2.0/24'], ['::/1']),
    from: fc.constantFrom('127.0.0.1', '127.0.0.9'),
    key: fc.constantFrom('present', 'previous', 'another'),
  })
  const isWithin = (ranges: readonly string[], from: string): boolean =>
    ranges.length === 0 || ranges[0] === (from === '127.0.0.1' ? '127.0.0.0/30' : '127.0.0.8/29')
  await fc.assert(
    fc.asyncProperty(said, async ({ expires, overlap, revoked, ranges, from, key }) => {
      const [previous, another] = [1, 2].map(() => keyOfClient('unused', randomBytes(CLIENT_KEY_BYTES)))
      const at = (hours: number) => T + hours * HOUR + HOUR / 2
      const { key: present, client } = await house.client({
        expiresAtMs: expires === null ? null : at(expires),
        previous: overlap === null ? null : { secretHash: previous?.secretHash ?? '', untilMs: at(overlap) },
        revokedAtMs: revoked ? T : null,
        ipRanges: ranges,
      })
      const secrets = {
        present: present.slice(-43),
        previous: previous?.key.slice(-43),
        another: another?.key.slice(-43),
      }
      const isRight = key === 'present' || (key === 'previous' && overlap !== null && overlap >= 0)
      const isTaken = isRight && !revoked && (expires === null || expires >= 0) && isWithin(ranges, from)
      expect(await status(`cs_${client.id}_${secrets[key as keyof typeof secrets]}`, { from })).toBe(
        isTaken ? 200 : 401,
      )
    }),
    { numRuns: 200 },
  )
})

describe('I11: a key that is not taken', () => {
  test('gets one and the same answer, whatever the reason is', async () => {
    const none = await list(`cs_${'z'.repeat(12)}_${'A'.repeat(43)}`)
    const wrong = (await house.client()).key.replace(/.{43}$/, 'A'.repeat(43))
    const replaced = await house.client()
    await rotate(replaced.client.id)
    const over = await house.client()
    await rotate(over.client.id, 1)
    house.skewMs = 2_000
    const refused = [
      wrong,
      replaced.key,
      over.key,
      (await house.client({ revokedAtMs: 1 })).key,
      (await house.client({ expiresAtMs: 1 })).key,
      (await house.client({ ipRanges: ['192.0.2.0/24'] })).key,
    ]
    const shape = ({ status: code, headers, json }: Answer) => ({
      ...{ status: code, code: json.code, detail: json.detail, title: json.title, type: json.type },
      ...{ names: Object.keys(headers).sort(), challenge: headers['www-authenticate'] },
    })
    expect(none.status).toBe(401)
    for (const key of refused) expect(shape(await list(key))).toEqual(shape(none))
  })

  test('is told of in the log, once a minute for each reason, without the key', async () => {
    logged.length = 0
    const { key, client } = await house.client({ expiresAtMs: 1 })
    for (let i = 0; i < 20; i++) await list(key)
    const told = () =>
      logged
        .map((line) => JSON.parse(line))
        .filter(({ msg, client: id }) => msg === 'a key was refused' && id === client.id)
    expect(told()).toMatchObject([{ reason: 'expired', peer: '127.0.0.1' }])
    house.skewMs = 61_000
    await list(key)
    expect(told()).toHaveLength(2)
    await change(client.id, { expiresAtMs: null, ipRanges: ['192.0.2.0/24'] })
    await list(key)
    expect(told().map(({ reason }) => reason)).toEqual(['expired', 'expired', 'address_outside'])
    expect(logged.join('')).not.toContain(key.slice(-43))
  })

  test('tells nothing in the log where nobody proved to hold one: guesses must not fill it', async () => {
    logged.length = 0
    const { key } = await house.client()
    for (let i = 0; i < 20; i++) await list(key.replace(/.{43}$/, randomBytes(33).toString('base64url').slice(0, 43)))
    expect(logged.join('')).not.toContain('a key was refused')
  })
})

describe('T10: the last use of a key', () => {
  const lastUse = async (id: string): Promise<number | null> => house.store.lastUsedAtMs(id)

  test('is unknown until it was used, and then kept', async () => {
    const { key, client } = await house.client()
    expect(await lastUse(client.id)).toBeNull()
    const before = Date.now()
    expect(await status(key)).toBe(200)
    await until(async () => (await lastUse(client.id)) !== null)
    expect(await lastUse(client.id)).toBeGreaterThanOrEqual(before)
    expect(await lastUse(client.id)).toBeLessThanOrEqual(Date.now())
  })

  test('is written once a minute at most', async () => {
    const { key, client } = await house.client()
    await list(key)
    await until(async () => (await lastUse(client.id)) !== null)
    const first = await lastUse(client.id)
    house.skewMs = 59_000
    await list(key)
    house.skewMs = 120_000
    await list(key)
    await until(async () => (await lastUse(client.id)) !== first)
    // The one in between was let go: what stands there is the last.
    expect((await lastUse(client.id)) ?? 0).toBeGreaterThan((first ?? 0) + 110_000)
  })

  test('is none where the key was refused', async () => {
    const { key, client } = await house.client({ ipRanges: ['192.0.2.0/24'] })
    const witness = await house.client()
    expect(await status(key)).toBe(401)
    expect(await status(witness.key)).toBe(200)
    await until(async () => (await lastUse(witness.client.id)) !== null)
    expect(await lastUse(client.id)).toBeNull()
  })

  test('leaves no entry in the log', async () => {
    const { key, client } = await house.client()
    const size = (await house.store.head()).size
    await list(key)
    await until(async () => (await lastUse(client.id)) !== null)
    expect((await house.store.head()).size).toBe(size)
  })

  test('holds up no call: one is answered while the disk still takes its time with it', async () => {
    let release: () => void = () => {}
    const slowDisk = new Promise<void>((resolve) => {
      release = resolve
    })
    let isAsked = false
    const slow = await openHouse({
      store: (store) => ({
        ...store,
        commit: async (write) => {
          if ('delivery' in write && write.delivery === 'used') {
            isAsked = true
            await slowDisk
          }
          return store.commit(write)
        },
      }),
    })
    try {
      const { key, client } = await slow.client()
      expect((await call(slow, 'GET', '/v1/requests', { key })).status).toBe(200)
      await until(() => isAsked)
      expect((await ask(slow, key, { action: 'data.export', environment: 'production' })).status).toBe(201)
      expect(await slow.store.lastUsedAtMs(client.id)).toBeNull()
      release()
      await until(async () => (await slow.store.lastUsedAtMs(client.id)) !== null)
    } finally {
      release()
      await slow.close()
    }
  })

  test('is tried again where the disk refused it', async () => {
    let refuses = true
    const flaky = await openHouse({
      store: (store) => ({
        ...store,
        commit: (write) =>
          'delivery' in write && write.delivery === 'used' && refuses
            ? Promise.reject(new Error('the disk said no'))
            : store.commit(write),
      }),
      logged,
    })
    try {
      logged.length = 0
      const { key, client } = await flaky.client()
      const used = async () => {
        expect((await call(flaky, 'GET', '/v1/requests', { key })).status).toBe(200)
        return (await flaky.store.lastUsedAtMs(client.id)) !== null
      }
      await used()
      refuses = false
      await until(used)
    } finally {
      await flaky.close()
    }
  })
})

describe('semantics of a client’s lists', () => {
  test.each([
    [{ actions: ['data.*'] }, { action: 'data.export', environment: 'production' }, 201],
    [{ actions: ['data.*'] }, { action: 'cache.flush' }, 403],
    [{ actions: ['cache.flush', 'data.export'] }, { action: 'cache.flush' }, 201],
    [{ environments: ['staging', 'prod*'] }, { action: 'data.export', environment: 'production' }, 201],
    [{ environments: ['staging'] }, { action: 'data.export', environment: 'production' }, 403],
    [{ environments: ['**'] }, { action: 'cache.flush' }, 403],
    [{ actions: [] }, { action: 'cache.flush' }, 403],
  ])('%j asks %j: %i', async (lists, body, expected) => {
    const { key } = await house.client(lists)
    const answer = await ask(house, key, body)
    expect([answer.status, expected === 403 ? answer.json.code : 'forbidden']).toEqual([expected, 'forbidden'])
  })

  test('hold from the next ask on, and say nothing of what may be read', async () => {
    const { key, client } = await house.client()
    const opened = await ask(house, key, { action: 'data.export', environment: 'production' })
    await change(client.id, { actions: ['other.thing'] })
    expect((await ask(house, key, { action: 'data.export', environment: 'production' })).status).toBe(403)
    expect((await call(house, 'GET', `/v1/requests/${opened.json.id}`, { key })).status).toBe(200)
  })
})
