import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, policy, type TestHouse } from './house.ts'
import { ask, call, until } from './wire.ts'

/** T20: what is small to send must be small to answer. */

let house: TestHouse
let key: string
const logged: string[] = []

beforeAll(async () => {
  house = await openHouse({ heldPerClient: 2, logged })
  key = (await house.client()).key
})
afterAll(() => house.close())

describe('a body that is wrong in many places is answered in a few lines', () => {
  const many = (count: number, name: (i: number) => string) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), 1]))

  test.each([
    ['unknown fields', many(6_000, (i) => i.toString(36)), 6_000],
    ['unknown fields of items', { context: { data: Array.from({ length: 50 }, () => ({ name: 'x', a: 1 })) } }, 50],
    ['items of the wrong type', { context: { data: Array.from({ length: 50 }, () => 0) } }, 50],
  ])('%s', async (_name, fields, count) => {
    const answer = await ask(house, key, { action: 'data.count', ...fields })
    expect([answer.status, answer.json.code, answer.json.errors.length]).toEqual([422, 'validation_failed', 20])
    expect(answer.json.detail).toBe(`${count} fields are not valid: see errors, which has the first 20 of them.`)
    expect(answer.text.length).toBeLessThan(8_000)
  })

  test('numbers that are not exact', async () => {
    const raw = `{"action":"a","params":{"${'x'.repeat(30_000)}":[${'1e400,'.repeat(3_000)}1]}}`
    const answer = await call(house, 'POST', '/v1/requests', { key, raw })
    expect([answer.status, answer.json.code, answer.json.errors.length]).toEqual([422, 'number_not_exact', 20])
    expect(answer.text.length).toBeLessThan(20_000)
  })

  test('one name as long as the body', async () => {
    const answer = await ask(house, key, { action: 'data.count', [`${'x'.repeat(255)}😀${'y'.repeat(50_000)}`]: 1 })
    expect([answer.status, answer.json.code]).toEqual([422, 'validation_failed'])
    expect(answer.text.length).toBeLessThan(2_000)
    expect(answer.json.errors[0]?.pointer.isWellFormed()).toBe(true)
  })
})

test('T4: an ask that is not valid counts as well, so that nobody has bodies judged without end', async () => {
  const { key: noisy } = await house.client()
  house.policy = policy({ perMinute: 3 })
  const answers = [1, 2, 3, 4].map(() => ask(house, noisy, { nonsense: true }))
  expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([422, 422, 422, 429])
  house.policy = policy()
})

test('T20: a client that holds as many answers as it may gets no more; another one does, and it again when one ends', async () => {
  const { json } = await ask(house, key, { action: 'data.export', environment: 'production' })
  const wait = (by: string, id = json.id) => call(house, 'GET', `/v1/requests/${id}?wait=60`, { key: by })
  const held = [wait(key), wait(key)]
  await until(() => house.service.waiters.count === 2)

  const refused = await wait(key)
  expect([refused.status, refused.json.code]).toEqual([429, 'rate_limited'])
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  // An ask is never lost for the sake of its wait.
  const asked = await ask(house, key, { action: 'data.export', environment: 'production' }, { prefer: 'wait=60' })
  expect([asked.status, asked.json.status, asked.headers['preference-applied']]).toEqual([201, 'pending', undefined])

  const { key: other } = await house.client()
  const theirs = await ask(house, other, { action: 'data.export', environment: 'production' })
  const heldToo = wait(other, theirs.json.id)
  await until(() => house.service.waiters.count === 3)

  await house.decide(json.id, 'deny')
  expect((await Promise.all(held)).map((answer) => answer.json.status)).toEqual(['denied', 'denied'])
  const again = wait(key, asked.json.id)
  await until(() => house.service.waiters.count === 2)
  await house.decide(asked.json.id, 'deny')
  await house.decide(theirs.json.id, 'deny')
  expect((await again).status).toBe(200)
  expect((await heldToo).status).toBe(200)
})

test('T10: what a client may not do is told to the operator, with who tried it', async () => {
  const { key: auditor, client } = await house.client({ scopes: ['audit:read'] })
  expect((await ask(house, auditor, { action: 'data.export' })).status).toBe(403)
  const lines = logged.map((line) => JSON.parse(line))
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 40, client: client.id, code: 'insufficient_scope', route: '/v1/requests' }),
  )
  expect(logged.join('')).not.toContain(auditor)
})
