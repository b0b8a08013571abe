import { useLive } from '../live.ts'
import type { PanelProps } from '../panel.ts'
import { ActiveFaults } from './active-faults.tsx'
import { Breakages } from './breakages.tsx'
import { Disconnects } from './disconnects.tsx'
import { API_BREAKAGES, DELIVERY_BREAKAGES } from './faults.ts'
import { Goodbyes } from './goodbyes.tsx'
import { Members } from './members.tsx'
import { SandboxClock } from './sandbox-clock.tsx'

/** Slack, broken on purpose, to watch the app cope. */
export function FaultPanel({ live }: PanelProps) {
  return (
    <div class="dev-panel">
      <ActiveFaults live={live} />
      <Breakages live={live} title="Web API" breakages={API_BREAKAGES} />
      <Disconnects live={live} />
      <Breakages live={live} title="Deliveries to the app" breakages={DELIVERY_BREAKAGES} />
      <SandboxClock live={live} />
      <Members live={live} />
      <Goodbyes live={live} />
    </div>
  )
}

export function FaultBadge({ live }: PanelProps) {
  const active = useLive(live, (state) => state.standing.faults.length)
  if (active === 0) return null
  return (
    <>
      {active}
      <span class="dev-hidden"> active</span>
    </>
  )
}
