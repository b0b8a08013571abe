import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { open } from '../../src/approval/open.ts'
import { MaskError, mask } from '../../src/approval/redact.ts'
import type { ApprovalRequest, Ask, JsonObject } from '../../src/approval/request.ts'
import type { Json } from '../../src/audit/canonical.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { readExpression } from '../../src/policy/expression.ts'
import { factsOf } from '../../src/policy/facts.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { changeOf, evaluated, opening, T0 } from '../approval/given.ts'
import { HEAD, NOW, policyFrom, subjectOf } from './policies.ts'

/**
 * The same ask gets the same answer at every moment: as it came in, as it lies in the store, and as the log holds it for a
 * replay. An ask that turned a condition between its creation and the click would be judged by no policy at all (B24, B25).
 */

const store = openSqlite({ file: join(mkdtempSync(join(tmpdir(), 'round-')), 'a.db'), exclusive: true, now: () => T0 })
afterAll(() => store.close())
let n = 0

/** The ask as the store gives it back, and as the log does. */
async function kept(ask: Ask): Promise<readonly Ask[]> {
  const id = `req_${++n}`
  await store.commit(changeOf(open(opening({ id, ask, evaluated: evaluated() }))))
  const [entry] = await store.auditOf(id)
  const logged = JSON.parse(entry?.body ?? '{}') as { request?: ApprovalRequest }
  const found = [(await store.request(id))?.ask, logged.request?.ask]
  return found.map((each) => {
    if (!each) throw new Error('the ask was not kept')
    return each
  })
}

/** Conditions that look for every difference that storing could make: signs, order, kinds, what is there and what is not. */
const CONDITIONS = [
  'params.a < 0.0',
  'string(params.a) == "-0"',
  'params.a == 0.0',
  'params.b.map(k, k)[0] == "a"',
  'params.b.filter(k, true)[0] == "10"',
  'params.b.exists(k, k == "__proto__")',
  'has(params.b.a) || has(params.b.b)',
  'has(params.constructor)',
  'size(params) > 2',
  'params == {"a": 0.0}',
  'params.b == {"b": 1.0, "a": 1.0}',
  'type(params.a) == double',
  'params.l[0] < params.l[1]',
  'params.l.exists(x, x == "")',
  '"a" in params',
  'title == "" && reason == ""',
  'context.reversible || context.risk != ""',
  'context.data.exists(d, d.classification == "")',
  'requester.agent.name != ""',
]
const POLICY = policyFrom(
  `${HEAD}rules:\n${CONDITIONS.map((when, i) => `  - { id: r${i}, match: { action: data.export }, effect: allow, when: '${when}' }\n`).join('')}`,
)

const number = fc.oneof(fc.constantFrom(1, -1, 1e-7, 1e21, 0.1), fc.double({ noNaN: true, noDefaultInfinity: true }))
const leaf = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(0, -0) },
  number,
  fc.constantFrom<Json>(null, true, false, '', 'a', 'token=abcdef', '[masked]', '😀'),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
)
const key = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('a', 'a', 'a', 'b', 'l', '10', '9', 'constructor', '__proto__', 'password', '~/'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }) },
)
const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 4 }).map(asWritten),
  ),
}))
/** Members in the order in which they were sent, names that JavaScript has its own idea of included. */
function asWritten(entries: readonly (readonly [string, Json])[]): JsonObject {
  return JSON.parse(`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${written(value)}`).join(',')}}`)
}
const written = (value: Json): string => (Object.is(value, -0) ? '-0' : JSON.stringify(value))

const asks: fc.Arbitrary<Ask> = fc
  .record({
    params: fc.option(fc.array(fc.tuple(key, tree), { maxLength: 4 }).map(asWritten), { nil: undefined, freq: 8 }),
    sensitive: fc.constantFrom(undefined, undefined, [], ['/a'], ['/b']),
    title: fc.constantFrom(undefined, '', 'a title', 'token=abcdef'),
    context: fc.constantFrom(
      undefined,
      { reversible: undefined },
      { risk: 'low' as const, data: [{ name: 'users', classification: undefined }] },
    ),
    requester: fc.constantFrom(undefined, { agent: undefined }, { agent: { name: 'robot', model: undefined } }),
  })
  .map((ask) => ({ action: 'data.export', ...ask }))

const masked = (ask: Ask): Ask => {
  try {
    return mask(ask, [])
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    return mask({ ...ask, sensitive: [] }, [])
  }
}

describe('a condition', () => {
  test('answers the same for an ask as it came in, as it is stored, and as the log holds it', async () => {
    const answers = new Set<string>()
    await fc.assert(
      fc.asyncProperty(asks, async (ask) => {
        const came = masked(ask)
        const before = evaluate(POLICY, subjectOf(came), { nowMs: NOW })
        for (const { answer } of before.trace) answers.add(answer)
        for (const after of await kept(came)) {
          expect(evaluate(POLICY, subjectOf(after), { nowMs: NOW })).toEqual(before)
        }
      }),
      { numRuns: 500 },
    )
    expect([...answers].sort()).toEqual(['applies', 'when_failed', 'when_false'])
  })

  test('cannot tell a negative zero from zero: JSON has but one (RFC 8785)', () => {
    const on = (source: string, params: JsonObject) => readExpression(source).evaluate(factsOf(subjectOf({ params })))
    expect(on('params.a < 0.0', { a: -0 })).toBe(false)
    expect(on('string(params.l[0]) == "0"', { l: [-0] })).toBe(true)
    expect(on('string(params.a) == "0"', { a: -0 })).toBe(true)
    expect(on('params.a < 0.0', { a: -1e-9 })).toBe(true)
  })

  test('cannot tell in which order the members were sent', () => {
    const first = readExpression('params.m.map(k, k)[0] == "a"')
    for (const m of [
      { a: 1, b: 1 },
      { b: 1, a: 1 },
    ])
      expect(first.evaluate(factsOf(subjectOf({ params: { m } })))).toBe(true)
  })
})
