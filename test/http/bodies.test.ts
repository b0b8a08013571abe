import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type TestHouse } from './house.ts'
import { answers, ask, call, rawExchange, until } from './wire.ts'

let house: TestHouse
let key: string

beforeAll(async () => {
  house = await openHouse()
  key = (await house.client()).key
})
afterAll(() => house.close())

const POST = 'POST /v1/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer '

describe('I5: bodies without end', () => {
  const head = (more: string): string => `${POST}${key}\r\nContent-Type: application/json\r\n${more}\r\n`

  test('a declared gigabyte is 413 before any of it is sent', async () => {
    const { text } = await rawExchange(house, head('Content-Length: 1073741824\r\n'))
    expect(answers(text)).toEqual([{ status: 413, code: 'payload_too_large' }])
    expect(text.toLowerCase()).toContain('connection: close')
  })

  test('who asks first (Expect: 100-continue) is told 413 and never invited', async () => {
    const refused = await rawExchange(house, head('Expect: 100-continue\r\nContent-Length: 1073741824\r\n'))
    expect(answers(refused.text)).toEqual([{ status: 413, code: 'payload_too_large' }])
    const invited = await rawExchange(
      house,
      head('Expect: 100-continue\r\nContent-Length: 24\r\n'),
      '{"action":"cache.flush"}',
    )
    expect(answers(invited.text).map(({ status }) => status)).toEqual([100, 201])
  })

  test('chunks without end are 413, cut off, and never kept', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const before = process.memoryUsage().rss
    const { text, sent } = await new Promise<{ text: string; sent: number }>((resolve) => {
      const socket = connect(house.port, '127.0.0.1')
      let [text, sent] = ['', 0]
      const pump = (): void => {
        while (!socket.destroyed && socket.write(chunk)) sent += chunk.length
        sent += chunk.length
      }
      socket.on('connect', () => {
        socket.write(head('Transfer-Encoding: chunked\r\n'))
        pump()
      })
      socket.on('drain', pump)
      socket.on('data', (data) => {
        text += data.toString('latin1')
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve({ text, sent }))
    })
    expect(answers(text)).toEqual([{ status: 413, code: 'payload_too_large' }])
    expect(sent).toBeGreaterThan(64 * 1024)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
  })

  test('who stops in the middle of a body leaves nothing behind', async () => {
    const before = (await house.store.requests({ limit: 200 })).length
    const socket = connect(house.port, '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.write(head('Content-Length: 100\r\n'))
    socket.write('{"action":')
    socket.destroy()
    const healthy = await call(house, 'GET', '/healthz')
    expect([healthy.status, (await house.store.requests({ limit: 200 })).length]).toEqual([200, before])
  })

  test('T20: two hundred who never finish their head keep nobody else waiting', async () => {
    const slow = Array.from({ length: 200 }, () => {
      const socket = connect(house.port, '127.0.0.1', () =>
        socket.write('POST /v1/requests HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      )
      return socket.on('error', () => {})
    })
    await until(() => slow.every((socket) => socket.bytesWritten > 0))
    const answer = await ask(house, key, { action: 'cache.flush' })
    expect(answer.status).toBe(201)
    for (const socket of slow) socket.destroy()
  })
})
