import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHouse, type TestHouse } from './house.ts'
import { type Answer, ask, call } from './wire.ts'

let house: TestHouse
let key: string
let other: string
const ids: string[] = []

beforeAll(async () => {
  house = await openHouse()
  key = (await house.client({ actFor: true })).key
  other = (await house.client()).key
  for (let i = 0; i < 7; i++) {
    const body = {
      action: i % 2 ? 'data.export' : 'cache.flush',
      environment: 'production',
      title: i === 3 ? 'Quarterly Numbers' : `no ${i}`,
      ...(i === 5 ? { requester: { on_behalf_of: { email: 'alice@example.com' } } } : {}),
    }
    ids.push((await ask(house, key, body)).json.id)
  }
  await ask(house, other, { action: 'data.export', environment: 'production' })
})
afterAll(() => house.close())

const list = (query = '', by = key): Promise<Answer> => call(house, 'GET', `/v1/requests${query}`, { key: by })
const found = async (query: string, by = key): Promise<readonly string[]> =>
  (await list(query, by)).json.items.map((item) => item.id)

test('own requests, newest first, each as GET shows it', async () => {
  const answer = await list()
  expect([answer.status, answer.json.next_cursor]).toEqual([200, null])
  expect(answer.json.items.map((item) => item.id)).toEqual(ids.toReversed())
  for (const item of answer.json.items) {
    expect(item).toEqual((await call(house, 'GET', `/v1/requests/${item.id}`, { key })).json)
  }
})

test("another's requests are not in the list, nor counted, but with read:all", async () => {
  expect(await found('', other)).toHaveLength(1)
  const reader = await house.client({ scopes: ['read:all'] })
  const all = (await list('', reader.key)).json.items
  expect(all).toHaveLength(8)
  expect(all.every((item) => item.grant === null)).toBe(true)
})

test('pages join without gap or repeat', async () => {
  const seen: string[] = []
  let cursor: string | null = ''
  for (let page = 0; cursor !== null && page < 10; page++) {
    const { json }: Answer = await list(`?limit=3${cursor && `&cursor=${cursor}`}`)
    expect(json.items.length).toBeLessThanOrEqual(3)
    seen.push(...json.items.map((item) => item.id))
    cursor = json.next_cursor
  }
  expect(seen).toEqual(ids.toReversed())
})

test('filters narrow, and join', async () => {
  expect(await found('?status=pending')).toEqual([ids[5], ids[3], ids[1]])
  expect(await found('?action=cache.flush&status=approved')).toEqual([ids[6], ids[4], ids[2], ids[0]])
  expect(await found('?environment=staging')).toEqual([])
  expect(await found('?q=quarterly')).toEqual([ids[3]])
  expect(await found('?q=%25')).toEqual([])
  expect(await found('?requester=alice@example.com')).toEqual([ids[5]])
  const { created_at } = (await call(house, 'GET', `/v1/requests/${ids[6]}`, { key })).json
  expect(await found(`?since=${created_at}`)).toContain(ids[6])
  expect(await found('?until=2020-01-01T00:00:00Z')).toEqual([])
  expect(await found(`?since=${encodeURIComponent('2020-01-01T00:00:00+02:00')}`)).toHaveLength(7)
})

test('what is over is not shown as pending, though no sweeper came by', async () => {
  const { json } = await ask(house, key, { action: 'data.export', environment: 'production', ttl_seconds: 1 })
  house.skewMs = 2000
  const item = (await list('?limit=1')).json.items[0]
  house.skewMs = 0
  expect([item?.id, item?.status]).toEqual([json.id, 'expired'])
})

test.each([
  ['?limit=0', '?limit'],
  ['?limit=201', '?limit'],
  ['?limit=-1', '?limit'],
  ['?limit=1.5', '?limit'],
  ['?limit=abc', '?limit'],
  ['?limit=', '?limit'],
  ['?limit=5&limit=6', '?limit'],
  ['?status=open', '?status'],
  ['?staus=pending', '?staus'],
  ['?approved=1', '?approved'],
  ['?cursor=x', '?cursor'],
  [`?cursor=${Buffer.from("req_' OR 1=1").toString('base64url')}`, '?cursor'],
  [`?cursor=${Buffer.from('req_a').toString('base64')}==`, '?cursor'],
  ['?since=yesterday', '?since'],
  ['?since=2026-11-20T10:00:00', '?since'],
  ['?since=2026-02-30T10:00:00Z', '?since'],
  ['?until=2026-11-20T23:59:60Z', '?until'],
  ['?until=10000-01-01T00:00:00Z', '?until'],
  [`?q=${'x'.repeat(201)}`, '?q'],
  ['?__proto__=1', '?__proto__'],
])('%s is refused by its name', async (query, pointer) => {
  const answer = await list(query)
  expect([answer.status, answer.json.code, answer.json.errors.map((fault) => fault.pointer)]).toEqual([
    422,
    'validation_failed',
    [pointer],
  ])
})

test('a misspelt parameter is told which one was meant', async () => {
  expect((await list('?staus=pending')).text).toContain('did you mean \\"status\\"?')
})
