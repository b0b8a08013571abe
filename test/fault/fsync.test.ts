import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Api } from '../api.ts'
import { spawnHouse } from '../child.ts'
import { openPlace } from '../house.ts'
import { approve, cardOf } from '../people.ts'

/** INV6, F2, M2: kill -9 cannot show a missing fsync, the system calls can. */

const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
if (!canTrace)
  console.log('skipped: strace is not installed or may not trace, so nobody looked for the fsync before each 2xx')

const CALLS = 'trace=fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg'
const ASKS = 50

it.skipIf(!canTrace)(
  'every 2xx is written after an fsync of the log that holds what it says',
  { timeout: 120_000 },
  async () => {
    const place = await openPlace()
    try {
      const trace = join(place.directory, 'trace')
      const key = await place.newClient('traced')
      const under = ['strace', '-f', '-y', '-s', '300000', '-e', CALLS, '-o', trace]
      const house = spawnHouse(place, { mode: 'http', under })
      const url = await house.ready
      const api = new Api(() => url, key)
      const marks: string[] = []
      for (let n = 0; n < ASKS; n++) {
        const mark = `probe-${n}-of-fsync`
        const { status, body } = await api.ask({ action: 'terraform.apply', environment: 'x', params: { mark } })
        expect(status).toBe(201)
        marks.push(body.id)
      }
      const [first = ''] = marks
      const card = await cardOf(place.slack, 'C0PROD', first, 20_000)
      expect(await approve(place.slack, 'U0CAROL', card)).toMatchObject({ acked: true, status: 200 })
      const { body: approved } = await api.get(first)
      expect(approved.status).toBe('approved')
      const used = await api.consume(approved, 'the-one-execution')
      expect(used.status).toBe(200)
      process.kill(await house.pid, 'SIGTERM')
      await house.exited

      const answers = answered(readFileSync(trace, 'utf8'), place.databaseFile)
      for (const id of marks) {
        const at = answers.find(({ text }) => text.includes('201 Created') && text.includes(id))
        expect(at, `the 201 of ${id}`).toBeDefined()
        expect(at?.synced.includes(id), `${id} is synced when its 201 is written`).toBe(true)
      }
      const use = answers.find(({ text }) => text.includes('200 OK') && text.includes('the-one-execution'))
      expect(use?.synced).toContain('the-one-execution')
      const decided = answers.find(({ synced }) => synced.includes('decision.recorded'))
      expect(decided?.text).toMatch(/^HTTP\/1\.1 200 /)
      expect(answers.filter(({ isDirty }) => isDirty)).toEqual([])
      expect(answers.length).toBeGreaterThanOrEqual(ASKS + 3)
    } finally {
      await place.close()
    }
  },
)

interface Answered {
  readonly text: string
  /** All that is in the log on disk when this answer is written. */
  readonly synced: string
  /** Something was written to the log and not synced. */
  readonly isDirty: boolean
}

/** Reads the trace in the order of the kernel: what went into the log, what was synced, what went to sockets. */
function answered(trace: string, databaseFile: string): readonly Answered[] {
  const wal = `<${databaseFile}-wal>`
  const answers: Answered[] = []
  let written = ''
  let synced = ''
  const syncing = new Set<string>()
  for (const line of trace.split('\n')) {
    const [pid = '', call = ''] = line.split(/\s+(.*)/s)
    const isLog = call.includes(wal)
    if (/^pwrite/.test(call) && isLog) written += call
    if (/^f(data)?sync/.test(call) && isLog) {
      if (call.includes('unfinished')) syncing.add(pid)
      else [synced, written] = [synced + written, '']
    }
    if (/^<\.\.\. f(data)?sync resumed/.test(call) && syncing.delete(pid)) [synced, written] = [synced + written, '']
    const text = /^(?:write|writev|sendto|sendmsg)\([^"]*"(HTTP\/1\.1 2\d\d .*)/s.exec(call)?.[1]
    if (text) answers.push({ text, synced, isDirty: written !== '' })
  }
  return answers
}
