import { parseArgs } from 'node:util'
import { reached } from '../model/commands.ts'
import { play } from '../model/play.ts'

/** `npm run soak:model`: the house against the model, for as long as one likes. */
const { values } = parseArgs({ options: { runs: { type: 'string', default: '5000' }, seed: { type: 'string' } } })
const numRuns = Number(values.runs)
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed)
console.log(`${numRuns} plays, seed ${seed}`)
await play({ numRuns, seed }, 120)
console.log('no yes that the model would not give; what was reached:')
for (const [what, times] of [...reached].sort(([, a], [, b]) => b - a))
  console.log(`${String(times).padStart(8)} ${what}`)
