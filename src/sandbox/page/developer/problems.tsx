import type { Json } from '../../json.ts'
import { Meaning } from './entry.tsx'
import { type Problem, readProblem } from './pointer.ts'

interface ProblemsProps {
  /** As Slack writes them, or a bare error code. */
  readonly lines: readonly string[] | undefined
  /** What they point into. */
  readonly sent: Json
}

/** The limits that were broken: the first thing somebody looks for who was refused. */
export function Problems({ lines = [], sent }: ProblemsProps) {
  if (lines.length === 0) return null
  return (
    <ul class="dev-problems" aria-label="What broke the rules">
      {lines.map((line) => (
        <li key={line}>
          <OneProblem problem={readProblem(line, sent)} />
        </li>
      ))}
    </ul>
  )
}

const CODE = /^[a-z_]+$/

function OneProblem({ problem }: { problem: Problem }) {
  return (
    <>
      <strong>{problem.sentence}</strong>
      {problem.measured === undefined ? null : <p>{problem.measured}</p>}
      {CODE.test(problem.sentence) ? <Meaning outcome={problem.sentence} /> : null}
      {problem.pointer === undefined ? null : (
        <dl>
          <dt>at</dt>
          <dd>
            {problem.place} <code>{problem.pointer}</code>
          </dd>
          <dt>sent</dt>
          <dd>
            <code>{problem.excerpt}</code>
          </dd>
        </dl>
      )}
    </>
  )
}
