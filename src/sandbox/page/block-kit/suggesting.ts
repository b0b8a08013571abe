import { useEffect, useState } from 'preact/hooks'
import { listedIn, type OptionGroup } from './options.ts'
import { isObject, numberIn, stringIn } from './read.ts'
import { useSurface } from './surface.ts'
import type { ElementProps } from './use.tsx'

/** The app is asked when one has not typed for so long. */
const PAUSE_MS = 300
/** Slack's own, where the app says nothing. */
const LEAST = 3

interface Suggestions {
  readonly groups: readonly OptionGroup[]
  /** What there is to say in place of them. */
  readonly said: string
}

const NOTHING: Suggestions = { groups: [], said: '' }

/** What the app offers for what is typed; nothing is asked while that is null. */
export function useSuggestions({ element, blockId }: ElementProps, typed: string | null): Suggestions {
  const { on } = useSurface()
  const [shown, setShown] = useState(NOTHING)
  const actionId = stringIn(element.action_id)
  const least = numberIn(element.min_query_length, 0, 100, LEAST)
  const isShort = typed !== null && typed.length < least
  useEffect(() => {
    setShown(NOTHING)
    if (typed === null || isShort) return
    let isStale = false
    const ask = async () => {
      const { body, error } = await on.suggest({ actionId, blockId, typed })
      if (isStale) return
      const groups = error === undefined && isObject(body) ? listedIn(body) : []
      setShown({ groups, said: error ?? (groups.length === 0 ? 'No results' : '') })
    }
    const timer = setTimeout(() => {
      ask().catch((problem: Error) => isStale || setShown({ groups: [], said: problem.message }))
    }, PAUSE_MS)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [typed, isShort, actionId, blockId])
  return isShort ? { groups: [], said: `Type ${least} or more characters` } : shown
}
