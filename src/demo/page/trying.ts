import { useState } from 'preact/hooks'

/** Tries something that may be refused; the first part is the sentence of the last refusal, or null. */
export function useAttempt(): readonly [string | null, (deed: () => Promise<unknown>) => Promise<void>] {
  const [problem, setProblem] = useState<string | null>(null)
  const attempt = async (deed: () => Promise<unknown>) => {
    setProblem(null)
    try {
      await deed()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
  }
  return [problem, attempt]
}
