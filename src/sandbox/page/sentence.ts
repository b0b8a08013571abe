import type { DeedResult } from '../wire.ts'

/** What to say of a deed that could not even be sent. For `.catch` of `live.do`. */
export function sentenceOf(problem: unknown): DeedResult {
  const error = problem instanceof Error ? problem.message : String(problem)
  return { acked: false, ackMs: 0, error, revision: 0 }
}
