import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openForAdmin } from '../../src/serve.ts'
import { newDirectory, run } from './run.ts'

const DAY = 86_400_000

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
      {
        owners: ['U0ALICE', 'W0BOB'],
        scopes: ['request', 'enforce'],
        actFor: true,
        // Whoever typed it has seen the key, whoever she says that she is (B29).
        makers: [expect.stringMatching(/^os:./), 'slack:U0CAROL'],
      },
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
    [['x', '--owner', ''], 'user_id_invalid'],
    [['x', '--owner', 'U0ALICE', '--expires', 'tomorrow'], 'expires_invalid'],
    [['x', '--owner', 'U0ALICE', '--expires', '2020-01-01'], 'expires_invalid'],
    [['x', '--owner', 'U0ALICE', '--action', ''], 'action_invalid'],
    [['x', '--owner', 'U0ALICE', '--action', 'Data.Export'], 'action_invalid'],
    [['x', '--owner', 'U0ALICE', '--action', 'data.{a,b}'], 'action_invalid'],
    [['x', '--owner', 'U0ALICE', '--environment', 'prod***'], 'environment_invalid'],
    [['x', '--owner', 'U0ALICE', '--environment', 'pr\u043ed\u200b'], 'environment_invalid'],
    [['x', '--owner', 'U0ALICE', '--ip', '192.0.2.1/24'], 'ip_invalid'],
    [['x', '--owner', 'U0ALICE', '--ip', '0.0.0.0/0'], 'ip_invalid'],
    [['x', '--owner', 'U0ALICE', '--ip', 'example.com'], 'ip_invalid'],
    [['x', ...Array.from({ length: 51 }, (_, i) => ['--owner', `U0A${i}`]).flat()], 'too_many'],
  ])('%j is refused', async (args, code) => {
    const ended = await run(['clients', 'create', ...args], newDirectory())
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(new RegExp(`^error\\[${code}\\]: .*\\nhint: .`))
    expect(ended.stdout).toBe('')
  })
})

describe('a client with limits', () => {
  const LIMITS = ['--action', 'data.*', '--action', 'cache.flush', '--environment', 'staging', '--expires', '90d']
  const PLACES = ['--ip', '192.0.2.0/24', '--ip', '2001:DB8::1']

  it('keeps them, each in one spelling, and the log holds them', async () => {
    const directory = newDirectory()
    const { id } = await create(directory, ...LIMITS, ...PLACES)
    const { clients, entries } = await look(directory)
    expect(clients).toMatchObject([
      {
        id,
        actions: ['data.*', 'cache.flush'],
        environments: ['staging'],
        ipRanges: ['192.0.2.0/24', '2001:db8::1/128'],
        previous: null,
      },
    ])
    const lifeMs = (clients[0]?.expiresAtMs ?? 0) - (clients[0]?.createdAtMs ?? 0)
    expect(Math.abs(lifeMs - 90 * DAY)).toBeLessThan(60_000)
    expect(entries[0]?.body).toContain('"ipRanges":["192.0.2.0/24","2001:db8::1/128"]')
  })

  it('is shown with all of it, and was never used', async () => {
    const directory = newDirectory()
    const { id } = await create(directory, ...LIMITS, ...PLACES)
    const shown = JSON.parse((await run(['clients', 'show', id, '--json'], directory)).stdout)
    expect(shown).toMatchObject({
      ...{ id, state: 'active', owners: ['U0ALICE'], makers: [expect.stringMatching(/^os:/)] },
      ...{ actions: ['data.*', 'cache.flush'], environments: ['staging'], last_used_at: null },
      ...{ ip_ranges: ['192.0.2.0/24', '2001:db8::1/128'], previous_key_until: null, revoked_at: null },
    })
    const { stdout } = await run(['clients', 'show', id], directory)
    expect(stdout).toMatch(/^actions: +data\.\*, cache\.flush$/m)
    expect(stdout).toMatch(/^use: +never used$/m)
  })

  it('is warned of in the list two weeks before its end', async () => {
    const directory = newDirectory()
    const soon = await create(directory, '--expires', '13d')
    const later = await create(directory, '--expires', '15d')
    const never = await create(directory)
    const { stdout } = await run(['clients', 'list'], directory)
    expect(stdout).toMatch(new RegExp(`^${soon.id}  nightly  EXPIRES in 12 days`, 'm'))
    expect(stdout).toMatch(new RegExp(`^${later.id}  nightly  active, expires in 14 days$`, 'm'))
    expect(stdout).toMatch(new RegExp(`^${never.id}  nightly  active, never expires$`, 'm'))
    const listed: { id: string; state: string }[] = JSON.parse(
      (await run(['clients', 'list', '--json'], directory)).stdout,
    )
    expect(new Map(listed.map(({ id, state }) => [id, state]))).toEqual(
      new Map([
        [soon.id, 'expiring'],
        [later.id, 'active'],
        [never.id, 'active'],
      ]),
    )
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

  it('a rotation with overlap leaves the key before for as long as was said', async () => {
    const directory = newDirectory()
    const { id, key } = await create(directory)
    const again = JSON.parse((await run(['clients', 'rotate', id, '--overlap', '24h', '--json'], directory)).stdout)
    const { clients, entries } = await look(directory)
    expect(clients[0]?.previous?.secretHash).toBe(sha256(key.slice(`cs_${id}_`.length)))
    expect(new Date(clients[0]?.previous?.untilMs ?? 0).toISOString()).toBe(again.previous_key_until)
    expect(Math.abs(Date.parse(again.previous_key_until) - Date.now() - DAY)).toBeLessThan(60_000)
    const listed = (await run(['clients', 'list', '--json'], directory)).stdout
    expect(JSON.parse(listed)).toMatchObject([{ previous_key_until: again.previous_key_until }])
    for (const text of [listed, JSON.stringify(entries)]) expect(text).not.toContain(clients[0]?.previous?.secretHash)
  })

  it.each(['8d', 'tomorrow'])('an overlap of %j is refused, and the key stays', async (overlap) => {
    const directory = newDirectory()
    const { id, key } = await create(directory)
    const { code, stderr } = await run(['clients', 'rotate', id, '--overlap', overlap], directory)
    expect([code, /^error\[(\w+)\]: .*\nhint: .*7d/.exec(stderr)?.[1]]).toEqual([2, 'overlap_invalid'])
    expect((await look(directory)).clients[0]?.secretHash).toBe(sha256(key.slice(`cs_${id}_`.length)))
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
