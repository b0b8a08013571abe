import { openSqlite } from '../../src/store/sqlite.ts'
import { fact } from './changes.ts'

/** Serves a file until it is killed: opens it, commits one fact, says so. */
const store = openSqlite({ file: process.argv[2] ?? '', exclusive: true })
await store.commit(fact())
process.stdout.write('serving\n')
setInterval(() => {}, 60_000)
