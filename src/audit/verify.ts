import { z } from 'zod'
import { canonicalJson, type Json } from './canonical.ts'
import { type AuditEntry, bodyDigest } from './entry.ts'
import { append, type Frontier, leafHash, rootOf } from './merkle.ts'

/** What the log is held against: the number of entries and the root, from the store's head or a checkpoint. */
export interface TreeHead {
  readonly size: number
  /** Lower-case hex. */
  readonly root: string
}

export type Verification =
  | { readonly whole: true; readonly head: TreeHead /** Entries whose body is gone. */; readonly erased: number }
  | { readonly whole: false; readonly seq: number | null; readonly problem: string }

const envelopeForm = z.object({ seq: z.number().int(), at: z.iso.datetime(), body_digest: z.string() })

/**
 * Recomputes everything from the stored texts and names the first entry that is not as it was written: numbers without
 * gaps, times that never go back, leaf of the envelope, digest of the body, and at the end the root of the whole tree.
 *
 * The entries come from whoever holds the file and are not trusted; only `head` is. Without a head, a log that was cut
 * at its end, or rewritten as a whole, cannot be told from an honest one.
 */
export function verifyLog(entries: Iterable<AuditEntry>, head?: TreeHead): Verification {
  let frontier: Frontier = []
  let size = 0
  let erased = 0
  let lastAt = ''
  for (const entry of entries) {
    const problem = entryProblem(entry, size + 1, lastAt)
    if (typeof problem === 'string') return { whole: false, seq: size + 1, problem }
    lastAt = problem.at
    if (entry.body === null) erased++
    frontier = append(frontier, size, Buffer.from(entry.leaf, 'hex'))
    size++
  }
  const computed: TreeHead = { size, root: rootOf(frontier).toString('hex') }
  if (head && head.size !== computed.size) {
    return { whole: false, seq: null, problem: `the head counts ${head.size} entries, the log holds ${size}` }
  }
  if (head && head.root !== computed.root) {
    return { whole: false, seq: null, problem: 'the root of the entries is not the root in the head' }
  }
  return { whole: true, head: computed, erased }
}

function entryProblem(entry: AuditEntry, seq: number, lastAt: string): string | { at: string } {
  if (entry.seq !== seq) return `entry ${seq} is missing: the next one found is ${entry.seq}`
  if (leafHash(entry.envelope) !== entry.leaf) return 'the envelope does not give its leaf'
  const envelope = parseEnvelope(entry.envelope)
  if (!envelope) return 'the envelope is not one'
  if (envelope.seq !== seq) return `the envelope names entry ${envelope.seq}`
  if (envelope.at < lastAt) return 'its time lies before that of the entry before it'
  const problem = bodyProblem(entry, envelope.body_digest)
  return problem ?? { at: envelope.at }
}

/**
 * One text and one salt, as they were written: bytes could otherwise move from the body into the salt and give the same
 * digest for another body.
 */
function bodyProblem({ body, salt }: AuditEntry, digest: string): string | null {
  if (body === null && salt === null) return null
  if (body === null || salt === null || !/^[0-9a-f]{32}$/.test(salt)) return 'body and salt do not belong together'
  if (bodyDigest(Buffer.from(salt, 'hex'), body) !== digest) return 'the body is not the one that was written'
  return isCanonical(body) ? null : 'the body is not written as bodies are'
}

function isCanonical(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text) as Json) === text
  } catch {
    return false
  }
}

function parseEnvelope(text: string): z.infer<typeof envelopeForm> | null {
  try {
    return envelopeForm.parse(JSON.parse(text))
  } catch {
    return null
  }
}
