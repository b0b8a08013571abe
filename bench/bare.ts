import { hash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import Database from 'better-sqlite3'

/**
 * The ceiling we measure ourselves against: the least that can take an ask durably. No authentication, no validation, no
 * policy, no audit log: `JSON.parse`, one row, `COMMIT` with synchronous=FULL, answer.
 *
 * argv: database file and mode. `group`: concurrent creates share a commit. `each`: a commit a request. `rows`: as `group`,
 * but with the rows and hashes that an honest answer cannot do without: the ask, its audit entry, what to tell Slack.
 * POST /v1/requests stores the body; GET /wait/ID parks; POST /decide/ID commits and wakes those parked.
 */
const [, , file = '', mode = 'group'] = process.argv
const db = new Database(file)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.exec('CREATE TABLE requests (id INTEGER PRIMARY KEY, body TEXT NOT NULL, status TEXT NOT NULL)')
const insert = db.prepare("INSERT INTO requests (body, status) VALUES (?, 'pending')")
db.exec(`CREATE TABLE entries (seq INTEGER PRIMARY KEY, envelope TEXT, leaf TEXT, body TEXT, salt TEXT);
  CREATE TABLE outbox (id INTEGER PRIMARY KEY, request INTEGER, channel TEXT, due INTEGER)`)
const entry = db.prepare('INSERT INTO entries (envelope, leaf, body, salt) VALUES (?, ?, ?, ?)')
const outbox = db.prepare("INSERT INTO outbox (request, channel, due) VALUES (?, 'C0APPROVALS', 0)")
const decide = db.prepare("UPDATE requests SET status = 'approved' WHERE id = ? AND status = 'pending'")
const begin = db.prepare('BEGIN IMMEDIATE')
const commit = db.prepare('COMMIT')

const queue: { run: () => unknown; done: (value: unknown) => void }[] = []
function write(run: () => unknown): Promise<unknown> {
  if (mode === 'each') {
    begin.run()
    const value = run()
    commit.run()
    return Promise.resolve(value)
  }
  return new Promise((done) => {
    if (queue.push({ run, done }) === 1) setImmediate(flush)
  })
}
function flush(): void {
  const batch = queue.splice(0)
  begin.run()
  const values = batch.map(({ run }) => run())
  commit.run()
  batch.forEach(({ done }, i) => {
    done(values[i])
  })
}

const parked = new Map<string, ServerResponse[]>()
const answer = (res: ServerResponse, status: number, value: unknown) => {
  const text = JSON.stringify(value)
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}

function rows(value: unknown): number | bigint {
  const text = JSON.stringify(value)
  const salt = randomBytes(16).toString('hex')
  const digest = hash('sha256', salt + text, 'hex')
  const envelope = JSON.stringify({ at: new Date().toISOString(), body_digest: digest, type: 'request.opened' })
  const { lastInsertRowid } = insert.run(text)
  entry.run(envelope, hash('sha256', envelope, 'hex'), text, salt)
  outbox.run(lastInsertRowid)
  return lastInsertRowid
}

async function route(req: IncomingMessage, res: ServerResponse, body: string): Promise<void> {
  const [, first = '', id = ''] = (req.url ?? '').split('/')
  if (first === 'wait') {
    const others = parked.get(id)
    if (others) others.push(res)
    else parked.set(id, [res])
    return
  }
  const value: unknown = JSON.parse(body)
  const rowid = await write(() => (mode === 'rows' ? rows(value) : insert.run(JSON.stringify(value)).lastInsertRowid))
  answer(res, 201, { id: Number(rowid), status: 'pending', body: value })
}

const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => void route(req, res, Buffer.concat(chunks).toString()))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` })
})

process.on('message', async (message: { decide?: string; memory?: boolean }) => {
  if (message.memory) {
    globalThis.gc?.()
    process.send?.({ memory: process.memoryUsage() })
  }
  if (message.decide === undefined) return
  const id = message.decide
  await write(() => decide.run(Number(id)))
  const committedAt = process.hrtime.bigint().toString()
  for (const res of parked.get(id) ?? []) answer(res, 200, { id, status: 'approved' })
  parked.delete(id)
  process.send?.({ decided: id, committedAt })
})
