import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { type LoadedCases, parseCases } from './cases-file.ts'
import { LARGEST_FILE, type Loaded, type PolicyOptions, parsePolicy, problemAtStart } from './load.ts'

/**
 * Reads and parses the policy file. Everything is read from one open descriptor, so that a file or link swapped
 * meanwhile can never yield half of each (I20). Problems of the disk are answered like problems of the content, at 1:1.
 */
export function readPolicyFile(path: string, options: PolicyOptions = {}): Loaded {
  const read = readText(path, NO_POLICY)
  return 'problem' in read ? { problems: [problemAtStart(read.problem)] } : parsePolicy(read.text, options)
}

/** The cases beside a policy, read with the same care. */
export function readCasesFile(path: string): LoadedCases {
  const read = readText(path, NO_CASES)
  return 'problem' in read ? { problems: [problemAtStart(read.problem)] } : parseCases(read.text)
}

type Read = { readonly text: string } | { readonly problem: string }

const NO_POLICY = 'There is no such file: create it (policy.example.yaml is a start) or point POLICY_FILE at it.'
const NO_CASES =
  'There is no such file: write the cases there (policy.cases.example.yaml is a start) or name another file.'

function readText(path: string, missing: string): Read {
  let descriptor: number
  try {
    // Non-blocking, or a named pipe in this place would hold the whole process for ever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    return { problem: diskProblem(error, missing) }
  }
  try {
    const read = readWhole(descriptor)
    return typeof read === 'string' ? { problem: read } : decode(read)
  } catch (error) {
    return { problem: diskProblem(error, missing) }
  } finally {
    closeSync(descriptor)
  }
}

/** The bytes, or why there are none. */
function readWhole(descriptor: number): Uint8Array | string {
  const before = fstatSync(descriptor, { bigint: true })
  if (before.isDirectory()) return 'This is a directory, not a policy file.'
  if (!before.isFile()) return 'This is not a regular file.'
  if (before.size > BigInt(LARGEST_FILE)) return 'The file is larger than 4 MiB, the most a policy may be.'
  const bytes = new Uint8Array(Number(before.size) + 1)
  let length = 0
  for (let got = -1; got !== 0 && length < bytes.length; length += got) {
    got = readSync(descriptor, bytes, length, bytes.length - length, length)
  }
  const after = fstatSync(descriptor, { bigint: true })
  if (BigInt(length) !== before.size || after.mtimeNs !== before.mtimeNs || after.size !== before.size) {
    return 'The file was written to while it was read: try again.'
  }
  return bytes.subarray(0, length)
}

function decode(bytes: Uint8Array): Read {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { problem: 'The file is not UTF-8: save it as UTF-8 without BOM.' }
  }
}

function diskProblem(error: unknown, missing: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  if (code === 'ENOENT' || code === 'ENOTDIR') return missing
  if (code === 'EACCES' || code === 'EPERM') return 'The file may not be read by this process: mend its permissions.'
  return `The file cannot be read (${code}).`
}
