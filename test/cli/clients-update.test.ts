import { beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openForAdmin } from '../../src/serve.ts'
import { newDirectory, run } from './run.ts'

let directory: string
let untouched: string
beforeAll(async () => {
  directory = newDirectory()
  untouched = await create()
})

/** A new client of Alice. @returns its id. */
async function create(...more: string[]): Promise<string> {
  const { stdout, stderr } = await run(
    ['clients', 'create', 'nightly', '--owner', 'U0ALICE', '--json', ...more],
    directory,
  )
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout).id
}

const update = (id: string, ...args: string[]) => run(['clients', 'update', id, ...args], directory)

async function look(id: string) {
  const read = readConfig({}, { directory, need: 'database' })
  if ('problems' in read) throw new Error('no settings')
  const { service, close } = await openForAdmin(read.config)
  try {
    const entries = await service.reads.auditEntries(0, 1_000)
    const ofClient = entries.filter((entry) => entry.body?.includes(`"id":"${id}"`))
    const [client] = (await service.reads.clients()).filter((each) => each.id === id)
    if (!client) throw new Error(`there is no client ${id}`)
    return { client, entries: ofClient, types: ofClient.map((entry) => JSON.parse(entry.envelope).type) }
  } finally {
    await close()
  }
}

describe('clients update', () => {
  it('B30 takes an owner away and keeps her behind the client', async () => {
    const id = await create('--creator', 'U0ADMIN')
    const { code, stdout } = await update(id, '--owner', 'U0BOB', '--owner', 'U0CAROL')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^owners: +U0BOB, U0CAROL$/m)])
    const { client, types, entries } = await look(id)
    const makers = [expect.stringMatching(/^os:./), 'slack:U0ADMIN', 'slack:U0ALICE']
    expect(client).toMatchObject({ owners: ['U0BOB', 'U0CAROL'], makers })
    expect(types).toEqual(['client.created', 'admin.client_updated'])
    expect(JSON.parse(entries[1]?.body ?? '{}')).toMatchObject({
      by: expect.stringMatching(/^os:/),
      before: { owners: ['U0ALICE'] },
      after: { owners: ['U0BOB', 'U0CAROL'] },
    })
    expect(JSON.stringify(entries)).not.toContain(client.secretHash)
  })

  it('changes what is given and nothing else', async () => {
    const id = await create('--action', 'data.*', '--ip', '192.0.2.0/24', '--expires', '90d')
    const before = (await look(id)).client
    await update(id, '--environment', 'staging', '--scope', 'enforce', '--act-for')
    expect((await look(id)).client).toEqual({
      ...before,
      environments: ['staging'],
      scopes: ['enforce'],
      actFor: true,
    })
  })

  it('takes limits away by name alone', async () => {
    const limits = ['--action', 'data.*', '--environment', 'staging', '--ip', '192.0.2.0/24', '--expires', '90d']
    const id = await create(...limits, '--act-for')
    await update(id, '--any-action', '--any-environment', '--any-ip', '--expires', 'never', '--no-act-for')
    expect((await look(id)).client).toMatchObject({
      ...{ actions: null, environments: null, ipRanges: [], expiresAtMs: null, actFor: false },
    })
  })

  it('ends the overlap of a rotation', async () => {
    const id = await create()
    await run(['clients', 'rotate', id, '--overlap', '24h'], directory)
    expect((await look(id)).client.previous).not.toBeNull()
    expect((await update(id, '--end-overlap')).code).toBe(0)
    expect((await look(id)).client.previous).toBeNull()
  })

  it('lets an expired client be rotated only once it has time again', async () => {
    const id = await create('--expires', '1s')
    await expect.poll(() => rotatedWith(id), { timeout: 20_000 }).toBe('expired')
    expect((await update(id, '--expires', '30d')).code).toBe(0)
    expect(await rotatedWith(id)).toBe('')
  })

  it.each([
    [[], 'nothing_given'],
    [['--owner', 'U0ALICE'], 'unchanged'],
    [['--end-overlap'], 'unchanged'],
    [['--owner', 'alice'], 'user_id_invalid'],
    [['--expires', 'yesterday'], 'expires_invalid'],
    [['--ip', '192.0.2.1/24'], 'ip_invalid'],
    [['--ip', '192.0.2.0/24', '--any-ip'], 'usage'],
    [['--action', 'data.*', '--any-action'], 'usage'],
    [['--environment', 'staging', '--any-environment'], 'usage'],
    [['--name', 'other'], 'usage'],
  ])('%j is refused, changes nothing and leaves no entry', async (args, expected) => {
    const { code, stderr } = await update(untouched, ...args)
    expect([code, /^error\[(\w+)\]: .*\nhint: ./.exec(stderr)?.[1]]).toEqual([2, expected])
    expect((await look(untouched)).types).toEqual(['client.created'])
  })

  it('of nobody, and of a revoked client, is an error', async () => {
    expect((await update('nobody', '--expires', '30d')).stderr).toMatch(/^error\[not_found\]/)
    const id = await create()
    await run(['clients', 'revoke', id], directory)
    expect((await update(id, '--expires', '30d')).stderr).toMatch(/^error\[revoked\]/)
    expect((await run(['clients', 'show', 'nobody'], directory)).stderr).toMatch(/^error\[not_found\]/)
  })

  it('of two at once, neither is lost', async () => {
    const id = await create()
    const both = await Promise.all([update(id, '--expires', '30d'), update(id, '--scope', 'enforce')])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    const { client, types } = await look(id)
    expect([client.scopes, client.expiresAtMs === null]).toEqual([['enforce'], false])
    expect(types.filter((type) => type === 'admin.client_updated')).toHaveLength(2)
  })
})

/** The error code of a rotation, or nothing. */
async function rotatedWith(id: string): Promise<string> {
  const { stderr } = await run(['clients', 'rotate', id], directory)
  return /^error\[(\w+)\]/.exec(stderr)?.[1] ?? ''
}
