import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ask, JsonObject, Masked } from '../../src/approval/request.ts'
import { readExpression } from '../../src/policy/expression.ts'
import { ExpressionError } from '../../src/policy/expression-error.ts'
import { factsOf } from '../../src/policy/facts.ts'
import { subjectOf } from './policies.ts'

const over = (source: string, ask: Partial<Ask> = {}): boolean =>
  readExpression(source).evaluate(factsOf(subjectOf(ask)))
const withParams = (source: string, params: JsonObject, masked?: readonly Masked[]): boolean =>
  over(source, { params, masked })

const PARAMS: JsonObject = {
  rows: 5_000,
  page: 4,
  table: 'users',
  tables: ['users', 'orders'],
  dry_run: false,
  nothing: null,
  target: { host: 'db-7', 'a/b': 1 },
  items: [{ name: 'x', pii: true }],
}

describe('a condition', () => {
  it.each([
    'params.rows > 1000',
    'params.rows == 5000 && params.rows == 5000.0',
    'params.rows * 2.0 > 9999.0',
    'int(params.page) % 2 == 0',
    'params.table == "users"',
    'params.table in ["users", "orders"]',
    '"orders" in params.tables',
    'params.tables.exists(t, t == "users") && !params.tables.all(t, t == "users")',
    'params.tables.filter(t, t.startsWith("u")).size() == 1',
    'params.items.exists(i, i.pii && i.name == "x")',
    'has(params.target) && has(params.target.host) && !has(params.target.port)',
    'params["target"]["a/b"] == 1',
    'params.nothing == null',
    'params.dry_run == false',
    're2(params.target.host, "^db-[0-9]+$")',
    'size(params.tables) == 2 && params.table.size() == 5',
    'type(params.rows) == double',
    'params.rows > 1000 ? params.dry_run == false : false',
    'has(params.constructor) || has(params.toString) || true',
  ])('is true: %s', (source) => {
    expect(withParams(source, PARAMS)).toBe(true)
  })

  it('knows the ask and who asks, and what is left out as the empty text', () => {
    const ask: Partial<Ask> = {
      resource: 's3://a',
      reason: 'quarterly report',
      requester: { on_behalf_of: { email: 'alice@example.com' }, agent: { name: 'reporter', model: 'm1' } },
      context: { risk: 'high', data: [{ name: 'customers', classification: 'pii' }] },
    }
    const known = [
      'action == "data.export" && resource.startsWith("s3://") && environment == "" && title == ""',
      'reason.contains("report") && requester.client.id == "ci" && requester.client.name == "CI"',
      'requester.verified_by == "client_key" && requester.on_behalf_of.email == "alice@example.com"',
      'requester.on_behalf_of.slack_user_id == "" && requester.agent.name == "reporter" && requester.agent.run_id == ""',
      'context.risk == "high" && context.reversible == false && size(context.links) == 0',
      'context.data.exists(d, d.classification == "pii")',
    ]
    for (const source of known) expect([source, over(source, ask)]).toEqual([source, true])
    expect(over('requester.agent.name == "" && context.risk == "" && size(params) == 0')).toBe(true)
  })
})

const faultOf = (source: string): ExpressionError => {
  try {
    readExpression(source)
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error(`${source} was read`)
}

describe('refused at load, at its place', () => {
  it.each([
    ['params.rows >', 13, 'Unexpected'],
    ['rows > 1000', 0, 'there is no rows: known are action'],
    ['enviroment == "x"', 0, 'there is no enviroment: did you mean environment?'],
    ['context.risq == "low"', 8, 'there is no field risq: did you mean risk?'],
    ['context.data.exists(d, d.clasification == "x")', 25, 'did you mean classification?'],
    ['requester.agent.prompt == "x"', 16, 'there is no field prompt'],
    ['action > 1', 0, 'no such overload: string > int'],
    ['params.rows', 0, 'its answer must be true or false'],
    ['size(reason)', 0, 'its answer must be true or false'],
    ['true && params.host.matches("(a+)+$")', 8, 'matches() could run for minutes'],
    ['[1].all(x, params.a[x].matches("a"))', 11, 'matches() could run for minutes'],
    ['true ? {"a": matches(reason, "a")}.a : false', 13, 'matches() could run for minutes'],
    ['reason.re2("a")', 0, 'write re2(text, pattern)'],
    ['re2(reason, params.pattern)', 0, 'must be a text of its own'],
    ['re2(reason, "(a")', 12, 'the pattern of re2() is wrong: missing closing )'],
    ['re2(reason, "(?=a)")', 12, 'the pattern of re2() is wrong'],
    ['re2(reason, "((a{100}){100}){100}")', 12, 'the pattern of re2() is wrong'],
    ['params.a.all(x, params.b.exists(y, x == y))', 0, 'all() stands around exists()'],
    ['params.a.map(x, x).exists(x, x == 1)', 0, 'exists() stands around map()'],
    ['cel.bind(x, params, x.y == 1)', 0, 'there is no bind() here'],
    ['params.a.join(",") == ""', 0, 'there is no join() here'],
    ['timestamp("2026-01-01T00:00:00Z") < now()', 0, 'there is no timestamp() here'],
    ['params.rows + 1 > 2', 14, 'write 1.0 in place of 1'],
    ['params.l.all(x, 2 * x > 1)', 16, 'write 2.0 in place of 2'],
    ['params.rows % 2 == 0', 14, 'which have no %: write int(…)'],
    ['has(resource)', 4, 'has()'],
    ['has(context.risk)', 4, 'has() is for params'],
    ['reason == "a\u202eb"', 0, 'hidden characters'],
    ['rеason == "a"', 1, ''],
    [`reason == "${'x'.repeat(2_000)}"`, 0, 'longer than 2000 characters'],
    [`${'('.repeat(30)}true${')'.repeat(30)}`, 20, ''],
    [Array.from({ length: 300 }, () => 'true').join('||'), 0, ''],
    ['', 0, ''],
  ])('%s', (source, offset, message) => {
    const fault = faultOf(source)
    expect(fault.message).toContain(message)
    expect(fault.message).not.toContain('\n')
    if (message !== '') expect(fault.offset).toBe(offset)
  })
})

it.each([
  'params.a / params.b > 1.0',
  '1.0 / 0.0 > 1.0',
  '1.0 / -0.0 > 1.0',
  '1 / 0 == 1',
  '1 / int(params.zero) == 1',
  'int(params.a) % int(params.b) == 0',
  'params.l.exists(x, 1.0 / x > 1.0)',
])('a condition cannot divide by what may be zero: %s', (source) => {
  expect(faultOf(source).message).toContain('compare products instead: a / b > c is a > b * c')
})

it('a condition divides by a number', () => {
  expect(withParams('params.bytes / 1024.0 > 1.0 && params.bytes / -2.0 < 0.0', { bytes: 2048 })).toBe(true)
})

it('a condition makes no decimal of a text, which may say that it is no number', () => {
  expect(faultOf('double(params.rows) > 1000.0').message).toContain('a text may say "NaN"')
  expect(() => withParams('double(int(params.rows)) > 1000.0', { rows: 'NaN' })).toThrow(ExpressionError)
  expect(withParams('double(size(params.rows)) / 2.0 > 1.0', { rows: 'three' })).toBe(true)
})

describe('cannot be evaluated', () => {
  it.each([
    ['params.missing > 1', 'the ask has no missing'],
    ['params.target.port == 1', 'the ask has no port'],
    ['params.table > 1000', 'no such overload'],
    ['params.table && true', ''],
    ['int(params.table) == 1', 'cannot convert'],
    ['params.tables[7] == "x"', ''],
    ['re2(params.rows, "a")', 're2'],
    ['params.constructor == 1', 'the ask has no constructor'],
    ['params.__proto__ == 1', 'the ask has no __proto__'],
  ])('%s', (source, message) => {
    const attempt = (): boolean => withParams(source, PARAMS)
    expect(attempt).toThrow(ExpressionError)
    expect(attempt).toThrow(message)
  })

  it('a parameter named like what every object has is a parameter like any other', () => {
    const params = JSON.parse('{"constructor": 1, "__proto__": 2, "toString": {"get": 3, "size": 4}}')
    expect(withParams('params.constructor == 1 && params.__proto__ == 2', params)).toBe(true)
    expect(withParams('params.toString.get == 3 && params.toString.size == 4 && size(params) == 3', params)).toBe(true)
  })

  it('values of the ask are never repeated', () => {
    expect(() => withParams('bool(params.table)', { table: 'xoxb-secret' })).not.toThrow(/xoxb/)
    expect(() => withParams('bool(params.table)', { table: 'xoxb-secret' })).toThrow(ExpressionError)
  })
})

describe('what runs long is counted, not timed', () => {
  const long = Array.from({ length: 20_000 }, (_, i) => i)
  const text = 'ab'.repeat(20_000)

  it.each([
    ['params.long.all(x, x in params.long)', { long }],
    [
      'params.long.all(x, re2(params.text, "(a|b)+c"))',
      { long: long.slice(0, 200).map(() => 1), text: text.slice(0, 9) },
    ],
    [Array.from({ length: 50 }, () => 'params.long.all(x, x >= 0)').join(' && '), { long }],
    [
      'params.all(k, params.all != params || params[k] == 1 || k in params)',
      Object.fromEntries(long.map((i) => [`k${i}`, {}])),
    ],
    [Array.from({ length: 50 }, () => 're2(params.text, "(a|b)+c")').join(' || '), { text }],
  ])('%s', (source, params) => {
    // The second and the last are within the bounds at first: it is the same condition again and again that is not.
    const facts = factsOf(subjectOf({ params: params as JsonObject }))
    const expression = readExpression(source)
    const again = (): void => {
      for (let i = 0; i < 100_000; i++) expression.evaluate(facts)
    }
    expect(again).toThrow('it takes too long')
    // Once used up, nothing more is judged over this ask.
    expect(() => readExpression('action == "x"').evaluate(facts)).toThrow('it takes too long')
  })

  it.each([
    [
      'all of params',
      Array.from({ length: 60 }, () => 'params.all(k, k != "x")').join(' && '),
      { params: Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [`k${i}`, 1])) },
    ],
    [
      'patterns over a long text',
      Array.from({ length: 10 }, () => 're2(params.text, "(a|b)+c")').join(' || '),
      { params: { text } },
    ],
  ])('already within one condition: %s', (_name, source, ask) => {
    expect(() => over(source, ask)).toThrow('it takes too long')
  })

  it('an || does not swallow it', () => {
    const facts = factsOf(subjectOf({ params: { long } }))
    expect(() => readExpression('params.long.all(x, x in params.long) || true').evaluate(facts)).toThrow(
      'takes too long',
    )
  })

  it('while an ordinary one over the largest ask is judged', () => {
    const rows = Array.from({ length: 4_000 }, (_, i) => ({ id: i, name: 'x' }))
    expect(withParams('params.rows.all(r, r.id >= 0 && r.name == "x")', { rows })).toBe(true)
    expect(withParams('re2(params.text, "(a+)+$")', { text: `${'a'.repeat(40_000)}!` })).toBe(false)
  })
})

describe('what is masked cannot be judged by', () => {
  it.each([
    ['params.rows > 1', ['/rows']],
    ['params.target.host == "x"', ['/target/host']],
    ['params["target"]["a/b"] == 1', ['/target/a~1b']],
    ['params.tables[0] == "x"', ['/tables/0']],
    ['params.tables.exists(t, t == "x")', ['/tables']],
    ['params[action] == 1', ['']],
    ['params.target[params.table] == 1', ['/target', '/table']],
    ['params.target[action].host == 1', ['/target']],
    ['has(params.rows)', ['/rows']],
    ['size(params) > 1', ['']],
    ['action == "x"', []],
    ['context.risk == "low" || params.a.b == 1 && {"k": params.c}.k == 1', ['/a/b', '/c']],
  ])('%s reads %j', (source, reads) => {
    expect(readExpression(source).reads.toSorted()).toEqual(reads.toSorted())
  })

  it.each(['/target', '/target/host', '/target/host/deeper', ''])('at it, above it and below it: %j', (pointer) => {
    const masked: Masked[] = [{ pointer, by: 'asker' }]
    expect(() => withParams('params.target.host == "db-7"', PARAMS, masked)).toThrow('which is masked')
    expect(() => withParams('params.target.host == "db-7" || true', PARAMS, masked)).toThrow('which is masked')
    expect(over('params.target.host == "db-7" || true', { params: PARAMS, sensitive: ['/target/hosts'] })).toBe(true)
  })

  it('whoever masked it, and in claims as well', () => {
    expect(() => withParams('params.note == "x"', { note: 'token=[masked]' })).toThrow('masked')
    expect(() => withParams('has(params.note)', { 'token=[masked]': 1 })).toThrow('masked')
    expect(() => over('reason.contains("x")', { reason: 'because [masked]' })).toThrow('holds a masked text')
    expect(() => over('requester.agent.name != ""', { requester: { agent: { name: '[masked]' } } })).toThrow('masked')
    expect(over('action != ""', { reason: 'because [masked]' })).toBe(true)
  })

  it('no value under a mask changes the answer, for any ask and any of these conditions', () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null))
    const params = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf), fc.array(leaf, { maxLength: 3 })))
    const source = fc.constantFrom(
      'params.a == 1',
      'has(params.a)',
      'params.a.b == params.c',
      'params.b.exists(x, x == 1)',
      'params["c"]["a"] == true || params.a == 1',
      'size(params) > 1',
      'params[action] == 1',
      'params.c == null ? params.a == 1 : params.b == 1',
    )
    const pointer = fc.constantFrom('', '/a', '/b', '/c', '/a/b', '/b/0', '/c/a')
    const answer = (text: string, asked: JsonObject, masked: readonly Masked[]): boolean | 'failed' => {
      try {
        return withParams(text, asked, masked)
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError)
        return 'failed'
      }
    }
    fc.assert(
      fc.property(source, params, params, pointer, (text, one, other, at) => {
        const masked: Masked[] = [{ pointer: at, by: 'asker' }]
        const [top] = at.split('/').slice(1)
        // The same ask but for what is masked.
        const swapped = top === undefined ? other : { ...one, [top]: other[top] ?? null }
        const kept = Object.hasOwn(one, top ?? '') || top === undefined ? swapped : one
        const first = answer(text, one, masked)
        if (at.split('/').length <= 2) expect(answer(text, kept as JsonObject, masked)).toBe(first)
      }),
      { numRuns: 2_000 },
    )
  })
})
