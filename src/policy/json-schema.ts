import { z } from 'zod'
import { policyFile } from './schema.ts'

/**
 * The policy file's shape for editors: the same schema that reads it, so that completion and checks never say other than
 * Countersign. What fields say together, and whether a condition is one, only `countersign policy check` can tell.
 *
 * Draft 7, which is what the YAML language server reads.
 */
export function policyJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(policyFile, { io: 'input', target: 'draft-7' })
  return {
    $schema,
    title: 'Policy of Countersign',
    description: 'Who must approve what. Words and examples: docs/policy.md of the package.',
    ...schema,
  }
}
