import { Environment, type ParseResult } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import { ExpressionError } from './expression-error.ts'
import { checkShape, nodesOf, parametersRead } from './expression-shape.ts'
import type { Facts, Work } from './facts.ts'
import { isDeceptive, nearest } from './text.ts'

/** A CEL expression that was checked at load. */
export interface Expression {
  readonly source: string
  /**
   * Paths into `params` that it reads, as RFC 6901 pointers; `""` is all of it. What is masked there cannot be judged by:
   * the ask is denied.
   */
  readonly reads: readonly string[]
  /** @throws ExpressionError where it cannot be evaluated: a missing key, too long a run. */
  readonly evaluate: (facts: Facts) => boolean
}

const LONGEST = 2_000
/** re2 looks at each character several times: about a microsecond. */
const STEPS_A_CHARACTER = 32

/** The shape of what is asked about. There is no clock: time belongs to `during`, so that it can be shown and foreseen. */
const FIELDS = {
  context: {
    risk: 'string',
    reversible: 'bool',
    data: 'list<Data>',
    links: 'list<Link>',
  },
  requester: {
    client: { id: 'string', name: 'string' },
    verified_by: 'string',
    on_behalf_of: { email: 'string', slack_user_id: 'string' },
    agent: { name: 'string', model: 'string', provider: 'string', run_id: 'string', tool_call_id: 'string' },
  },
} as const
const TEXTS = ['action', 'resource', 'environment', 'title', 'reason'] as const
const DATA = { name: 'string', classification: 'string' }
const LINK = { title: 'string', url: 'string' }
const VARIABLES = [...TEXTS, 'params', 'context', 'requester']
const { context, requester } = FIELDS
const FIELD_NAMES = [
  ...[context, DATA, LINK, requester],
  ...[requester.client, requester.on_behalf_of, requester.agent],
].flatMap((fields: object) => Object.keys(fields))

const LANGUAGE = TEXTS.reduce(
  (env, name) => env.registerVariable(name, 'string'),
  new Environment({ unlistedVariablesAreDyn: false, limits: { maxAstNodes: 500, maxDepth: 20 } })
    .registerType({ name: 'Data', schema: DATA })
    .registerType({ name: 'Link', schema: LINK })
    // The only part whose fields nobody knows at load: whatever an asker runs. Its numbers are decimals.
    .registerVariable('params', 'map')
    .registerVariable('context', { schema: context })
    .registerVariable('requester', { schema: requester }),
)

/** @throws ExpressionError where it is no condition over an ask, with the place. */
export function readExpression(source: string): Expression {
  if (source.length > LONGEST) throw new ExpressionError(`it is longer than ${LONGEST} characters`)
  if (source.split('\n').some(isDeceptive)) {
    throw new ExpressionError('it contains hidden characters, or text that is not in Unicode form NFC')
  }
  const running: { work: Work | null } = { work: null }
  const program = parse(source.includes('re2') ? withRe2(running) : LANGUAGE, source)
  checkShape(program.ast, (variable) => VARIABLES.includes(variable) && variable !== 'params')
  compilePatterns(program)
  const checked = program.check()
  if (!checked.valid) throw refused(checked.error)
  if (checked.type !== 'bool') {
    throw new ExpressionError('its answer must be true or false: compare it, such as params.dry_run == true')
  }
  const size = [...nodesOf(program.ast)].length
  const reads = parametersRead(program.ast)
  return {
    source,
    reads,
    evaluate: (facts) => {
      const hidden = reads.find((path) => facts.masked.some((pointer) => touches(pointer, path)))
      if (hidden !== undefined) throw new ExpressionError(`it reads params${hidden}, which is masked`)
      facts.work.begin(size)
      if (reads.includes('')) facts.work.read(facts.weight)
      running.work = facts.work
      const answer = run(program, facts)
      facts.work.check()
      return answer
    },
  }
}

/** At it, above it or below it. */
const touches = (pointer: string, path: string): boolean =>
  pointer === path || pointer.startsWith(`${path}/`) || path.startsWith(`${pointer}/`)

function run(program: ParseResult, facts: Facts): boolean {
  let answer: unknown
  try {
    answer = program(facts.variables)
  } catch (error) {
    throw failed(error)
  }
  if (typeof answer !== 'boolean') throw new ExpressionError('its answer is neither true nor false')
  return answer
}

function parse(language: Environment, source: string): ParseResult {
  try {
    return language.parse(source)
  } catch (error) {
    throw refused(error)
  }
}

/** RE2: its time grows with the text alone, whatever the pattern. Compiled once, for the pattern is a text of the policy. */
function withRe2(running: { readonly work: Work | null }): Environment {
  const compiled = new Map<string, RE2JS>()
  return LANGUAGE.clone().registerFunction('re2(string, string): bool', (text: string, pattern: string) => {
    running.work?.spend(STEPS_A_CHARACTER * text.length)
    const known = compiled.get(pattern) ?? RE2JS.compile(pattern)
    compiled.set(pattern, known)
    return known.matcher(text).find()
  })
}

function compilePatterns(program: ParseResult): void {
  for (const node of nodesOf(program.ast)) {
    if (node.op !== 'call' || node.args[0] !== 're2') continue
    const pattern = node.args[1][1]
    try {
      RE2JS.compile(String(pattern?.args))
    } catch (error) {
      const said = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'not understood'
      throw new ExpressionError(`the pattern of re2() is wrong: ${said}`, pattern?.start ?? node.start)
    }
  }
}

/** What the library says of an expression, in our words where they help. */
function refused(error: unknown): ExpressionError {
  const said = summaryOf(error)
  const offset = rangeOf(error)
  const [, variable] = /^Unknown variable: (\w+)/.exec(said) ?? []
  if (variable !== undefined) return new ExpressionError(`there is no ${variable}${hint(variable, VARIABLES)}`, offset)
  const [, field] = /^No such key: (\w+)/.exec(said) ?? []
  if (field !== undefined) return new ExpressionError(`there is no field ${field}${hint(field, FIELD_NAMES)}`, offset)
  return new ExpressionError(said, offset)
}

function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === null ? `: known are ${[...new Set(known)].join(', ')}` : `: did you mean ${near}?`
}

/** Why an ask could not be judged: without the values of the ask, which may be long and whatever an asker wrote. */
function failed(error: unknown): ExpressionError {
  if (error instanceof ExpressionError) return error
  const said = summaryOf(error).replace(/"[^"]*"/g, '"…"')
  return new ExpressionError(/^No such key: /.test(said) ? `the ask has no ${said.slice(13)}` : said, rangeOf(error))
}

const summaryOf = (error: unknown): string =>
  (hasMember(error, 'summary') && typeof error.summary === 'string' ? error.summary : 'it cannot be evaluated').slice(
    0,
    200,
  )

function rangeOf(error: unknown): number {
  const range = hasMember(error, 'range') ? error.range : undefined
  return hasMember(range, 'start') && typeof range.start === 'number' ? range.start : 0
}

const hasMember = <K extends string>(value: unknown, key: K): value is Record<K, unknown> =>
  typeof value === 'object' && value !== null && key in value
