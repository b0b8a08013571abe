import { closedUnseen } from './eligible.ts'
import type { BreakGlassRule } from './request.ts'

/** What two rules for an emergency allow together: only what both do. */
export interface EmergencyWay {
  /** Names of the groups that she must be in, each of them. */
  readonly from: readonly string[]
  readonly grantTtlMs: number
  readonly self: boolean
  /** Slack ids of those who were in the group at the opening, where it takes no late joiners; null where it does. */
  readonly onlyThese: readonly string[] | null
}

/**
 * The stricter of the pinned and the present rule, or null where either of them lets nobody break the glass: a policy that
 * was loosened after the ask helps nobody (B24), and one that was tightened counts (B25).
 *
 * @param closed names of the groups that take no late joiners now.
 */
export function emergencyWay(
  pinned: BreakGlassRule | null,
  present: BreakGlassRule | null,
  closed: readonly string[],
): EmergencyWay | null {
  if (!pinned || !present) return null
  const isUnseen = closedUnseen([pinned], [present], closed) !== null
  return {
    onlyThese: isUnseen ? [] : (pinned.onlyThese ?? null),
    from: [...new Set([pinned.from, present.from])],
    grantTtlMs: Math.min(pinned.grantTtlMs, present.grantTtlMs),
    self: pinned.self && present.self,
  }
}

/** Is she in all of its groups, and was she in time? @param groups of those that the two rules name, hers. */
export const mayBreak = ({ from, onlyThese }: EmergencyWay, userId: string, groups: readonly string[]): boolean =>
  from.every((name) => groups.includes(name)) && (onlyThese === null || onlyThese.includes(userId))

const LEAST_CHARACTERS = 20
const LEAST_WORDS = 3

/** A reason that a reviewer can work with: not a row of dots, and not the same word thrice (B27). */
export function isSubstantial(reason: string): boolean {
  const text = reason
    .normalize('NFKC')
    .replace(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]+/gu, ' ')
    .trim()
  const words = text
    .toLowerCase()
    .split(' ')
    .map((word) => word.replace(/[^\p{L}\p{N}]/gu, ''))
    .filter((word) => word !== '')
  return [...text].length >= LEAST_CHARACTERS && new Set(words).size >= LEAST_WORDS
}
