import { expect, test } from 'vitest'
import { Waiters } from '../src/waiters.ts'
import { opened } from './approval/given.ts'

const LONG = 60_000
const ended = (id: string) => ({ ...opened(), id, status: 'denied' as const })

test('ten thousand wait, each hears of its own request alone, and nobody stays behind', async () => {
  const waiters = new Waiters()
  const standing = Array.from({ length: 10_000 }, (_, i) => waiters.stand(`req_${i % 100}`, LONG))
  expect(waiters.count).toBe(10_000)
  const first = ended('req_0')
  waiters.tell(first)
  expect(waiters.count).toBe(9_900)
  for (let i = 1; i < 100; i++) waiters.tell(ended(`req_${i}`))
  const heard = await Promise.all(standing.map((each) => each.news))
  expect(waiters.count).toBe(0)
  expect(heard[0]).toBe(first)
  heard.forEach((request, i) => {
    expect(request?.id).toBe(`req_${i % 100}`)
  })
})

test('whoever leaves hears nothing and is counted no more, and leaving twice is leaving once', async () => {
  const waiters = new Waiters()
  const [gone, stays] = [waiters.stand('req_1', LONG), waiters.stand('req_1', LONG)]
  gone.leave()
  gone.leave()
  expect(waiters.count).toBe(1)
  expect(await gone.news).toBeNull()
  waiters.tell(ended('req_1'))
  expect((await stays.news)?.status).toBe('denied')
  stays.leave()
  expect(waiters.count).toBe(0)
})

test('a wait that is over ends without news', async () => {
  const waiters = new Waiters()
  expect(await waiters.stand('req_1', 1).news).toBeNull()
  expect(waiters.count).toBe(0)
})

test('the closing house lets everybody go without news', async () => {
  const waiters = new Waiters()
  const standing = Array.from({ length: 50 }, (_, i) => waiters.stand(`req_${i % 7}`, LONG))
  waiters.release()
  expect(waiters.count).toBe(0)
  expect(await Promise.all(standing.map((each) => each.news))).toEqual(standing.map(() => null))
})

test('news that nobody waits for is forgotten: who comes after it waits for the next', async () => {
  const waiters = new Waiters()
  waiters.tell(ended('req_1'))
  const late = waiters.stand('req_1', LONG)
  expect(waiters.count).toBe(1)
  waiters.tell({ ...ended('req_1'), version: 9 })
  expect((await late.news)?.version).toBe(9)
})

test('a waiter that stands up again while it is told is not told twice', async () => {
  const waiters = new Waiters()
  const { news } = waiters.stand('req_1', LONG)
  const again = news.then(() => waiters.stand('req_1', LONG))
  waiters.tell(ended('req_1'))
  const second = await again
  expect(waiters.count).toBe(1)
  second.leave()
  expect(await second.news).toBeNull()
})

test('a request named like a member of every object has waiters of its own', async () => {
  const waiters = new Waiters()
  const { news } = waiters.stand('__proto__', LONG)
  waiters.tell(ended('constructor'))
  expect(waiters.count).toBe(1)
  waiters.tell(ended('__proto__'))
  expect((await news)?.id).toBe('__proto__')
})
