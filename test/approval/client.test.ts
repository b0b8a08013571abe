import { expect, test } from 'vitest'
import { createClient, revokeClient, rotateClient } from '../../src/approval/client.ts'
import { aClient, T0 } from './given.ts'

const WHO = { actor: 'system', source: 'cli' } as const

test('T10 the hash of a key never stands in the log', () => {
  const client = aClient({ secretHash: 'c'.repeat(64) })
  const changes = [
    createClient(client, 'os:tester', WHO, T0),
    rotateClient(client, 'd'.repeat(64), 'os:bob', WHO, T0),
    revokeClient(client, 'os:tester', WHO, T0),
  ]
  expect(changes.map((change) => change.audit[0].type)).toEqual(['client.created', 'client.rotated', 'client.revoked'])
  expect(JSON.stringify(changes.map((change) => change.audit))).not.toMatch(/c{64}|d{64}/)
})

test('a key that was rotated after the client was revoked does not bring it back', () => {
  const revoked = revokeClient(aClient(), 'os:tester', WHO, T0).client?.after
  expect(revoked?.revokedAtMs).toBe(T0)
  expect(rotateClient(revoked ?? aClient(), 'e'.repeat(64), 'os:bob', WHO, T0 + 1).client?.after.revokedAtMs).toBe(T0)
})

test('B29 whoever rotates a key has seen it, and stands behind what is asked with it', () => {
  const rotated = rotateClient(aClient(), 'd'.repeat(64), 'os:bob', WHO, T0).client?.after
  expect(rotated?.makers).toEqual(['slack:U0ADMIN', 'os:bob'])
})

test('T10 who made, rotated or revoked a client stands in the log', () => {
  const client = aClient()
  const changes = [
    createClient(client, 'os:ann', WHO, T0),
    rotateClient(client, 'd'.repeat(64), 'os:bob', WHO, T0),
    revokeClient(client, 'os:cas', WHO, T0),
  ]
  expect(changes.map((change) => change.audit[0].body['by'])).toEqual(['os:ann', 'os:bob', 'os:cas'])
})
