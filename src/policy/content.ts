import type { PolicyProblem } from './policy.ts'

/** Something wrong at a path of the file. */
export interface Flaw {
  readonly path: Path
  readonly message: string
  readonly at: 'key' | 'value'
  readonly level: PolicyProblem['level']
}
export type Path = readonly PropertyKey[]

export const error = (path: Path, message: string, at: Flaw['at'] = 'value'): Flaw => ({
  path,
  message,
  at,
  level: 'error',
})
export const warning = (path: Path, message: string): Flaw => ({ path, message, at: 'value', level: 'warning' })

/** The raw content, read without trusting its shape: whatever is not there is empty. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
/** Own fields only: a group named `constructor` is not there because every object has one. */
export const get = (value: unknown, key: string): unknown =>
  Object.hasOwn(fieldsOf(value), key) ? fieldsOf(value)[key] : undefined
