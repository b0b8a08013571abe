import { useEffect, useState } from 'preact/hooks'

/** Something tried through the control API, and how it ended, to be said where it was tried. */
export interface Attempt {
  readonly done: string
  readonly problem: string
  /** `done` is what to say once it has worked. */
  run(deed: () => Promise<unknown>, done: string): void
}

const NOTHING = { done: '', problem: '' }
/** What worked is old news soon, and may be wrong by then; what did not work stays. */
const SAID_MS = 8_000

export function useAttempt(): Attempt {
  const [outcome, setOutcome] = useState(NOTHING)
  const run = (deed: () => Promise<unknown>, done: string) => {
    setOutcome(NOTHING)
    deed().then(
      () => setOutcome({ done, problem: '' }),
      (error: unknown) => setOutcome({ done: '', problem: error instanceof Error ? error.message : String(error) }),
    )
  }
  useEffect(() => {
    if (outcome.done === '') return
    const end = setTimeout(() => setOutcome(NOTHING), SAID_MS)
    return () => clearTimeout(end)
  }, [outcome])
  return { ...outcome, run }
}

/** Always on the page, also while empty: screen readers announce only what changes in a region they know. */
export function Outcome({ of }: { of: Attempt }) {
  return (
    <>
      <p role="status" class="dev-done">
        {of.done}
      </p>
      <p role="alert" class="dev-problem">
        {of.problem}
      </p>
    </>
  )
}
