import type { ASTNode } from '@marcbachmann/cel-js'
import { ExpressionError } from './expression-error.ts'

/**
 * What an expression is built of, beyond its types: which parameters it reads, and what is refused because it could run
 * long, or could never be right. Functions are named one by one: what the library adds later is not ours until we say so.
 */
const FUNCTIONS = new Set(['has', 'size', 're2', 'int', 'double', 'string', 'bool', 'type'])
const OVER_LISTS = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])
const METHODS = new Set([...OVER_LISTS, 'size', 'contains', 'startsWith', 'endsWith'])
const ARITHMETIC = new Set(['+', '-', '*', '/', '%'])

/** @throws ExpressionError at the first thing refused. */
export function checkShape(ast: ASTNode, isTyped: (variable: string) => boolean): void {
  for (const node of nodesOf(ast)) {
    if (node.op === 'call') checkCall(node, isTyped)
    if (node.op === 'rcall') checkMethod(node)
    if (ARITHMETIC.has(node.op)) checkArithmetic(node)
  }
}

function checkCall(node: ASTNode & { op: 'call' }, isTyped: (variable: string) => boolean): void {
  const [name, args] = node.args
  if (name === 'matches') throw noRegExp(node)
  if (!FUNCTIONS.has(name)) throw unknownFunction(node, name, FUNCTIONS)
  const [first, pattern] = args
  if (name === 're2' && pattern?.op !== 'value') {
    throw new ExpressionError(
      'the pattern of re2() must be a text of its own, such as re2(resource, "^s3://")',
      node.start,
    )
  }
  if (name === 'double' && first && !isWhole(first)) {
    const message =
      'numbers of the ask are decimals already, and a text may say "NaN": write double(int(…)) or no double()'
    throw new ExpressionError(message, first.start)
  }
  if (name === 'has' && first && isTyped(rootOf(first))) {
    const message = 'has() is for params: every other field is always there, empty where the ask does not give it'
    throw new ExpressionError(message, first.start)
  }
}

/** Of the text "NaN" double() would make what compares as false with all: a deny would not apply. */
const isWhole = (node: ASTNode): boolean =>
  (node.op === 'value' && typeof node.args === 'bigint') ||
  (node.op === 'call' && (node.args[0] === 'int' || node.args[0] === 'size')) ||
  (node.op === 'rcall' && node.args[0] === 'size')

function checkMethod(node: ASTNode & { op: 'rcall' }): void {
  const [name, receiver, args] = node.args
  if (name === 'matches') throw noRegExp(node)
  if (name === 're2') throw new ExpressionError('write re2(text, pattern), not text.re2(pattern)', node.start)
  if (!METHODS.has(name)) throw unknownFunction(node, name, METHODS)
  if (!OVER_LISTS.has(name)) return
  // Four of them in one another took two seconds over sixty items.
  const inner = [receiver, ...args].flatMap((part) => [...nodesOf(part)]).find(isOverList)
  if (!inner) return
  throw new ExpressionError(
    `${name}() stands around ${String(inner.args[0])}(): only one of them may go over a list`,
    node.start,
  )
}

const isOverList = (node: ASTNode): node is ASTNode & { op: 'rcall' } =>
  node.op === 'rcall' && OVER_LISTS.has(node.args[0])

const noRegExp = ({ start }: ASTNode): ExpressionError =>
  new ExpressionError('matches() could run for minutes over a text that an asker chose: use re2(text, pattern)', start)

const unknownFunction = ({ start }: ASTNode, name: string, known: ReadonlySet<string>): ExpressionError =>
  new ExpressionError(`there is no ${name}() here: known are ${[...known].join(', ')}`, start)

/** Numbers of JSON are decimals to CEL, and a decimal and a whole number do not add up: such a rule would only ever deny. */
function checkArithmetic(node: ASTNode): void {
  const [left, right] = node.args as readonly ASTNode[]
  checkDivision(node, right)
  const whole = [left, right].find((side) => side?.op === 'value' && typeof side.args === 'bigint')
  const data = [left, right].find((side) => side?.op === '.' || side?.op === '[]' || side?.op === 'id')
  if (!whole || !data) return
  const message =
    node.op === '%'
      ? 'numbers of the ask are decimals, which have no %: write int(…) around them'
      : `numbers of the ask are decimals: write ${String(whole.args)}.0 in place of ${String(whole.args)}`
  throw new ExpressionError(message, whole.start)
}

/** A decimal divided by zero is no error to CEL but infinite or no number, and a deny that compares it would not apply. */
function checkDivision({ op, start }: ASTNode, divisor: ASTNode | undefined): void {
  if ((op !== '/' && op !== '%') || (divisor && isNumberButZero(divisor))) return
  const message = 'divide by a number, or compare products instead: a / b > c is a > b * c'
  throw new ExpressionError(`what it divides by may be zero: ${message}`, divisor?.start ?? start)
}

const isNumberButZero = (node: ASTNode): boolean =>
  node.op === '-_'
    ? isNumberButZero(node.args)
    : node.op === 'value' &&
      (typeof node.args === 'bigint' || typeof node.args === 'number') &&
      Number.isFinite(Number(node.args)) &&
      Number(node.args) !== 0

/** The node and everything below it. */
export function* nodesOf(node: ASTNode): Generator<ASTNode> {
  yield node
  for (const child of childrenOf(node)) yield* nodesOf(child)
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}

/** Paths into `params` that are read: as far as they are plain, for a key that is computed may be any. */
export function parametersRead(ast: ASTNode): readonly string[] {
  const found = new Set<string>()
  const visit = (node: ASTNode): void => {
    const chain = chainOf(node)
    if (chain?.root === 'params') found.add(chain.steps.map((step) => `/${escaped(step)}`).join(''))
    for (const part of chain ? chain.computed : childrenOf(node)) visit(part)
  }
  visit(ast)
  return [...found]
}

/** As a step of a JSON Pointer (RFC 6901). */
export const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

interface Chain {
  readonly root: string
  readonly steps: readonly string[]
  /** No step was computed so far. */
  readonly isPlain: boolean
  /** Keys that are computed: they read something themselves. */
  readonly computed: readonly ASTNode[]
}

function chainOf(node: ASTNode): Chain | null {
  if (node.op === 'id') return { root: node.args, steps: [], isPlain: true, computed: [] }
  if (node.op !== '.' && node.op !== '[]') return null
  const above = chainOf(node.args[0])
  if (!above) return null
  const key = node.op === '.' ? node.args[1] : literalKey(node.args[1])
  const computed = node.op === '[]' && key === null ? [...above.computed, node.args[1]] : above.computed
  if (!above.isPlain || key === null) return { ...above, isPlain: false, computed }
  return { ...above, steps: [...above.steps, key] }
}

const literalKey = (node: ASTNode): string | null =>
  node.op === 'value' && (typeof node.args === 'string' || typeof node.args === 'bigint') ? String(node.args) : null

const rootOf = (node: ASTNode): string => chainOf(node)?.root ?? ''
