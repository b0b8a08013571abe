import { statSync } from 'node:fs'
import { readPolicyFile } from './file.ts'
import { describeProblems, type Loaded, type PolicyOptions } from './load.ts'
import type { Policy, PolicyProblem } from './policy.ts'

/** The policy in force. It is always whole: a file that became invalid or went away keeps the last good one. */
export interface PolicySource {
  readonly current: () => Policy
  readonly close: () => void
}

export interface WatchOptions extends PolicyOptions {
  /** Called after another text came into force; not for the first one, which the caller has at once. */
  readonly onLoaded: (policy: Policy, warnings: readonly PolicyProblem[]) => void
  /** Called once for each distinct failure until a good file is read again. */
  readonly onFailed: (problems: readonly PolicyProblem[]) => void
  readonly intervalMs?: number
}

/** There is no policy to start with. `problems` are those of the file; the message has one line for each. */
export class InvalidPolicyFile extends Error {
  readonly problems: readonly PolicyProblem[]

  constructor(path: string, problems: readonly PolicyProblem[]) {
    super(describeProblems(path, problems))
    this.name = 'InvalidPolicyFile'
    this.problems = problems
  }
}

/** A change is believed after it stood still for this long: editors and `cp` write a file in several steps. */
const SETTLE_MS = 60
const INTERVAL_MS = 1_000

/**
 * Reads the policy and watches it by polling, which also sees swapped links, network and container mounts, where file
 * system events stay silent. Throws {@link InvalidPolicyFile} where the first reading gives no policy.
 */
export function watchPolicy(path: string, options: WatchOptions): PolicySource {
  let seen = fingerprint(path)
  const first = readPolicyFile(path, options)
  if ('problems' in first) throw new InvalidPolicyFile(path, first.problems)
  let policy = first.policy
  let moving: string | null = null
  const reported = new Set<string>()
  let timer: NodeJS.Timeout | null = null

  const take = (read: Loaded): void => {
    if ('problems' in read) {
      const failure = describeProblems(path, read.problems)
      const known = reported.has(failure)
      reported.add(failure)
      if (!known) options.onFailed(read.problems)
      return
    }
    reported.clear()
    if (read.policy.text === policy.text) return
    policy = read.policy
    options.onLoaded(policy, read.warnings)
  }

  const look = (): void => {
    const now = fingerprint(path)
    const settled = now === moving
    moving = now === seen || settled ? null : now
    schedule()
    if (!settled) return
    // Set before the reading: what is written after this look differs from it and is read again.
    seen = now
    take(readPolicyFile(path, options))
  }

  const schedule = (): void => {
    timer = setTimeout(look, moving === null ? (options.intervalMs ?? INTERVAL_MS) : SETTLE_MS)
    timer.unref()
  }

  schedule()
  return {
    current: () => policy,
    close: () => {
      if (timer) clearTimeout(timer)
      timer = null
    },
  }
}

/** What tells one state of the file from the next, a missing or unreadable one included. */
function fingerprint(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return [ino, size, mtimeNs, ctimeNs].join(':')
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  }
}
