import { developerPanels } from './developer/index.ts'
import { start } from './start.tsx'

await start(developerPanels)
