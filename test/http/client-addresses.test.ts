import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isWithin, readRange } from '../../src/http/ip-range.ts'

describe('T10: a range of addresses', () => {
  test.each([
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['192.0.2.7', '192.0.2.7/32'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['128.0.0.0/1', '128.0.0.0/1'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['2001:DB8:0:0::/48', '2001:db8::/48'],
    ['::1', '::1/128'],
    ['fe80::/10', 'fe80::/10'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221/128'],
  ])('%s is kept as %s', (text, range) => {
    expect(readRange(text)).toEqual({ range })
  })

  test.each([
    '',
    '/',
    'localhost',
    'example.com/24',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.0/',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/+8',
    '192.0.2.0/08',
    '192.0.2.0/2.5',
    '192.0.2.0/255.255.255.0',
    '192.0.2.0/24/24',
    '192.0.02.0/24',
    '010.0.0.0/8',
    '0x7f.0.0.1',
    '2130706433',
    ' 192.0.2.0/24',
    '192.0.2.0/24 ',
    '192.0.2.0-192.0.2.9',
    '192.0.2.*',
    '0.0.0.0/0',
    '::/0',
    '2001:db8::/129',
    '2001:db8:::/32',
    '[2001:db8::]/32',
    'fe80::1%eth0',
    '::ffff:192.0.2.0/120',
    '::ffff:c000:200/120',
    '١٩٢.0.2.0/24',
  ])('%j is none, and the reader is told what to write', (text) => {
    expect(readRange(text)).toMatchObject({ problem: expect.stringMatching(/^must /) })
  })

  test('with bits behind its prefix is refused with the range that may have been meant', () => {
    expect(readRange('192.0.2.77/24')).toMatchObject({ problem: expect.stringContaining('192.0.2.0/24') })
    expect(readRange('2001:db8:ffff::1/32')).toMatchObject({ problem: expect.stringContaining('2001:db8::/32') })
  })

  test('what is kept is read again as the same', () => {
    fc.assert(
      fc.property(anyRange, (text) => {
        const read = readRange(text)
        if ('range' in read) expect(readRange(read.range)).toEqual(read)
      }),
    )
  })
})

describe('T10: the address that a key is used from', () => {
  test.each([
    ['192.0.2.1', true],
    ['192.0.2.255', true],
    ['192.0.3.0', false],
    ['::ffff:192.0.2.1', true],
    ['::ffff:c000:201', true],
    ['::ffff:192.0.3.1', false],
    ['::192.0.2.1', false],
    ['64:ff9b::192.0.2.1', false],
    ['2001:db8:1::1', true],
    ['2001:db8:1::1%eth0', true],
    ['2001:db9::', false],
    ['', false],
    [undefined, false],
    ['unix', false],
  ])('%s', (peer, isIn) => {
    expect(isWithin(['192.0.2.0/24', '2001:db8::/32'], peer)).toBe(isIn)
  })

  test('no range of the one family holds an address of the other', () => {
    expect(isWithin(['::/1', '8000::/1'], '192.0.2.1')).toBe(false)
    expect(isWithin(['::/1', '8000::/1'], '::ffff:192.0.2.1')).toBe(false)
    expect(isWithin(['0.0.0.0/1', '128.0.0.0/1'], '::1')).toBe(false)
  })

  test('a range that cannot be read lets nobody in', () => {
    expect(isWithin(['everywhere', '0.0.0.0/0'], '192.0.2.1')).toBe(false)
    expect(isWithin([], '192.0.2.1')).toBe(false)
  })

  test('is found in a range exactly where Node’s own BlockList finds it', () => {
    fc.assert(
      fc.property(anyRange, address, (text, peer) => {
        const read = readRange(text)
        if (!('range' in read)) return
        const [network = '', prefix] = read.range.split('/')
        const referee = new BlockList()
        referee.addSubnet(network, Number(prefix), family(network))
        const isSameFamily = family(network) === family(peer)
        expect(isWithin([read.range], peer)).toBe(isSameFamily && referee.check(peer, family(peer)))
      }),
      { numRuns: 500 },
    )
  })
})

const family = (text: string): 'ipv4' | 'ipv6' => (text.includes(':') ? 'ipv6' : 'ipv4')

/** Few different ones, so that ranges and addresses meet. */
const ipv4 = fc.tuple(...[10, 192, 0, 1].map((n) => fc.constantFrom(n, 0, 255))).map((parts) => parts.join('.'))
const ipv6 = fc
  .array(fc.constantFrom('0', '1', '2001', 'db8', 'ffff'), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.join(':'))
const address = fc.oneof(ipv4, ipv6)
const anyRange = fc.oneof(
  fc
    .tuple(ipv4, fc.integer({ min: 1, max: 32 }))
    .map(([network, prefix]) => masked(network.split('.').map(Number), 8, prefix, '.')),
  fc.tuple(ipv6, fc.integer({ min: 1, max: 128 })).map(([network, prefix]) =>
    masked(
      network.split(':').map((group) => Number.parseInt(group, 16)),
      16,
      prefix,
      ':',
    ),
  ),
  fc.string(),
)

/** The range without bits behind its prefix, reckoned another way than the code does. */
function masked(parts: readonly number[], width: number, prefix: number, between: string): string {
  const kept = parts.map((part, i) => {
    const bits = Math.min(width, Math.max(0, prefix - i * width))
    return part - (part % 2 ** (width - bits))
  })
  return `${kept.map((part) => (width === 16 ? part.toString(16) : part)).join(between)}/${prefix}`
}
