import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  CLIENT_KEY_BYTES,
  hashSecret,
  keyOfClient,
  newClientKey,
  parseClientKey,
} from '../../src/approval/client-key.ts'
import { MASK, maskText } from '../../src/approval/redact.ts'

describe('a client key', () => {
  test('is read back as the id and the secret it was made of', () => {
    for (let i = 0; i < 500; i++) {
      const { id, key, secretHash } = newClientKey(randomBytes(CLIENT_KEY_BYTES))
      expect(id).toMatch(/^[a-z0-9]{12}$/)
      const parsed = parseClientKey(key)
      expect(parsed?.id).toBe(id)
      expect(hashSecret(parsed?.secret ?? '')).toBe(secretHash)
      expect(maskText(`the key is ${key}.`)).toBe(`the key is ${MASK}.`)
    }
  })

  test('keeps the id and changes the secret when it is rotated', () => {
    const first = newClientKey(randomBytes(CLIENT_KEY_BYTES))
    const second = keyOfClient(first.id, randomBytes(CLIENT_KEY_BYTES))
    expect(second.id).toBe(first.id)
    expect(second.secretHash).not.toBe(first.secretHash)
  })

  test('is never made of fewer random bytes', () => {
    expect(() => newClientKey(randomBytes(CLIENT_KEY_BYTES - 1))).toThrow(RangeError)
    expect(() => keyOfClient('abcdefghijkm', new Uint8Array(32))).toThrow(RangeError)
  })

  test.each([
    '',
    'cs_',
    'cs_abcd_',
    'cs__x',
    'cs_abcd_short',
    `cs_ABCD_${'a'.repeat(43)}`,
    `cs_abcd_${'a'.repeat(44)}`,
    `cs_abcd_${'a'.repeat(42)}=`,
    ` cs_abcd_${'a'.repeat(43)}`,
    `cs_abcd_${'a'.repeat(43)}\n`,
  ])('%j is none', (text) => {
    expect(parseClientKey(text)).toBeNull()
  })
})
