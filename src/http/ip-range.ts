import { isIP, SocketAddress } from 'node:net'

/**
 * Ranges of addresses that a key may be used from, in CIDR notation (RFC 4632, RFC 4291). Addresses are compared as texts
 * of bits: 32 of them for IPv4, 128 for IPv6, so that neither family is ever within a range of the other.
 */
interface Range {
  readonly bits: string
  readonly prefix: number
}

/** IPv4 in IPv6 clothes (`::ffff:192.0.2.1`): what a socket for both families says of an IPv4 caller. */
const MAPPED = '0'.repeat(80) + '1'.repeat(16)

/**
 * One spelling of a range (`192.0.2.0/24`, `2001:db8::/32`), or what is wrong with the text as "must …". An address alone is
 * the range of that address.
 */
export function readRange(text: string): { readonly range: string } | { readonly problem: string } {
  const [address = '', length, ...more] = text.split('/')
  const bits = address.includes('%') || more.length > 0 ? null : bitsOf(address)
  if (bits === null) return { problem: 'must be an IP address or a range such as 192.0.2.0/24 or 2001:db8::/32' }
  if (isIP(address) === 6 && bits.length === 32) return { problem: 'must be written as IPv4, such as 192.0.2.0/24' }
  const prefix = length === undefined ? bits.length : prefixOf(length, bits.length)
  if (prefix === null) return { problem: `must end in a prefix length from 1 to ${bits.length}` }
  const network = addressOf(bits.slice(0, prefix).padEnd(bits.length, '0'))
  if (bits.includes('1', prefix)) {
    return { problem: `must not set bits behind its prefix: write ${network}/${prefix}, if that whole range is meant` }
  }
  return { range: `${network}/${prefix}` }
}

/** @param peer the address of the socket's other end; undefined where it is gone already. */
export function isWithin(ranges: readonly string[], peer: string | undefined): boolean {
  // A zone (`fe80::1%eth0`) names our own interface, not the caller.
  const bits = bitsOf(peer?.replace(/%.*$/, '') ?? '')
  if (bits === null) return false
  return parsed(ranges).some(
    (range) => range.bits.length === bits.length && bits.startsWith(range.bits.slice(0, range.prefix)),
  )
}

/** Clients are kept in memory by the store, and so are their ranges here, for as long. */
const kept = new WeakMap<readonly string[], readonly Range[]>()

/** A range that cannot be read lets nobody in. */
function parsed(ranges: readonly string[]): readonly Range[] {
  const known = kept.get(ranges)
  if (known) return known
  const fresh = ranges.flatMap((text): readonly Range[] => {
    if (!('range' in readRange(text))) return []
    const [address = '', prefix] = text.split('/')
    const bits = bitsOf(address) ?? ''
    return [{ bits, prefix: prefix === undefined ? bits.length : Number(prefix) }]
  })
  kept.set(ranges, fresh)
  return fresh
}

/** No `/0`: a range that holds everybody is no range, and hides that there is none. */
const prefixOf = (text: string, most: number): number | null =>
  /^[1-9]\d{0,2}$/.test(text) && Number(text) <= most ? Number(text) : null

/** Null where it is no address. */
function bitsOf(address: string): string | null {
  const family = isIP(address)
  if (family === 0) return null
  if (family === 4)
    return address
      .split('.')
      .map((part) => binary(Number(part), 8))
      .join('')
  const hex = address.replace(/\d+\.\d+\.\d+\.\d+$/, (quad) => {
    const [a = 0, b = 0, c = 0, d = 0] = quad.split('.').map(Number)
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  })
  const [head = '', tail = ''] = hex.split('::').map(groups)
  const bits = head + '0'.repeat(128 - head.length - tail.length) + tail
  return bits.startsWith(MAPPED) ? bits.slice(MAPPED.length) : bits
}

const groups = (text: string): string =>
  text === ''
    ? ''
    : text
        .split(':')
        .map((group) => binary(Number.parseInt(group, 16), 16))
        .join('')

const binary = (value: number, width: number): string => value.toString(2).padStart(width, '0')

/** The usual spelling (RFC 5952). */
function addressOf(bits: string): string {
  if (bits.length === 32) return (bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)).join('.')
  const address = (bits.match(/.{16}/g) ?? []).map((group) => Number.parseInt(group, 2).toString(16)).join(':')
  return new SocketAddress({ address, family: 'ipv6' }).address
}
