import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, type TestHouse } from './house.ts'
import { INEXACT, INVALID } from './json-cases.ts'
import { expectProblem, said } from './said.ts'
import { type Answer, ask, call } from './wire.ts'

let house: TestHouse
let key: string

beforeAll(async () => {
  house = await openHouse()
  key = (await house.client({ actFor: true })).key
})
afterAll(() => house.close())

const post = (raw: string | Buffer, headers = {}): Promise<Answer> =>
  call(house, 'POST', '/v1/requests', { key, raw, headers })

const BASE = { action: 'data.export', environment: 'production' }

describe('I1: what is no JSON object', () => {
  test.each([...INVALID, 'null', '[]', '"x"', '1', 'true'])('is refused with the byte: %j', async (text) => {
    const answer = await post(text)
    const code = /\\u[dD]8/.test(text) && answer.json.code === 'invalid_encoding' ? 'invalid_encoding' : 'invalid_json'
    expectProblem(answer, 400, code)
    expect(String(answer.json.detail)).toMatch(/byte \d+/)
  })

  test('counts bytes, not characters', async () => {
    expect(String((await post('{"é😀":x}')).json.detail)).toContain('byte 10')
  })
})

describe('I2: what is no text', () => {
  test.each([
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['overlong UTF-8', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])],
    ['a surrogate in UTF-8', Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16 LE', Buffer.from('{"action":"a"}', 'utf16le')],
    ['UTF-16 with its mark', Buffer.from('\ufeff{"action":"a"}', 'utf16le')],
    ['half a surrogate pair', Buffer.from('{"action":"a","title":"\\ud800"}')],
  ])('%s is refused', async (_name, bytes) => {
    expectProblem(await post(bytes), 400, 'invalid_encoding')
  })

  test('U+0000 is refused with its pointer', async () => {
    const answer = await post('{"action":"data.export","params":{"a":["\\u0000"]}}')
    expect(said(answer)).toEqual([422, 'validation_failed', '/params/a/0'])
  })
})

describe('I3: keys', () => {
  test.each([
    '{"action":"a","action":"b"}',
    '{"action":"a","\\u0061ction":"b"}',
    '{"action":"a","params":{"x":{"y":1,"y":1}}}',
  ])('a second one is refused: %s', async (text) => {
    expectProblem(await post(text), 400, 'duplicate_key')
  })

  test('names of the prototype pollute nothing', async () => {
    const proto = await post('{"action":"data.export","params":{"__proto__":{"polluted":1}}}')
    expect(said(proto)).toEqual([422, 'validation_failed', '/params/__proto__'])
    const top = await post('{"action":"data.export","constructor":{"prototype":{"polluted":1}},"toString":1}')
    expect(said(top)).toEqual([422, 'validation_failed', '/constructor', '/toString'])
    const params = { constructor: { prototype: { polluted: 1 } }, toString: 'x', hasOwnProperty: null }
    const kept = await ask(house, key, { ...BASE, params })
    expect([kept.status, kept.json.params]).toEqual([201, params])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('I4: numbers', () => {
  test.each(INEXACT)('%s is refused, with the advice to send a string', async (text) => {
    const answer = await post(`{"action":"data.export","params":{"n":${text}}}`)
    expectProblem(answer, 422, 'number_not_exact')
    expect(said(answer)).toEqual([422, 'number_not_exact', '/params/n'])
    expect(answer.text).toContain('as a string')
  })

  test('-0 is taken as 0, and 2^53 stands', async () => {
    const answer = await post('{"action":"data.export","params":{"a":-0,"b":9007199254740992,"c":1.0,"d":1e2}}')
    expect(answer.status).toBe(201)
    expect(answer.text).toContain('"params":{"a":0,"b":9007199254740992,"c":1,"d":100}')
  })
})

describe('I5: size', () => {
  test('64 KiB is read, one byte more is not', async () => {
    const body = (bytes: number): string => {
      const empty = JSON.stringify({ action: 'data.export', nothing: '' })
      return JSON.stringify({ action: 'data.export', nothing: 'x'.repeat(bytes - empty.length) })
    }
    expect(said(await post(body(65_536)))).toEqual([422, 'validation_failed', '/nothing'])
    expectProblem(await post(body(65_537)), 413, 'payload_too_large')
    expectProblem(await post(body(1_000_000)), 413, 'payload_too_large')
  })

  test('params are measured in canonical form, which can be longer than what was sent', async () => {
    const many = (count: number): string =>
      `{"action":"data.export","params":{"n":[${Array(count).fill('1e20').join()}]}}`
    expect((await post(many(2000))).status).toBe(201)
    expect(said(await post(many(3000)))).toEqual([422, 'validation_failed', '/params'])
    const text = { ...BASE, params: { t: 'x'.repeat(49 * 1024) } }
    expect(said(await ask(house, key, text))).toEqual([422, 'validation_failed', '/params'])
    expect((await ask(house, key, { ...BASE, params: { t: 'x'.repeat(47 * 1024) } })).status).toBe(201)
  })

  test('depth and number of keys are bounded', async () => {
    expectProblem(await post(`{"action":"a","params":${'{"a":'.repeat(10_000)}`), 400, 'invalid_json')
    expectProblem(await post(`{"action":"a","params":${'['.repeat(30_000)}`), 400, 'invalid_json')
  })

  test.each(['gzip', 'br', 'identity'])(
    'a Content-Encoding (%s) is refused, so no bomb is unpacked',
    async (encoding) => {
      expectProblem(await post('{}', { 'content-encoding': encoding }), 415, 'unsupported_media_type')
    },
  )
})

describe('I6: content types', () => {
  test.each([
    'text/plain',
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/json;v=1',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/merge-patch+json',
    'application/jsonx',
    '',
  ])('%j is refused', async (type) => {
    expectProblem(await post('{"action":"data.export"}', { 'content-type': type }), 415, 'unsupported_media_type')
  })

  test('none is refused as well', async () => {
    const answer = await call(house, 'POST', '/v1/requests', { key, headers: { 'content-length': '0' } })
    expectProblem(answer, 415, 'unsupported_media_type')
  })

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    '%j is read',
    async (type) => {
      expect((await post('{"action":"data.export"}', { 'content-type': type })).status).toBe(201)
    },
  )
})
