import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { type Expression, readExpression } from './expression.ts'
import { nodesOf } from './expression-shape.ts'
import { factsOf } from './facts.ts'
import type { Subject } from './policy.ts'

/** Conditions taken apart: for the linter and for explanations. Nothing is decided by it. */

/** For its grammar alone: what an expression means, and whether it may stand, was judged at load. */
const GRAMMAR = new Environment({ unlistedVariablesAreDyn: true })

const treeOf = (source: string): ASTNode => GRAMMAR.parse(source).ast

/** What is joined by && at the top: all of these must be true. The whole, where nothing is joined. */
export function partsOf({ source }: Expression): readonly Expression[] {
  const split = (node: ASTNode): readonly ASTNode[] => (node.op === '&&' ? node.args.flatMap(split) : [node])
  return split(treeOf(source)).map(({ start, end }) => readExpression(source.slice(start, end)))
}

const ANYTHING: Subject = {
  ask: { action: 'anything' },
  requester: { client: { id: '', name: '' }, verifiedBy: 'client_key' },
}

/** The answer of an expression that looks at nothing of the ask; null where it does look. */
export function constantAnswer(expression: Expression): boolean | 'failed' | null {
  for (const node of nodesOf(treeOf(expression.source))) if (node.op === 'id') return null
  try {
    return expression.evaluate(factsOf(ANYTHING))
  } catch {
    return 'failed'
  }
}

/** Fields of the ask that it looks at beside `params`, such as `environment` or `requester.agent.name`. */
export function fieldsRead({ source }: Expression): readonly string[] {
  const paths = [...nodesOf(treeOf(source))].flatMap((node) => pathOf(node) ?? [])
  const whole = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`)))
  return [...new Set(whole)].filter((path) => path !== 'params' && !path.startsWith('params.'))
}

function pathOf(node: ASTNode): string | null {
  if (node.op === 'id') return node.args
  if (node.op !== '.') return null
  const above = pathOf(node.args[0])
  return above === null ? null : `${above}.${node.args[1]}`
}
