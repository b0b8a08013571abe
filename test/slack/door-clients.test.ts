import { afterEach, describe, expect, it } from 'vitest'
import { SYSTEM } from '../../src/approval/change.ts'
import { createClient, UNBOUND } from '../../src/approval/client.ts'
import type { Client } from '../../src/approval/principal.ts'
import { MODES, type Stage, stage } from './door.ts'

const DAY = 86_400_000

describe.each(MODES)('/approvals clients over %s', (mode) => {
  let on: Stage
  afterEach(async () => {
    const faults = on.sandbox.protocolFaults
    await on.stop()
    expect(faults).toEqual([])
  })

  async function answer(userId: string, text = 'clients'): Promise<string> {
    const result = await on.sandbox.as(userId).command('/approvals', text, { channel: 'C0RANDOM' })
    if (!result.reply) throw new Error(`no answer to ${text}`)
    return `${result.reply.text}\n${JSON.stringify(result.reply.blocks)}`
  }

  async function add(id: string, more: Partial<Client> = {}): Promise<void> {
    const client: Client = {
      ...{ id, name: `client ${id}`, secretHash: 'f'.repeat(64), owners: ['U0BOB'], makers: ['os:tester'] },
      ...{ scopes: ['request'], actFor: false, createdAtMs: Date.now(), ...UNBOUND, ...more },
    }
    await on.service.record(createClient(client, 'os:tester', SYSTEM, Date.now()))
  }

  it('shows an admin who answers for them, their limits, their end and their last use', async () => {
    on = await stage(mode)
    await add('cl_limited', { actions: ['data.*'], environments: ['staging'], ipRanges: ['192.0.2.0/24'] })
    await on.service.used('cl_limited', Date.UTC(2026, 0, 2, 3, 4))
    const told = await answer('U0ADMIN')
    for (const text of ['cl_limited', '<@U0BOB>', 'data.*', 'staging', '192.0.2.0/24', 'never expires', 'never used'])
      expect(told).toContain(text)
    expect(told).toContain('2026-01-02 03:04 UTC')
    expect(told).not.toContain('f'.repeat(64))
  })

  it('puts what still works first', async () => {
    on = await stage(mode)
    await add('cl_expired', { expiresAtMs: 1 })
    await add('cl_revoked', { revokedAtMs: 2 })
    await add('cl_works', { expiresAtMs: Date.now() + DAY, createdAtMs: 1 })
    const told = await answer('U0ADMIN')
    const at = (id: string): number => told.indexOf(`"text":" ${id}"`)
    expect(at('cl_works')).toBeGreaterThan(0)
    expect(at('cl_works')).toBeLessThan(Math.min(at('cl_expired'), at('cl_revoked')))
    expect(told).toContain('*expired*')
    expect(told).toContain('*revoked*')
  })

  it('is for admins: nobody else learns of any client', async () => {
    on = await stage(mode)
    await add('cl_secretive')
    for (const person of ['U0ALICE', 'U0BOB', 'U0ERIN']) {
      const told = await answer(person)
      expect(told).toContain('is for admins')
      expect(told).not.toContain('cl_secretive')
    }
  })

  it('stays one message whatever was typed for a name, and however many there are', async () => {
    on = await stage(mode)
    for (let i = 0; i < 40; i++)
      await add(`cl_${i}`, { name: '*<!channel>* `<@U0ALICE>` _x_', actions: ['x'.repeat(500)] })
    const told = await answer('U0ADMIN')
    expect(told).toContain('26 more')
    const { blocks }: { blocks: { type: string }[] } = { blocks: JSON.parse(told.slice(told.indexOf('\n') + 1)) }
    expect(blocks.length).toBeLessThanOrEqual(50)
    const parsed = JSON.stringify(blocks.filter(({ type }) => type !== 'rich_text'))
    expect(parsed).not.toContain('channel')
  })
})
