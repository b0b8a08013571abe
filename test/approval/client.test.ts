import { describe, expect, test } from 'vitest'
import {
  type ClientTerms,
  callerOf,
  createClient,
  revokeClient,
  rotateClient,
  updateClient,
} from '../../src/approval/client.ts'
import type { Client } from '../../src/approval/principal.ts'
import { aClient, T0 } from './given.ts'

const WHO = { actor: 'system', source: 'cli' } as const
const HOUR = 3_600_000

const updated = (client: Client, terms: Partial<ClientTerms>, endOverlap = false) =>
  updateClient(client, terms, endOverlap, 'os:ann', WHO, T0)
const becomes = (client: Client, terms: Partial<ClientTerms>, endOverlap = false): Client => {
  const change = updated(client, terms, endOverlap)?.client
  if (!change) throw new Error('nothing changed')
  return change.after
}

test('T10 the hash of a key, present or previous, never stands in the log', () => {
  const client = aClient({ secretHash: 'c'.repeat(64), previous: { secretHash: 'e'.repeat(64), untilMs: T0 + 1 } })
  const changes = [
    createClient(client, 'os:tester', WHO, T0),
    rotateClient(client, 'd'.repeat(64), 'os:bob', WHO, T0),
    rotateClient(client, 'd'.repeat(64), 'os:bob', WHO, T0, HOUR),
    updateClient(client, { scopes: ['enforce'] }, false, 'os:bob', WHO, T0),
    revokeClient(client, 'os:tester', WHO, T0),
  ]
  expect(changes.map((change) => change?.audit[0].type)).toEqual([
    'client.created',
    'client.rotated',
    'client.rotated',
    'admin.client_updated',
    'client.revoked',
  ])
  const texts = JSON.stringify(changes.map((change) => change?.audit))
  expect(texts).not.toMatch(/c{64}|d{64}|e{64}/)
  expect(texts).toContain(`"previous":{"untilMs":${T0 + HOUR}}`)
})

test('T10 what the service is told of a client holds nothing of its keys', () => {
  const client = aClient({ secretHash: 'c'.repeat(64), previous: { secretHash: 'e'.repeat(64), untilMs: T0 + 1 } })
  expect(JSON.stringify(callerOf(client))).not.toMatch(/c{64}|e{64}/)
  expect(callerOf(client)).toMatchObject({ id: client.id, verifiedBy: 'client_key', owners: client.owners })
})

test('T10 who made, changed, rotated or revoked a client stands in the log', () => {
  const client = aClient()
  const changes = [
    createClient(client, 'os:ann', WHO, T0),
    rotateClient(client, 'd'.repeat(64), 'os:bob', WHO, T0),
    updateClient(client, { actFor: !client.actFor }, false, 'os:dan', WHO, T0),
    revokeClient(client, 'os:cas', WHO, T0),
  ]
  expect(changes.map((change) => change?.audit[0].body['by'])).toEqual(['os:ann', 'os:bob', 'os:dan', 'os:cas'])
})

describe('a rotated key', () => {
  test('that was rotated after the client was revoked does not bring it back', () => {
    const revoked = revokeClient(aClient(), 'os:tester', WHO, T0).client?.after
    expect(revoked?.revokedAtMs).toBe(T0)
    const rotated = rotateClient(revoked ?? aClient(), 'e'.repeat(64), 'os:bob', WHO, T0 + 1, HOUR)
    expect(rotated.client?.after.revokedAtMs).toBe(T0)
  })

  test('B29 whoever rotates a key has seen it, and stands behind what is asked with it', () => {
    const rotated = rotateClient(aClient(), 'd'.repeat(64), 'os:bob', WHO, T0).client?.after
    expect(rotated?.makers).toEqual(['slack:U0ADMIN', 'os:bob'])
  })

  test('works on for the overlap that was asked for, and without one not at all', () => {
    const client = aClient({ secretHash: 'a'.repeat(64) })
    const overlapping = rotateClient(client, 'b'.repeat(64), 'os:bob', WHO, T0, HOUR).client?.after
    expect(overlapping?.previous).toEqual({ secretHash: 'a'.repeat(64), untilMs: T0 + HOUR })
    expect(rotateClient(client, 'b'.repeat(64), 'os:bob', WHO, T0).client?.after.previous).toBeNull()
  })

  test('T10 at most two keys ever work: the one before the last but one stops with the next rotation', () => {
    const first = aClient({ secretHash: 'a'.repeat(64) })
    const second = rotateClient(first, 'b'.repeat(64), 'os:bob', WHO, T0, HOUR).client?.after ?? first
    const third = rotateClient(second, 'c'.repeat(64), 'os:bob', WHO, T0 + 1, HOUR).client?.after
    expect(third?.previous).toEqual({ secretHash: 'b'.repeat(64), untilMs: T0 + 1 + HOUR })
    expect(rotateClient(second, 'c'.repeat(64), 'os:bob', WHO, T0 + 1).client?.after.previous).toBeNull()
  })

  test('has its overlap ended before its time', () => {
    const client = aClient({ previous: { secretHash: 'e'.repeat(64), untilMs: T0 + HOUR } })
    expect(becomes(client, {}, true).previous).toBeNull()
    expect(becomes(client, { actFor: !client.actFor }).previous).toEqual(client.previous)
    expect(updated(aClient(), {}, true)).toBeNull()
  })
})

describe('a changed client', () => {
  test('B8 B30 a former owner stays behind what is asked with the key: she may hold it', () => {
    const client = aClient({ owners: ['U0ALICE', 'U0BOB'], makers: ['os:deploy'] })
    const changed = becomes(client, { owners: ['U0BOB', 'U0CAROL'] })
    expect(changed.owners).toEqual(['U0BOB', 'U0CAROL'])
    expect(changed.makers).toEqual(['os:deploy', 'slack:U0ALICE'])
  })

  test('B30 nobody leaves the ones behind a client by any row of changes', () => {
    const people = ['U0ALICE', 'U0BOB', 'U0CAROL', 'U0DAVE']
    let client = aClient({ owners: ['U0ALICE'], makers: ['os:deploy'] })
    const behind = new Set<string>(['slack:U0ALICE', 'os:deploy'])
    for (let i = 1; i < 2 ** people.length; i++) {
      const owners = people.filter((_, bit) => (i >> bit) % 2 === 1)
      client = updated(client, { owners })?.client?.after ?? client
      if (i % 3 === 0) {
        client = rotateClient(client, 'd'.repeat(64), `os:n${i}`, WHO, T0).client?.after ?? client
        behind.add(`os:n${i}`)
      }
      for (const owner of owners) behind.add(`slack:${owner}`)
      expect(new Set([...client.owners.map((owner) => `slack:${owner}`), ...client.makers])).toEqual(behind)
    }
  })

  test('keeps its id, name, key and age, whatever is changed', () => {
    const client = aClient()
    const { id, name, secretHash, createdAtMs, revokedAtMs } = client
    const terms: ClientTerms = {
      owners: ['U0BOB'],
      scopes: ['enforce'],
      actFor: false,
      actions: ['data.*'],
      environments: ['staging'],
      ipRanges: ['192.0.2.0/24'],
      expiresAtMs: T0 + HOUR,
    }
    expect(becomes(client, terms)).toMatchObject({ id, name, secretHash, createdAtMs, revokedAtMs, ...terms })
  })

  test('is written down as it was and as it is', () => {
    const entry = updated(aClient({ actions: null }), { actions: ['data.*'] })?.audit[0]
    expect(entry).toMatchObject({
      type: 'admin.client_updated',
      requestId: null,
      body: { by: 'os:ann', before: { actions: null }, after: { actions: ['data.*'] } },
    })
  })

  test('that is so already leaves no entry', () => {
    const client = aClient()
    expect(updated(client, {})).toBeNull()
    expect(updated(client, { owners: [...client.owners], actFor: client.actFor })).toBeNull()
  })
})
