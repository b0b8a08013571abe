import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openForAdmin } from '../../src/serve.ts'
import { newDirectory, run } from './run.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The store as the commands left it. */
async function look(directory: string) {
  const read = readConfig({}, { directory, need: 'database' })
  if ('problems' in read) throw new Error('no settings')
  const { service, close } = await openForAdmin(read.config)
  try {
    const entries = await service.reads.auditEntries(0, 100)
    return {
      clients: await service.reads.clients(),
      audit: entries.map(({ envelope }) => JSON.parse(envelope)),
      entries,
    }
  } finally {
    await close()
  }
}

async function create(directory: string, ...more: string[]): Promise<{ id: string; name: string; key: string }> {
  const { code, stdout, stderr } = await run(
    ['clients', 'create', 'nightly', '--owner', 'U0ALICE', '--json', ...more],
    directory,
  )
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

describe('clients create', () => {
  it('prints the key once and keeps its hash alone, with evidence', async () => {
    const directory = newDirectory()
    const { id, name, key } = await create(directory)
    expect(key).toMatch(new RegExp(`^cs_${id}_[A-Za-z0-9_-]{43}$`))
    expect(name).toBe('nightly')
    const { clients, audit, entries } = await look(directory)
    expect(clients).toMatchObject([
      { id, name, owners: ['U0ALICE'], scopes: ['request'], actFor: false, revokedAtMs: null },
    ])
    expect(clients[0]?.secretHash).toBe(sha256(key.slice(`cs_${id}_`.length)))
    expect(clients[0]?.makers[0]).toMatch(/^os:./)
    expect(audit).toMatchObject([{ type: 'client.created', source: 'cli' }])
    expect(JSON.stringify(entries)).not.toContain(clients[0]?.secretHash)
  })

  it('takes owners, scopes, a creator and act-for', async () => {
    const directory = newDirectory()
    const more = ['--owner', 'W0BOB', '--owner', 'U0ALICE', '--scope', 'request', '--scope', 'enforce', '--act-for']
    await create(directory, ...more, '--creator', 'U0CAROL')
    expect((await look(directory)).clients).toMatchObject([
      { owners: ['U0ALICE', 'W0BOB'], scopes: ['request', 'enforce'], actFor: true, makers: ['slack:U0CAROL'] },
    ])
  })

  it('for people, the key is printed with what to do with it', async () => {
    const { stdout } = await run(['clients', 'create', 'nightly', '--owner', 'U0ALICE'], newDirectory())
    expect(stdout).toMatch(/^key: {2}cs_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$/m)
  })

  it.each([
    [['x'], 'owner_missing'],
    [['x', '--owner', 'alice'], 'user_id_invalid'],
    [['x', '--owner', '@alice'], 'user_id_invalid'],
    [['x', '--owner', 'u0alice'], 'user_id_invalid'],
    [['x', '--owner', 'S0DATA'], 'user_id_invalid'],
    [['x', '--owner', 'U0ALICE', '--creator', 'alice@example.com'], 'user_id_invalid'],
    [['x', '--owner', 'U0ALICE', '--scope', 'everything'], 'scope_unknown'],
    [['', '--owner', 'U0ALICE'], 'name_invalid'],
    [['x'.repeat(65), '--owner', 'U0ALICE'], 'name_invalid'],
    [['a\nb', '--owner', 'U0ALICE'], 'name_invalid'],
    [['a\u202eb', '--owner', 'U0ALICE'], 'name_invalid'],
    [[' a', '--owner', 'U0ALICE'], 'name_invalid'],
  ])('%j is refused', async (args, code) => {
    const ended = await run(['clients', 'create', ...args], newDirectory())
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(new RegExp(`^error\\[${code}\\]: .*\\nhint: .`))
    expect(ended.stdout).toBe('')
  })
})

describe('clients list, rotate and revoke', () => {
  it('a list holds no secret', async () => {
    const directory = newDirectory()
    const { id, key } = await create(directory)
    const listed = JSON.parse((await run(['clients', 'list', '--json'], directory)).stdout)
    expect(listed).toMatchObject([{ id, name: 'nightly', owners: ['U0ALICE'], act_for: false, revoked_at: null }])
    const secret = key.slice(`cs_${id}_`.length)
    expect(JSON.stringify(listed)).not.toContain(secret)
    expect(JSON.stringify(listed)).not.toContain(sha256(secret))
    expect((await run(['clients', 'list'], directory)).stdout).toContain(id)
  })

  it('a rotated client has another key and the same id', async () => {
    const directory = newDirectory()
    const { id, key } = await create(directory)
    const again = JSON.parse((await run(['clients', 'rotate', id, '--json'], directory)).stdout)
    expect(again.id).toBe(id)
    expect(again.key).not.toBe(key)
    const { clients, audit } = await look(directory)
    expect(clients[0]?.secretHash).toBe(sha256(again.key.slice(`cs_${id}_`.length)))
    expect(audit.map(({ type }) => type)).toEqual(['client.created', 'client.rotated'])
  })

  it('a revoked client stays revoked', async () => {
    const directory = newDirectory()
    const { id } = await create(directory)
    expect((await run(['clients', 'revoke', id], directory)).code).toBe(0)
    const { clients, audit } = await look(directory)
    expect(clients[0]?.revokedAtMs).toBeGreaterThan(0)
    expect(audit.at(-1)).toMatchObject({ type: 'client.revoked' })
    const rotated = await run(['clients', 'rotate', id], directory)
    expect(rotated.code).toBe(2)
    expect(rotated.stderr).toContain('error[revoked]')
  })

  it('an unknown client is an error', async () => {
    const { code, stderr } = await run(['clients', 'revoke', 'nobody'], newDirectory())
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error\[not_found\].*\nhint: .*clients list/)
  })

  it('a database that is none is left as it is', async () => {
    const directory = newDirectory()
    const { writeFileSync, readFileSync } = await import('node:fs')
    writeFileSync(join(directory, 'x.db'), 'not a database, but long enough to be looked at as one\n'.repeat(50))
    const before = readFileSync(join(directory, 'x.db'))
    const { code, stderr } = await run(['clients', 'list'], directory, { DATABASE_URL: 'file:./x.db' })
    expect(code).toBe(3)
    expect(stderr).toMatch(/^error\[database_unusable\]/)
    expect(readFileSync(join(directory, 'x.db'))).toEqual(before)
  })
})
