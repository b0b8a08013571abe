import type { Json } from '../../audit/canonical.ts'
import { hasLines, inLines } from './lines.ts'
import { exactly } from './text.ts'

/** Deeper than this everything stands on one line: an ask of a thousand nested lists must not become a million spaces. */
const DEPTH = 6
const LINE = 80

/**
 * JSON as people read it: small things on one line, large ones indented by two, a text of several lines as lines behind a
 * gutter. What is shown can be read back without a doubt, and its size grows linearly with the value's.
 */
export function pretty(value: Json, depth = 0): string {
  if (isLines(value) && depth < DEPTH) return inLines(value, depth)
  const compact = JSON.stringify(value)
  if (value === null || typeof value !== 'object' || depth >= DEPTH) return shown(compact)
  const isSmall = compact.length + 2 * depth <= LINE && !holdsLines(value)
  if (isSmall && depth > 0) return shown(compact)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const members = Array.isArray(value)
    ? value.map((item: Json) => member('', item, depth + 1))
    : Object.entries(value).map(([key, item]) => member(`${shown(JSON.stringify(key))}: `, item as Json, depth + 1))
  if (members.length === 0) return compact
  const rows = members.map(({ text, isText }, i) => (isText || i === members.length - 1 ? text : `${text},`))
  return [open, ...rows, `${'  '.repeat(depth)}${close}`].join('\n')
}

/** A comma after lines of text would be taken for a part of them. */
const member = (key: string, value: Json, depth: number) => ({
  text: `${'  '.repeat(depth)}${key}${pretty(value, depth)}`,
  isText: isLines(value) && depth < DEPTH,
})

const shown = (json: string): string => exactly(json).join('')
const isLines = (value: Json): value is string => typeof value === 'string' && hasLines(value)

function holdsLines(value: Json): boolean {
  if (value === null || typeof value !== 'object') return isLines(value)
  const items: readonly Json[] = Array.isArray(value) ? value : Object.values(value)
  return items.some(holdsLines)
}

/** How many of the values hold something masked. */
export function maskedValues(value: Json, mask: string): number {
  if (typeof value === 'string') return value.includes(mask) ? 1 : 0
  if (value === null || typeof value !== 'object') return 0
  const items: readonly Json[] = Array.isArray(value) ? value : Object.values(value)
  return items.reduce<number>((sum, item) => sum + maskedValues(item, mask), 0)
}
