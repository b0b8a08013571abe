import { describe, expect, test } from 'vitest'
import { withheld } from '../../src/approval/must-show.ts'
import { MaskError, mask } from '../../src/approval/redact.ts'
import type { Ask, JsonObject } from '../../src/approval/request.ts'

const DRESSED = 'deploy --password=$(evil|sh)'
const stored = (ask: Partial<Ask>): Ask => mask({ action: 'data.export', ...ask }, [])
const shown = (params: JsonObject): JsonObject | undefined => stored({ params }).params

describe('what the policy wants shown is seen whole, or it is said by whose word it is not', () => {
  test('by the asker’s, also where the list of what she sent is gone', () => {
    const { sensitive: _, ...ask } = stored({ params: { command: 'x', rows: 1 }, sensitive: ['/command'] })
    expect(withheld(['/command'], ask)).toEqual({ pointer: '/command', by: 'asker' })
    expect(withheld(['/rows'], ask)).toBeNull()
  })

  test('nothing there is nothing hidden', () => {
    const ask = stored({ params: { a: null, rows: 1 } })
    for (const pointer of ['/a', '/a/b', '/rows/b'])
      expect([pointer, withheld([pointer], ask)]).toEqual([pointer, null])
  })

  test('a text that is hidden counts however deep it lies', () => {
    const ask = stored({ params: { a: { b: { c: [{ d: DRESSED }] } } } })
    expect(withheld(['/a'], ask)).toEqual({ pointer: '/a', by: 'countersign' })
    expect(withheld(['/a/b/c'], ask)).toEqual({ pointer: '/a/b/c', by: 'countersign' })
  })

  test('a key that is hidden may be the one that is wanted only where that one would be hidden', () => {
    const ask = stored({ params: { 'token=a': 1, rows: 1 } })
    expect(withheld(['/token=a'], ask)).toEqual({ pointer: '/token=a', by: 'countersign' })
    expect(withheld(['/command'], ask)).toBeNull()
  })
})

describe('keys that are secrets themselves', () => {
  test('are all shown, each under a name of its own', () => {
    expect(shown({ 'token=a': 1, 'token=b': 2, 'token=c': 3 })).toEqual({
      'token=[masked]': 1,
      'token=[masked] 2': 2,
      'token=[masked] 3': 3,
    })
  })

  test('also where the asker gave another key such a name', () => {
    expect(shown({ 'token=[masked] 2': 'mine', 'token=a': 1, 'token=b': 2 })).toEqual({
      'token=[masked] 2': 'mine',
      'token=[masked]': 1,
      'token=[masked] 3': 2,
    })
  })
})

describe('INV11 what an ask says of itself is masked and stays to be read', () => {
  test('the agent, and on whose behalf it runs', () => {
    const requester = { on_behalf_of: { email: 'zed@example.com' }, agent: { name: 'reporter', model: 'token=abcdef' } }
    expect(stored({ requester }).requester).toEqual({
      on_behalf_of: { email: 'zed@example.com' },
      agent: { name: 'reporter', model: 'token=[masked]' },
    })
  })

  test('the context, its details by their names as well', () => {
    expect(stored({ context: { risk: 'high', diff: '-token=abcdef' } }).context).toStrictEqual({
      risk: 'high',
      diff: '-token=[masked]',
    })
    const details = { password: 'hunter2', host: 'db-7', note: 'token=abcdef' }
    expect(stored({ context: { risk: 'low', details } }).context).toEqual({
      risk: 'low',
      details: { password: '[masked]', host: 'db-7', note: 'token=[masked]' },
    })
  })
})

test('what cannot be masked as asked is named, with what to do, and is not repeated', () => {
  const fault = (ask: Partial<Ask>) => {
    try {
      stored(ask)
    } catch (error) {
      if (error instanceof MaskError) return { name: error.name, pointer: error.pointer, message: error.message }
    }
    throw new Error('it was masked')
  }
  const secret = 's3://bucket?token=abcdef'
  for (const member of ['resource', 'environment'] as const) {
    expect(fault({ [member]: secret })).toEqual({
      name: 'MaskError',
      pointer: `/${member}`,
      message: expect.stringMatching(/put it in params$/),
    })
  }
  expect(fault({ params: { a: 1 }, sensitive: ['/b'] }).message).toBe('"/b" points at nothing in params')
})
