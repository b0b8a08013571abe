import { verifyLog } from '../../src/audit/verify.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { StorageError } from '../../src/store/store.ts'
import { allEntries, fact } from './changes.ts'

/** Writes until the disk refuses, and tells what the refusal was, what was committed, and whether it reads on whole. */
const store = openSqlite({ file: process.argv[2] ?? '', exclusive: true })
const [entry] = fact().audit
const large = { ...fact(), audit: [{ ...entry, body: { text: 'x'.repeat(20_000) } }] as const }
let committed = 0
let kind = ''
while (kind === '') {
  try {
    await store.commit(large)
    committed++
  } catch (error) {
    kind = error instanceof StorageError ? error.kind : String(error)
  }
}
const head = await store.head()
const whole = verifyLog(await allEntries(store), head).whole && head.size === committed
process.stdout.write(JSON.stringify({ kind, committed, after: whole ? 'whole' : 'damaged' }))
process.exit(0)
