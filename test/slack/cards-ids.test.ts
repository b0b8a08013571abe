import { describe, expect, it } from 'vitest'
import { buttonValue, matchesDigest, metadata, parseButtonValue, parseMetadata } from '../../src/slack/cards/ids.ts'
import { pending } from './cards-given.ts'

describe('a button', () => {
  const request = pending()

  it('carries the request and the beginning of its digest', () => {
    const value = buttonValue(request)
    expect(value).toMatch(/^req_019b0a:[0-9a-f]{16}$/)
    expect(parseButtonValue(value)).toEqual({
      requestId: 'req_019b0a',
      digestShown: request.payloadDigest.slice(7, 23),
    })
  })

  it('matches the digest that is stored, and no other', () => {
    expect(matchesDigest(request, request.payloadDigest.slice(7, 23))).toBe(true)
    expect(matchesDigest(request, 'f'.repeat(16))).toBe(false)
  })

  it('opens a view that carries the same', () => {
    const carried = parseMetadata(metadata(request, 'C0PROD', 2))
    expect(carried).toEqual({ ...parseButtonValue(buttonValue(request)), channel: 'C0PROD', page: 2 })
  })

  it.each([
    [''],
    ['req_1'],
    ['req_1:'],
    ['req_1:abc'],
    [`req_1:${'A'.repeat(16)}`],
    [`req_1:${'a'.repeat(65)}`],
    [`req_1:${'a'.repeat(16)}\n`],
    [`REQ_1:${'a'.repeat(16)}`],
    [`req_1/../x:${'a'.repeat(16)}`],
    [`req_${'1'.repeat(200)}:${'a'.repeat(16)}`],
    [undefined],
    [7],
  ])('with the value %j is none of ours', (value) => {
    expect(parseButtonValue(value)).toBeNull()
  })

  it.each([
    [undefined],
    [''],
    ['null'],
    ['[]'],
    ['{}'],
    [JSON.stringify({ requestId: 'req_1', digestShown: 'a'.repeat(16), channel: '<!here>', page: 0 })],
    [JSON.stringify({ requestId: 'req_1', digestShown: 'a'.repeat(16), channel: 'C0PROD', page: -1 })],
    [JSON.stringify({ requestId: 'req_1', digestShown: 'zz', channel: null, page: 0 })],
  ])('and a view with the metadata %j is none either', (text) => {
    expect(parseMetadata(text)).toBeNull()
  })
})
