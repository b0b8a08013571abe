import { createContext } from 'preact'
import { useContext, useRef, useState } from 'preact/hooks'
import type { WorkspaceFacts } from '../../wire.ts'
import type { Form } from './form.ts'
import type { Act, On } from './on.ts'

/** What mentions and dates are read against. */
export interface World {
  readonly facts: WorkspaceFacts
  readonly now: () => number
}

/** What elements act on. */
export interface Surface {
  readonly on: On
  /** In a modal: what was filled in so far. */
  readonly form: Form | null
  /** What went wrong last, beside the element that it was about. */
  readonly problem: Problem | null
  tell(problem: Problem | null): void
}

export interface Problem {
  readonly of: object
  readonly sentence: string
}

export const InWorld = createContext<World | null>(null)
export const InSurface = createContext<Surface | null>(null)

export const useWorld = (): World => within(useContext(InWorld))
export const useSurface = (): Surface => within(useContext(InSurface))

function within<T>(value: T | null): T {
  if (value === null) throw new Error('Block Kit is drawn in <Blocks>, <Mrkdwn> or <ModalDialog> only')
  return value
}

export interface Deed {
  readonly busy: boolean
  /** Why it could not be done, for the person; in a modal the app's silence is said by its form. */
  readonly problem: string
  run(deed: Act): Promise<void>
}

/** One use of one element at a time: a second click while the app has not answered does nothing, as in Slack. */
export function useDeed(): Deed {
  const { on, form, problem, tell } = useSurface()
  const underway = useRef(false)
  const [busy, setBusy] = useState(false)
  const run = async (deed: Act) => {
    if (underway.current) return
    underway.current = true
    setBusy(true)
    tell(null)
    try {
      const { error } = await on.act(deed)
      if (form) form.report(error ?? '')
      else if (error !== undefined) tell({ of: underway, sentence: error })
    } catch (error) {
      tell({ of: underway, sentence: error instanceof Error ? error.message : 'This could not be done.' })
    } finally {
      underway.current = false
      setBusy(false)
    }
  }
  return { busy, problem: problem?.of === underway ? problem.sentence : '', run }
}
