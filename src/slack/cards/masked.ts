import type { Ask, Masked } from '../../approval/request.ts'
import type { Allowance } from './budget.ts'
import { inertLine } from './text.ts'

const BY: readonly (readonly [Masked['by'], string])[] = [
  ['asker', 'the asker'],
  ['policy', 'the policy'],
  ['countersign', 'Countersign'],
]

/**
 * Which parameters nobody can see here, and by whose word: what the asker hid herself is another thing than a password that
 * we took out. Keys are the asker's text. Null where nothing is masked, or where it was not written down yet.
 */
export function maskedLine({ masked = [] }: Ask, { line, items }: Allowance): string | null {
  const parts = BY.flatMap(([by, name]) => {
    const pointers = masked.filter((each) => each.by === by).map(({ pointer }) => inertLine(pointer, line))
    if (pointers.length === 0) return []
    const shown = pointers.slice(0, items)
    const more = pointers.length > shown.length ? ` and ${pointers.length - shown.length} more` : ''
    return [`by ${name}: ${shown.join(', ')}${more}`]
  })
  return parts.length === 0 ? null : `Masked ${parts.join(' · ')}`
}
