import type { Filled } from './types.ts'

/** One value, or several: a text that is no value itself is several joined by commas. */
export function valuesIn(filled: Filled, isValue: (text: string) => unknown): readonly string[] {
  if (typeof filled !== 'string') return Array.isArray(filled) ? filled : []
  if (filled === '') return []
  return isValue(filled) ? [filled] : filled.split(',')
}
