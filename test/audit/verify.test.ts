import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, type Json } from '../../src/audit/canonical.ts'
import { type AuditEntry, bodyDigest, seal } from '../../src/audit/entry.ts'
import { append, type Frontier, leafHash, rootOf } from '../../src/audit/merkle.ts'
import { type TreeHead, verifyLog } from '../../src/audit/verify.ts'

const T0 = Date.UTC(2026, 10, 20, 10)
const SIZE = 200

const entryAt = (
  seq: number,
  atMs = T0 + seq * 10,
  body: { [key: string]: Json } = { n: seq, who: 'Bob', code: 'denied' },
) =>
  seal(
    { type: 'decision.refused', actor: 'slack:T0HOME:U0BOB', source: 'slack', requestId: `req_${seq}`, body },
    seq,
    atMs,
    Buffer.alloc(16, seq),
  )
const LOG: readonly AuditEntry[] = Array.from({ length: SIZE }, (_, i) => entryAt(i + 1))
const HEAD = headOf(LOG)

/** The root as the tree itself gives it, not as the verifier does. */
function headOf(entries: readonly AuditEntry[]): TreeHead {
  const grown = entries.reduce<Frontier>((f, e, size) => append(f, size, Buffer.from(e.leaf, 'hex')), [])
  return { size: entries.length, root: rootOf(grown).toString('hex') }
}

const at = (seq: number): AuditEntry => LOG[seq - 1] as AuditEntry
const withEntry = (seq: number, entry: AuditEntry): AuditEntry[] => LOG.with(seq - 1, entry)

/** An entry written anew by somebody who knows how: it contradicts nothing but the head. */
function rewritten(seq: number, change: { envelope?: object; body?: object }): AuditEntry {
  const was = at(seq)
  const body = canonicalJson({ ...(JSON.parse(was.body ?? '{}') as object), ...change.body } as Json)
  const salt = Buffer.from(was.salt ?? '', 'hex')
  const envelope = canonicalJson({
    ...(JSON.parse(was.envelope) as object),
    body_digest: bodyDigest(salt, body),
    ...change.envelope,
  } as Json)
  return { ...was, body, envelope, leaf: leafHash(envelope) }
}

test('a whole log is whole, with a head and without one', () => {
  expect(verifyLog(LOG, HEAD)).toMatchObject({ whole: true, head: HEAD })
  expect(verifyLog(LOG)).toMatchObject({ whole: true, head: HEAD })
  expect(verifyLog([])).toMatchObject({ whole: true, head: { size: 0 } })
})

describe('M6 T14 INV8 whoever tampers is found, and the first bad entry is named', () => {
  const swapped = LOG.with(49, at(51)).with(50, at(50))
  const renumbered = (seq: number, as: number): AuditEntry => ({ ...at(seq), seq: as })

  test.each<[string, readonly AuditEntry[], number]>([
    ['an edited body', withEntry(100, { ...at(100), body: (at(100).body ?? '').replace('Bob', 'Eve') }), 100],
    ['an edited envelope', withEntry(100, { ...at(100), envelope: at(100).envelope.replace('U0BOB', 'U0EVE') }), 100],
    ['an edited leaf', withEntry(100, { ...at(100), leaf: at(101).leaf }), 100],
    ['another salt', withEntry(100, { ...at(100), salt: at(101).salt }), 100],
    ['a salt that is gone', withEntry(100, { ...at(100), salt: null }), 100],
    [
      'an envelope and leaf of another entry',
      withEntry(100, { ...at(100), envelope: at(99).envelope, leaf: at(99).leaf }),
      100,
    ],
    ['the body and salt of another entry', withEntry(100, { ...at(100), body: at(99).body, salt: at(99).salt }), 100],
    [
      'columns that changed places',
      withEntry(100, { ...at(100), envelope: at(100).body ?? '', body: at(100).envelope }),
      100,
    ],
    ['an envelope that is no JSON', withEntry(100, { ...at(100), envelope: 'x', leaf: leafHash('x') }), 100],
    ['an entry that is missing', LOG.toSpliced(99, 1), 100],
    ['the first entry missing', LOG.slice(1), 1],
    ['an entry that is missing, the rest renumbered', LOG.toSpliced(99, 1).map((e, i) => ({ ...e, seq: i + 1 })), 100],
    ['two entries that changed places', swapped, 50],
    ['two entries that changed places, renumbered', LOG.with(49, renumbered(51, 50)).with(50, renumbered(50, 51)), 50],
    ['an old entry in place of a new one', withEntry(100, renumbered(50, 100)), 100],
    ['an entry twice', LOG.toSpliced(100, 0, at(100)), 101],
    ['an altered number', withEntry(100, renumbered(100, 1000)), 100],
    ['a time that goes back', withEntry(100, entryAt(100, T0)), 100],
  ])('%s', (_what, entries, bad) => {
    const found = verifyLog(entries, HEAD)
    if (found.whole) throw new Error('not found')
    expect(found.problem).toMatch(/\S/)
    // A gap is named by its number in the words: the entry that was found there is not itself the bad one.
    expect(found.seq === bad || new RegExp(`\\bentry ${bad}\\b`).test(found.problem)).toBe(true)
    expect(verifyLog(entries).whole, 'found without a head as well').toBe(false)
  })

  test.each<[string, readonly AuditEntry[]]>([
    ['an end that was cut off', LOG.slice(0, -1)],
    ['an old backup', LOG.slice(0, 140)],
    ['nothing left', []],
    ['an entry more', [...LOG, entryAt(SIZE + 1)]],
    ['a body rewritten with all its hashes', withEntry(100, rewritten(100, { body: { who: 'Eve' } }))],
    [
      'an actor rewritten with all its hashes',
      withEntry(100, rewritten(100, { envelope: { actor: 'slack:T0HOME:U0EVE' } })),
    ],
    ['a whole log rewritten', LOG.map((_, i) => rewritten(i + 1, { body: { who: 'Eve' } }))],
    [
      'a policy text rewritten with all its hashes',
      withEntry(1, rewritten(1, { body: { text: 'defaults: { effect: allow }' } })),
    ],
  ])('%s: only the head tells', (_what, entries) => {
    expect(verifyLog(entries, HEAD).whole).toBe(false)
    // The reason why a head must be kept elsewhere (P7): without one this log looks honest.
    expect(verifyLog(entries).whole).toBe(true)
  })

  test('a head of another log, or of an earlier state', () => {
    for (const head of [headOf(LOG.slice(0, -1)), { ...HEAD, root: headOf([]).root }, { ...HEAD, size: SIZE + 1 }]) {
      expect(verifyLog(LOG, head)).toMatchObject({ whole: false, seq: null })
    }
  })

  test('any one character of any stored text', () => {
    const field = fc.constantFrom('envelope', 'leaf', 'body' as const)
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: SIZE }),
        field,
        fc.nat(),
        fc.constantFrom('0', 'x', '"', ' ', 'é'),
        (seq, name, where, char) => {
          const text = at(seq)[name] ?? ''
          const i = where % text.length
          fc.pre(text[i] !== char)
          const tampered = { ...at(seq), [name]: text.slice(0, i) + char + text.slice(i + 1) }
          expect(verifyLog(withEntry(seq, tampered), HEAD)).toMatchObject({ whole: false, seq })
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('a body may be erased when its time is over, and every proof still holds', () => {
  const erased = LOG.map((entry, i) => (i % 3 === 0 ? { ...entry, body: null, salt: null } : entry))
  expect(verifyLog(erased, HEAD)).toMatchObject({ whole: true, head: HEAD })
})

describe('an entry as it is sealed', () => {
  const sealed = entryAt(7, T0, { b: 1, a: 'é' })

  test('is the canonical text of the contract, and hashes over exactly that text', () => {
    expect(sealed.body).toBe('{"a":"é","b":1}')
    expect(sealed.envelope).toBe(
      `{"actor":"slack:T0HOME:U0BOB","at":"2026-11-20T10:00:00.000Z","body_digest":"${bodyDigest(Buffer.alloc(16, 7), sealed.body ?? '')}","request_id":"req_7","seq":7,"source":"slack","type":"decision.refused","v":1}`,
    )
    expect(sealed.leaf).toBe(leafHash(sealed.envelope))
    expect(sealed.salt).toBe('07'.repeat(16))
  })

  test('does not tell its body: the same body with another salt has another digest', () => {
    const other = seal(
      {
        ...JSON.parse('{}'),
        type: 'clock.jump',
        actor: 'system',
        source: 'system',
        requestId: null,
        body: { b: 1, a: 'é' },
      },
      7,
      T0,
      Buffer.alloc(16, 8),
    )
    const digest = (entry: AuditEntry) => (JSON.parse(entry.envelope) as { body_digest: string }).body_digest
    expect(digest(other)).not.toBe(digest(sealed))
    expect(digest(sealed)).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  test('has a time, or is not sealed', () => {
    for (const time of [Number.NaN, Number.POSITIVE_INFINITY, 9e15]) expect(() => entryAt(1, time)).toThrow(RangeError)
  })
})
