import type { Json } from '../../audit/canonical.ts'

/** Deeper than this everything stands on one line: an ask of a thousand nested lists must not become a million spaces. */
const DEPTH = 6
const LINE = 80

/** JSON as people read it: small things on one line, large ones indented by two. Its size grows linearly with the value's. */
export function pretty(value: Json, depth = 0): string {
  const compact = JSON.stringify(value)
  if (value === null || typeof value !== 'object' || depth >= DEPTH) return compact
  const isSmall = compact.length + 2 * depth <= LINE
  if (isSmall && depth > 0) return compact
  const parts = Array.isArray(value)
    ? value.map((item: Json) => pretty(item, depth + 1))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${pretty(item as Json, depth + 1)}`)
  if (parts.length === 0) return compact
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const indent = '  '.repeat(depth)
  return `${open}\n${parts.map((part) => `${indent}  ${part}`).join(',\n')}\n${indent}${close}`
}

/** How many of the values hold something masked. */
export function maskedValues(value: Json, mask: string): number {
  if (typeof value === 'string') return value.includes(mask) ? 1 : 0
  if (value === null || typeof value !== 'object') return 0
  const items: readonly Json[] = Array.isArray(value) ? value : Object.values(value)
  return items.reduce<number>((sum, item) => sum + maskedValues(item, mask), 0)
}
