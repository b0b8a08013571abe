import type { z } from '@hono/zod-openapi'
import { nearest } from './nearest.ts'
import type { Fault } from './problem.ts'
import { invalid, MOST_FAULTS } from './validate.ts'

/**
 * The query parameters as the schema knows them. One that is unknown, or given twice, is refused: a misspelt filter
 * would show more than was asked for.
 */
export function queryOf<T>(url: string | undefined, schema: z.ZodType<T> & { readonly shape: object }): T {
  const start = url?.indexOf('?') ?? -1
  const given = new URLSearchParams(start < 0 ? '' : url?.slice(start + 1))
  const known = Object.keys(schema.shape)
  const faults: Fault[] = []
  const values: Record<string, string> = {}
  for (const [name, value] of given) {
    if (!known.includes(name)) faults.push(unknownParameter(name, known))
    else if (Object.hasOwn(values, name)) faults.push({ pointer: `?${name}`, code: 'twice', message: 'is given twice' })
    else values[name] = value
    if (faults.length >= MOST_FAULTS) break
  }
  const parsed = schema.safeParse(values)
  if (!parsed.success) {
    faults.push(
      ...parsed.error.issues.map(({ path, message }) => ({
        pointer: `?${String(path[0])}`,
        code: 'invalid_value',
        message,
      })),
    )
  }
  if (!parsed.success || faults.length > 0) throw invalid(faults)
  return parsed.data
}

function unknownParameter(name: string, known: readonly string[]): Fault {
  const meant = nearest(name, known)
  const hint = meant ? `did you mean "${meant}"?` : `known here: ${known.join(', ')}`
  return { pointer: `?${name.slice(0, 64)}`, code: 'unknown_parameter', message: `is not a known parameter; ${hint}` }
}
