import { developerPanels } from '../../sandbox/page/developer/index.ts'
import { start } from '../../sandbox/page/start.tsx'
import { auditPanel } from './audit.tsx'
import { Beside } from './beside.ts'
import { pipelinesPanel } from './pipelines.tsx'
import { tourGuide } from './tour.tsx'

/** Bob operates the agent of the first ask: the first thing a newcomer meets is that he cannot approve it himself. */
const FIRST_PLACE = '#U0BOB/C0APPROVALS'

if (location.hash === '') history.replaceState(null, '', FIRST_PLACE)
const beside = new Beside()
await start([pipelinesPanel(beside), auditPanel(beside), ...developerPanels], tourGuide(beside), beside)
