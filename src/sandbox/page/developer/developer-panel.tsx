import { useLive } from '../live.ts'
import type { PanelProps } from '../panel.ts'
import { Connection } from './connection.tsx'
import { Inspect } from './inspect.tsx'
import { errorsIn } from './journal.ts'
import { Traffic } from './traffic.tsx'

/** What an app developer needs to see: the connection, the traffic, and the limit that was broken. */
export function DeveloperPanel(props: PanelProps) {
  return (
    <div class="dev-panel">
      <Connection live={props.live} />
      <Inspect {...props} />
      <Traffic live={props.live} />
    </div>
  )
}

/** How many calls were refused and deliveries not acknowledged. */
export function DeveloperBadge({ live }: PanelProps) {
  const errors = useLive(live, (state) => errorsIn(state.calls, state.deliveries))
  if (errors === 0) return null
  return (
    <>
      {errors}
      <span class="dev-hidden"> {errors === 1 ? 'error' : 'errors'}</span>
    </>
  )
}
