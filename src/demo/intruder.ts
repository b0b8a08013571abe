import { spawn } from 'node:child_process'
import type { AuditEntry } from '../audit/entry.ts'

/** What is done to the file. */
export interface Intrusion {
  readonly databaseFile: string
  readonly put: readonly AuditEntry[]
  readonly drop: readonly number[]
}

/**
 * Runs in another process, with nothing of ours: an attacker who holds the file. The triggers that keep the log append-only
 * stop mistakes, not her: she takes them off and puts them back. One transaction, so that a crash leaves the file as it was.
 */
const PROGRAM = `
import { DatabaseSync } from 'node:sqlite'
let order = ''
for await (const part of process.stdin) order += part
const { databaseFile, put, drop } = JSON.parse(order)
const file = new DatabaseSync(databaseFile)
file.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE')
const triggers = file.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'").all()
for (const { name } of triggers) file.exec('DROP TRIGGER "' + name + '"')
const write = file.prepare('INSERT OR REPLACE INTO audit_entries (seq, type, request_id, envelope, leaf, body, salt) VALUES (?, ?, ?, ?, ?, ?, ?)')
for (const { seq, envelope, leaf, body, salt } of put) {
  const { type, request_id } = JSON.parse(envelope)
  write.run(seq, type, request_id, envelope, leaf, body, salt)
}
for (const seq of drop) file.prepare('DELETE FROM audit_entries WHERE seq = ?').run(seq)
for (const { sql } of triggers) file.exec(sql)
file.exec('COMMIT')
file.close()
`

/** Changes the log behind the bot's back. @throws where the other process could not. */
export function intrude(intrusion: Intrusion): Promise<void> {
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', PROGRAM], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {},
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else
        reject(new Error(`the database could not be changed: ${said.split('\n').find((line) => /Error/.test(line))}`))
    })
    // Ended before it read everything: its exit code says more than the broken pipe.
    child.stdin.on('error', () => undefined)
    child.stdin.end(JSON.stringify(intrusion))
  })
}
