import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { open } from '../../src/approval/open.ts'
import { pointerPath, pointerTo, shownAgainstMask } from '../../src/approval/pointer.ts'
import { MASK, mask } from '../../src/approval/redact.ts'
import type { Ask, JsonObject } from '../../src/approval/request.ts'
import type { Json } from '../../src/audit/canonical.ts'
import { ASK, becomes, evaluated, opened, opening, refusedAs } from './given.ts'

const masked = (params: JsonObject, sensitive: string[] = [], more: string[] = []) =>
  mask({ action: 'a', params, sensitive }, more).masked

describe('the ask says what of it is masked, and by whom', () => {
  test.each<[string, JsonObject, string[], string[], Ask['masked']]>([
    ['nothing', { rows: 3 }, [], [], undefined],
    ['by the asker', { rows: 3, who: { name: 'x' } }, ['/who/name'], [], [{ pointer: '/who/name', by: 'asker' }]],
    ['all of it by the asker', { rows: 3 }, [''], [], [{ pointer: '', by: 'asker' }]],
    ['an item of a list', { rows: [1, 2] }, ['/rows/1'], [], [{ pointer: '/rows/1', by: 'asker' }]],
    ['by a name of the policy', { Iban: 'x', rows: 3 }, [], ['iban'], [{ pointer: '/Iban', by: 'policy' }]],
    [
      'by a name that is a secret’s',
      { db: { password: 'x' } },
      [],
      [],
      [{ pointer: '/db/password', by: 'countersign' }],
    ],
    ['but not what is no secret', { password: null, token: true }, [], [], undefined],
    ['by a text that is one', { argv: ['psql', '--token=abc'] }, [], [], [{ pointer: '/argv/1', by: 'countersign' }]],
    [
      'by the word before it',
      { argv: ['psql', '--password', 'x'] },
      [],
      [],
      [{ pointer: '/argv/2', by: 'countersign' }],
    ],
    ['a key that is one', { 'token=abc': 1 }, [], [], [{ pointer: '/token=[masked]', by: 'countersign' }]],
    [
      'below a key that is one',
      { 'token=abc': { b: 1 } },
      ['/token=abc/b'],
      [],
      [
        { pointer: '/token=[masked]', by: 'countersign' },
        { pointer: '/token=[masked]/b', by: 'asker' },
      ],
    ],
    ['names with ~ and /', { 'a/b': { '~': 'x' } }, ['/a~1b/~0'], [], [{ pointer: '/a~1b/~0', by: 'asker' }]],
    [
      'the asker’s word where both apply',
      { password: 'x' },
      ['/password'],
      [],
      [{ pointer: '/password', by: 'asker' }],
    ],
  ])('%s', (_what, params, sensitive, more, expected) => {
    expect(masked(params, sensitive, more)).toEqual(expected)
  })

  test('of a thousand it says only by whom, and that stands above every path', () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`password_${i}_token`, 'x'])) as JsonObject
    expect(masked({ ...many, rows: 1 }, ['/rows'])).toEqual([
      { pointer: '', by: 'countersign' },
      { pointer: '', by: 'asker' },
    ])
  })

  test('whatever is not shown as it was sent is named, and whatever is named is not shown as it was', () => {
    const key = fc.constantFrom('rows', 'token', 'a/b', '~', 'pwd=x', '__proto__', 'iban', '0')
    const leaf = fc.constantFrom<Json>(1, null, true, 'text', 'token=abcdef', '--password', MASK)
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(key, tree, { maxKeys: 4 }), fc.nat({ max: 3 }), (params, at) => {
        const places = pathsOf(params as Json)
        const chosen = places[at % Math.max(1, places.length)]
        const result = mask({ action: 'a', params: params as JsonObject, sensitive: chosen ? [chosen] : [] }, ['iban'])
        const named = new Set((result.masked ?? []).map(({ pointer }) => pointer))
        const before = leavesOf(params as Json)
        for (const [pointer, value] of leavesOf(result.params as Json)) {
          const isNamed = [...named].some((each) => each === '' || pointer === each || pointer.startsWith(`${each}/`))
          const was = before.get(pointer)
          if (JSON.stringify(was) !== JSON.stringify(value)) expect(isNamed, `${pointer} was changed`).toBe(true)
        }
        for (const pointer of named) expect(pathsOf(result.params as Json).concat('')).toContain(pointer)
      }),
      { numRuns: 3_000 },
    )
  })
})

/** Every pointer into a value but its own. */
function pathsOf(value: Json, path: readonly string[] = []): string[] {
  if (value === null || typeof value !== 'object') return []
  return Object.keys(value).flatMap((key) => {
    const at = [...path, key]
    return [pointerTo(at), ...pathsOf((value as JsonObject)[key] as Json, at)]
  })
}

const leavesOf = (value: Json, path: readonly string[] = []): Map<string, Json> =>
  value === null || typeof value !== 'object'
    ? new Map([[pointerTo(path), value]])
    : new Map(Object.keys(value).flatMap((key) => [...leavesOf((value as JsonObject)[key] as Json, [...path, key])]))

describe('what the policy wants shown cannot be masked by the asker', () => {
  test.each<[string, string[], string[], string | null]>([
    ['at it', ['/query'], ['/rows', '/query'], '/query'],
    ['above it', ['/target/host'], ['/target'], '/target/host'],
    ['all of it', ['/target/host'], [''], '/target/host'],
    ['below it', ['/target'], ['/target/host'], '/target'],
    ['beside it', ['/target/host'], ['/target/port', '/targets', '/target/hosts'], null],
    ['in other letters of a pointer', ['/a~1b'], ['/a~1b/c'], '/a~1b'],
    ['another name that reads alike', ['/a~1b'], ['/a'], null],
    ['nothing is wanted', [], [''], null],
  ])('%s', (_what, wanted, sensitive, found) => {
    expect(shownAgainstMask(wanted, sensitive)).toBe(found)
  })

  test('any path comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '~', '/', '0', '1') })), (path) => {
        expect(pointerPath(pointerTo(path))).toEqual(path)
      }),
    )
  })

  test('such an ask is not opened, but where it is denied: that is evidence', () => {
    const wants = { mustShow: ['/rows'] }
    const ask = (over: object, sensitive: string[]) =>
      open(opening({ ask: ASK, evaluated: evaluated({ ...wants, ...over }), sensitive }))
    const answer = ask({}, ['/rows'])
    expect(answer).toMatchObject({ refused: 'must_show', detail: expect.stringContaining('"/rows"') })
    expect(refusedAs(ask({ effect: 'allow', requirements: [] }, ['']))).toBe('must_show')
    expect(becomes(ask({ effect: 'deny', requirements: [] }, ['/rows'])).status).toBe('denied')
    expect(becomes(ask({}, ['/columns'])).status).toBe('pending')
  })
})

test('a rule whose condition cannot be judged denies, and the outcome names it', () => {
  const deny = { effect: 'deny', requirements: [] } as const
  expect(opened({ evaluated: { ...evaluated(deny), failed: ['big-exports'] } }).outcome).toMatchObject({
    by: 'policy',
    code: 'policy_error',
    reason: expect.stringContaining('big-exports'),
  })
  expect(opened({ evaluated: evaluated({ ...deny, onlyNow: true }) }).outcome?.reason).toContain('at this time')
  expect(opened({ evaluated: evaluated(deny) }).outcome?.reason).not.toContain('at this time')
})
