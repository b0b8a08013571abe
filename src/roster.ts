import type { Directory } from './eligibility.ts'
import type { Policy } from './policy/policy.ts'

export interface RosterParts {
  readonly directory: Pick<Directory, 'groupMembers'>
  readonly policy: () => Policy | null
  /** UTC milliseconds. */
  readonly now: () => number
}

/** A group a turn: Slack lets an app read some twenty a minute, and those who decide must get theirs. */
const TURN_MS = 5_000
/** Read again once it is older: together with the directory's own memory at most a minute. */
const OLD_MS = 25_000

/** A group that Slack does not tell of is not asked for with each ask that comes in. */
const PATIENCE_MS = 5_000

/**
 * Who is in the user groups of the policy, as far as is known without asking Slack: what an ask is judged by at its opening,
 * on whose path Slack never stands. Who may decide is read at the click, never here.
 *
 * Read in the background, one group after the other, and at once where Slack tells of a change.
 */
export class Roster {
  readonly #parts: RosterParts
  readonly #known = new Map<string, readonly string[]>()
  readonly #triedAtMs = new Map<string, number>()
  /** Groups that changed since they were read: where they cannot be read again they are not known any more. */
  readonly #changed = new Set<string>()
  readonly #reading = new Map<string, Promise<void>>()
  #timer: NodeJS.Timeout | undefined

  constructor(parts: RosterParts) {
    this.#parts = parts
  }

  /** Slack user ids, or null where it is not known who is in the group: then it is asked for, and known soon. */
  members(usergroupId: string): readonly string[] | null {
    const known = this.#known.get(usergroupId)
    if (!known && this.#isDue(usergroupId, PATIENCE_MS)) void this.#read(usergroupId)
    return known ?? null
  }

  start(): void {
    this.#timer = setInterval(() => this.#turn(), TURN_MS)
    for (const group of this.#groups()) void this.#read(group)
  }

  /** Slack can be asked from now on, or again: what is not known is asked for at once, in place of a group a turn. */
  wake(): void {
    for (const group of this.#groups()) if (!this.#known.has(group)) void this.#read(group)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#reading.values())
  }

  /** Slack told that the group has changed. What was known stands until it is read again, and no longer. */
  forget(usergroupId: string): void {
    // Also one that could not be read the last time: or nobody would know it until its turn comes.
    if (!this.#groups().includes(usergroupId)) return
    this.#changed.add(usergroupId)
    void this.#read(usergroupId)
  }

  /** The one that was not asked for the longest: one that cannot be read must not keep the others from it. */
  #turn(): void {
    const [oldest] = this.#groups().toSorted((a, b) => this.#triedAt(a) - this.#triedAt(b))
    if (oldest !== undefined && this.#isDue(oldest, OLD_MS)) void this.#read(oldest)
  }

  #triedAt(group: string): number {
    return this.#triedAtMs.get(group) ?? 0
  }

  /** By the distance: a clock that was set back must not stop the reading. */
  #isDue(group: string, afterMs: number): boolean {
    return Math.abs(this.#parts.now() - this.#triedAt(group)) >= afterMs
  }

  #groups(): readonly string[] {
    const groups = Object.values(this.#parts.policy()?.groups ?? {})
    return [...new Set(groups.flatMap((group) => ('usergroup' in group ? [group.usergroup] : [])))]
  }

  /** One after the other for each group: an answer that was asked for before a change must not come after it. */
  #read(group: string): Promise<void> {
    const before = this.#reading.get(group)
    if (before && !this.#changed.has(group)) return before
    this.#triedAtMs.set(group, this.#parts.now())
    const mine = (before ?? Promise.resolve()).then(() => this.#readNow(group))
    this.#reading.set(group, mine)
    return mine.finally(() => {
      if (this.#reading.get(group) === mine) this.#reading.delete(group)
    })
  }

  /** Never throws: what Slack does not tell, for whatever reason, is not known. */
  async #readNow(group: string): Promise<void> {
    const isNews = this.#changed.delete(group)
    try {
      this.#known.set(group, (await this.#parts.directory.groupMembers(group)).users)
    } catch {
      if (isNews) this.#known.delete(group)
    }
  }
}
