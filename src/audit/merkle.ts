import { hash } from 'node:crypto'

/**
 * The RFC 6962 Merkle tree hash, kept as it grows. A {@link Frontier} holds the roots of the perfect subtrees that the
 * leaves so far decompose into, largest first: appending costs amortised one hash, the root at most log2(size).
 */
export type Frontier = readonly Buffer[]

/** One node's preimage, filled anew for each: nothing here waits between filling and hashing. */
const NODE = Buffer.alloc(65, 0x01)

/** SHA-256(0x00 || entry), RFC 6962 section 2.1, of a text's UTF-8 bytes. The prefix keeps a leaf from ever being a node. */
export const leafHash = (entry: string): string => hash('sha256', `\0${entry}`, 'hex')

/** SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  NODE.set(left, 1)
  NODE.set(right, 33)
  return hash('sha256', NODE, 'buffer')
}

/** The frontier of a tree of `size` leaves after `leaf` is appended. */
export function append(frontier: Frontier, size: number, leaf: Buffer): Frontier {
  const next = [...frontier]
  let node = leaf
  // Each trailing 1 bit of the size is a perfect subtree as large as what is being carried.
  for (let bits = size; bits % 2 === 1; bits = Math.floor(bits / 2)) {
    const left = next.pop()
    if (!left) throw new Error(`the frontier does not fit a tree of ${size} leaves`)
    node = nodeHash(left, node)
  }
  next.push(node)
  return next
}

/** Root of the tree; of the empty tree SHA-256 of the empty string (RFC 6962 section 2.1). */
export function rootOf(frontier: Frontier): Buffer {
  const last = frontier.at(-1)
  if (!last) return hash('sha256', '', 'buffer')
  let root = last
  for (let i = frontier.length - 2; i >= 0; i--) {
    const left = frontier[i]
    if (left) root = nodeHash(left, root)
  }
  return root
}

/** The frontier as one hex text, for keeping. */
export const frontierText = (frontier: Frontier): string => frontier.map((node) => node.toString('hex')).join('')

/** Reads {@link frontierText} back; throws where the number of subtrees is not what `size` leaves have. */
export function parseFrontier(text: string, size: number): Frontier {
  const nodes = (text.match(/.{64}/g) ?? []).map((hex) => Buffer.from(hex, 'hex'))
  const ones = [...size.toString(2)].filter((bit) => bit === '1').length
  if (nodes.length !== ones || text.length !== ones * 64 || !/^[0-9a-f]*$/.test(text))
    throw new Error('the kept tree head is damaged')
  return nodes
}
