import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/approval/request.ts'
import { readExpression } from '../../src/policy/expression.ts'
import { ExpressionError } from '../../src/policy/expression-error.ts'
import { factsOf } from '../../src/policy/facts.ts'
import { subjectOf } from './policies.ts'

const faultOf = (attempt: () => unknown): ExpressionError => {
  try {
    attempt()
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error('nothing was wrong')
}
const unreadable = (source: string): ExpressionError => faultOf(() => readExpression(source))
const failing = (source: string, params: JsonObject): ExpressionError =>
  faultOf(() => readExpression(source).evaluate(factsOf(subjectOf({ params }))))

describe('whatever is thrown while a condition runs is a failure of the condition, said in a sentence', () => {
  const UNSAID = 'it cannot be evaluated'
  test.each<[string, unknown, string, number]>([
    ['an error of the machine', new RangeError('Maximum call stack size exceeded'), UNSAID, 0],
    ['nothing', null, UNSAID, 0],
    ['a text', 'summary', UNSAID, 0],
    ['a summary that is no text', { summary: 5 }, UNSAID, 0],
    ['no place', { summary: 'it broke' }, 'it broke', 0],
    ['a place that is nothing', { summary: 'it broke', range: null }, 'it broke', 0],
    ['a place that is a text', { summary: 'it broke', range: 'start' }, 'it broke', 0],
    ['a place that is no number', { summary: 'it broke', range: { start: 'x' } }, 'it broke', 0],
    ['a place', { summary: 'it broke', range: { start: 7 } }, 'it broke', 7],
    ['a sentence that speaks of a key', { summary: 'of it: No such key: x' }, 'of it: No such key: x', 0],
  ])('%s', (_what, thrown, message, offset) => {
    const facts = factsOf(subjectOf())
    const variables = new Map(facts.variables)
    variables.get = () => {
      throw thrown
    }
    const fault = faultOf(() => readExpression('action == "x"').evaluate({ ...facts, variables }))
    expect([fault.message, fault.offset]).toEqual([message, offset])
  })
})

describe('what is wrong with a condition is said in one short line', () => {
  test('with every name that there is, apart from one another', () => {
    expect(unreadable('rows > 1').message).toBe(
      'there is no rows: known are action, resource, environment, title, reason, params, context, requester',
    )
    expect(unreadable('now() == 1').message).toBe(
      'there is no now() here: known are has, size, re2, int, double, string, bool, type',
    )
  })

  test('a field that reads like a sentence of ours is a field', () => {
    expect(unreadable('context["Unknown variable: actin"] == "x"').message).toMatch(/^there is no field Unknown:/)
  })

  test('a key of two thousand letters is not repeated whole', () => {
    expect(failing(`params.${'k'.repeat(1_900)} == 1`, {}).message.length).toBeLessThan(250)
  })

  test('a value of the ask is left out of it, and that something is left out can be seen', () => {
    expect(failing('bool(params.table)', { table: 'orders' }).message).toMatch(/"…"$/)
  })
})

describe('refused at load', () => {
  test.each(['re2()', 're2(reason)'])('a pattern that is not there: %s', (source) => {
    expect(unreadable(source).message).toContain('must be a text of its own')
  })

  test('whole numbers added to a parameter, however it is named', () => {
    expect(unreadable('params["rows"] + 1 > 2').message).toContain('write 1.0 in place of 1')
  })

  test.each(['!params.host.matches("(a+)+$")', '-size(matches(reason, "a")) < 0'])(
    'what could run for minutes, also behind a sign: %s',
    (source) => {
      expect(unreadable(source).message).toContain('matches() could run for minutes')
    },
  )
})

describe('what is masked cannot be judged by', () => {
  test.each([
    ['!params.dry_run', ['/dry_run']],
    ['-params.rows < 0.0', ['/rows']],
    ['params[true] == 1', ['']],
    ['params[1.5] == 1', ['']],
    ['params[null] == 1', ['']],
  ])('%s reads %j', (source, reads) => {
    expect(readExpression(source).reads).toEqual(reads)
  })

  test('behind a sign no less than before it', () => {
    const masked = [{ pointer: '/dry_run', by: 'asker' as const }]
    const hidden = factsOf(subjectOf({ params: { dry_run: '[masked]' }, masked }))
    expect(() => readExpression('!params.dry_run').evaluate(hidden)).toThrow('which is masked')
  })
})

test('inside of a list every kind of value may be compared with', () => {
  const facts = factsOf(subjectOf({ params: { items: [1, 'x', true] } }))
  expect(readExpression('params.items.all(i, i != null)').evaluate(facts)).toBe(true)
})

test('a thousand conditions that look at little of a large ask are all judged', () => {
  const params = Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [`k${i}`, 1]))
  const facts = factsOf(subjectOf({ params }))
  const expression = readExpression('params.k7 == 1 && action != "x"')
  for (let i = 0; i < 1_000; i++) expect(expression.evaluate(facts)).toBe(true)
})
