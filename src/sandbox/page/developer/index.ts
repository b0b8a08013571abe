import './developer.css'
import './journal.css'
import './faults.css'
import type { Panel } from '../panel.ts'
import { DeveloperBadge, DeveloperPanel } from './developer-panel.tsx'
import { FaultBadge, FaultPanel } from './fault-panel.tsx'

/** For whoever builds an app: what went to and fro, and what happens when Slack breaks. */
export const developerPanels: readonly Panel[] = [
  { id: 'developer', title: 'Developer', icon: 'code', Body: DeveloperPanel, Badge: DeveloperBadge },
  { id: 'faults', title: 'Faults', icon: 'bolt', Body: FaultPanel, Badge: FaultBadge },
]
