import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, test } from 'vitest'
import { run } from '../cli/run.ts'
import { bypass, openStages } from './bypass.ts'

/** B28: there is one way to a yes, and no other that a person, a program or the database could take. */

const stages = openStages()

const VERBS = ['approve', 'approved', 'allow', 'yes', 'force-approve', 'override', 'decide', 'vote', 'sudo approve']

bypass(
  'B28',
  stages,
  async (by) => {
    const { on } = by
    const request = await on.ask('one')
    if (by.name === 'API') {
      const { api } = on.scene
      for (const verb of ['approve', 'allow', 'force', 'grant', 'status', 'break-glass', 'revoke', 'reviews']) {
        for (const method of ['POST', 'PUT', 'PATCH']) {
          const { status } = await api.call(method, `/v1/requests/${request.id}/${verb}`, { status: 'approved' })
          expect([404, 405]).toContain(status)
        }
      }
      for (const method of ['PUT', 'PATCH', 'POST']) {
        expect((await api.call(method, `/v1/requests/${request.id}`, { status: 'approved' })).status).toBe(405)
      }
    } else if (by.name === 'slash command') {
      for (const verb of VERBS) {
        for (const userId of ['U0ADMIN', 'U0BOB']) {
          const { reply } = await on.slack.as(userId).command('/approvals', `${verb} ${request.id}`)
          expect(reply?.text).toMatch(/no such word/)
        }
      }
    } else {
      const { channel } = { channel: 'C0APPROVALS' }
      const admin = on.slack.as('U0ADMIN')
      const { reply } = await admin.command('/approvals', 'help', { channel })
      for (const verb of VERBS) {
        const overrideValue = `${request.id}:${request.payload_digest.slice(7, 23)}`
        await admin.click(channel, reply?.ts ?? '', `countersign:${verb}d`, { overrideValue })
      }
    }
    expect((await on.request(request.id)).version).toBe(1)
  },
  {
    'command line': async ({ on }) => {
      const request = await on.ask('one')
      const { directory, databaseFile } = on.scene.place
      const env = { DATABASE_URL: `file:${databaseFile}` }
      for (const verb of ['approve', 'decide', 'force']) {
        expect((await run([verb, request.id], directory, env)).code).toBe(2)
      }
      expect((await on.request(request.id)).version).toBe(1)
    },
  },
)

test('B28 a yes that somebody writes into the table is found: the log does not hold it', async () => {
  const on = stages('socket')
  const request = await on.ask('one')
  const db = new Database(on.scene.place.databaseFile)
  try {
    const write = db.prepare('UPDATE requests SET status = ? WHERE id = ?')
    write.run('approved', request.id)
    expect((await on.scene.place.problems()).join('\n')).toMatch(new RegExp(`INV4 ${request.id}`))
    // It has neither an outcome nor an end: no grant is made of it, and no use.
    const { body } = await on.scene.api.get(request.id)
    expect(body.grant).toBeNull()
    expect((await on.scene.api.consume(request, 'run')).status).toBe(409)
    write.run('pending', request.id)
  } finally {
    db.close()
  }
  expect(await on.scene.place.problems()).toEqual([])
})

/** Every file of ours without comments, and without the texts that people read. */
const SOURCES = new Map(
  readdirSync(join(import.meta.dirname, '../../src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [
      name,
      readFileSync(join(import.meta.dirname, '../../src', name), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''),
    ]),
)
const holding = (pattern: RegExp): string[] =>
  [...SOURCES].flatMap(([file, code]) => Array.from(code.matchAll(pattern), () => file)).sort()

describe('B28 in the code', () => {
  it('the rules that may end in a yes are asked by the service alone, one place each', () => {
    const asked = ['decide(fresh', 'breakGlass(fresh', 'open({\n        id:'].map((call) =>
      [...SOURCES].flatMap(([file, code]) => (code.includes(call) ? [file] : [])),
    )
    expect(asked).toEqual([['service/deciding.ts'], ['service/deciding.ts'], ['service/asking.ts']])
  })

  it('a grant exists for what is approved alone: its claims are made in one place', () => {
    expect(holding(/countersign_action/g).filter((file) => !file.startsWith('client/'))).toEqual([
      'approval/grant.ts',
      'approval/grant.ts',
    ])
  })
})
