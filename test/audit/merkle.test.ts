import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  append,
  type Frontier,
  frontierText,
  leafHash,
  nodeHash,
  parseFrontier,
  rootOf,
} from '../../src/audit/merkle.ts'

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** The inputs of the Certificate Transparency reference tree, and its root after each of them. */
const REFERENCE: readonly [string, string][] = [
  ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  ['606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
]

/** RFC 6962 section 2.1, word for word: the slow way. */
function treeHash(entries: readonly Buffer[]): Buffer {
  const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  const [only] = entries
  if (!only) return sha()
  if (entries.length === 1) return sha(Buffer.from([0]), only)
  const k = 2 ** Math.floor(Math.log2(entries.length - 1))
  return sha(Buffer.from([1]), treeHash(entries.slice(0, k)), treeHash(entries.slice(k)))
}

const grown = (texts: readonly string[]): Frontier =>
  texts.reduce<Frontier>((frontier, text, size) => append(frontier, size, Buffer.from(leafHash(text), 'hex')), [])
const rootHex = (texts: readonly string[]): string => rootOf(grown(texts)).toString('hex')

test('RFC 6962 the empty tree has the hash of the empty string', () => {
  expect(rootOf([]).toString('hex')).toBe(EMPTY)
})

test('RFC 6962 the reference tree has its known root after each entry', () => {
  const texts = REFERENCE.map(([hex]) => Buffer.from(hex, 'hex').toString('latin1'))
  REFERENCE.forEach(([, root], i) => {
    expect(rootHex(texts.slice(0, i + 1))).toBe(root)
  })
})

test('RFC 6962 a tree of any entries has the root of the definition', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 70 }), (texts) => {
      expect(rootHex(texts)).toBe(treeHash(texts.map((text) => Buffer.from(text))).toString('hex'))
    }),
    { numRuns: 200 },
  )
})

test('every size from 0 to 130 has the root of the definition', () => {
  const texts = Array.from({ length: 130 }, (_, i) => `entry ${i}`)
  let frontier: Frontier = []
  texts.forEach((text, size) => {
    frontier = append(frontier, size, Buffer.from(leafHash(text), 'hex'))
    expect(rootOf(frontier)).toEqual(treeHash(texts.slice(0, size + 1).map((t) => Buffer.from(t))))
  })
})

test('a leaf is never a node: two hashes written as one entry give another leaf than their node', () => {
  const [a, b] = [leafHash('a'), leafHash('b')]
  const node = nodeHash(Buffer.from(a, 'hex'), Buffer.from(b, 'hex')).toString('hex')
  expect(leafHash(Buffer.from(a + b, 'hex').toString('latin1'))).not.toBe(node)
})

test('an entry that is taken out, changed, doubled or moved is another root', () => {
  const texts = ['a', 'b', 'c', 'd', 'e']
  const others = [
    texts.slice(1),
    texts.slice(0, -1),
    ['a', 'B', 'c', 'd', 'e'],
    [...texts, 'e'],
    ['b', 'a', 'c', 'd', 'e'],
  ]
  expect(new Set([texts, ...others].map(rootHex)).size).toBe(others.length + 1)
})

test('a kept frontier read back grows on as if it had never been put away', () => {
  const texts = Array.from({ length: 40 }, (_, i) => `${i}`)
  for (let size = 0; size < texts.length; size++) {
    const kept = frontierText(grown(texts.slice(0, size)))
    const again = parseFrontier(kept, size)
    expect(frontierText(again)).toBe(kept)
    expect(rootOf(append(again, size, Buffer.from(leafHash('x'), 'hex'))).toString('hex')).toBe(
      rootHex([...texts.slice(0, size), 'x']),
    )
  }
})

test('a kept frontier that does not fit the size is damage, not another tree', () => {
  const three = frontierText(grown(['a', 'b', 'c']))
  for (const [text, size] of [
    [three, 4],
    [three, 7],
    [three.slice(2), 3],
    [`${three}00`, 3],
    ['', 1],
    [three.slice(64), 3],
  ] as const) {
    expect(() => parseFrontier(text, size)).toThrow('damaged')
  }
})
