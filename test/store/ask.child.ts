import { openSqlite } from '../../src/store/sqlite.ts'
import { T0 } from '../approval/given.ts'
import { limitedAsk } from './changes.ts'

/** Asks 50 times at once for what is allowed a limited number of times, as a process of its own; tells what came of it. */
const [file = '', name = '', most = '0'] = process.argv.slice(2)
const store = openSqlite({ file, exclusive: false, now: () => T0, busyDeadlineMs: 30_000 })
process.stdout.write('ready\n')
process.stdin.once('data', async () => {
  const allowance = { rule: 'reads', key: 'cl_alice', most: Number(most), sinceMs: T0 - 1 }
  const asks = Array.from({ length: 50 }, (_, i) => store.commit(limitedAsk([allowance], { id: `req_${name}_${i}` })))
  const answers = await Promise.all(asks)
  await store.close()
  process.stdout.write(`${answers.filter((answer) => answer === 'committed').length}\n`)
  process.exit(0)
})
