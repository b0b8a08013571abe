/** Who may fill seats: a Slack user group by id (read live), or a fixed list of Slack user ids. */
export type Group = { readonly usergroup: string } | { readonly users: readonly string[] }

/** `count` different people from group `from`. `group` is its definition when the request was opened. */
export interface Requirement {
  readonly from: string
  readonly count: number
  readonly group: Group
  /**
   * Who was in the group when the request was opened, where the policy takes no late joiners (B18): whoever is not listed
   * here cannot fill the seat. Absent where whoever is in the group at the click may.
   */
  readonly onlyThese?: readonly string[]
}

/** One approver and the requirement names she can fill. */
export interface Seatable {
  readonly groups: readonly string[]
}

/**
 * Seats people on requirements so that as many seats as possible are filled, one seat a person (B23): a maximum
 * bipartite matching by augmenting paths. Greedy seating would strand somebody who fits two requirements.
 *
 * Whoever was seated stays seated when somebody is added after her, so the last one is seated just where she adds a seat.
 *
 * @returns for each approver the requirement she fills, or null where no seat was left for her.
 */
export function seat(requirements: readonly Requirement[], approvers: readonly Seatable[]): readonly (string | null)[] {
  const seats = requirements.flatMap((r) => Array.from({ length: r.count }, () => r.from))
  const taken: (number | undefined)[] = seats.map(() => undefined)

  const place = (person: number, tried: Set<number>): boolean => {
    for (let s = 0; s < seats.length; s++) {
      const name = seats[s]
      if (name === undefined || tried.has(s) || !approvers[person]?.groups.includes(name)) continue
      tried.add(s)
      const sitting = taken[s]
      if (sitting === undefined || place(sitting, tried)) {
        taken[s] = person
        return true
      }
    }
    return false
  }
  for (let person = 0; person < approvers.length; person++) place(person, new Set())

  const seated: (string | null)[] = approvers.map(() => null)
  taken.forEach((person, s) => {
    if (person !== undefined) seated[person] = seats[s] ?? null
  })
  return seated
}

/** How many seats of each requirement are filled, in the order of `requirements`. */
export function received(requirements: readonly Requirement[], approvers: readonly Seatable[]): readonly number[] {
  const seated = seat(requirements, approvers)
  return requirements.map((r) => seated.filter((name) => name === r.from).length)
}

/** True where every seat is filled by a different person. No requirements is never fulfilled (fail closed, B45). */
export function fulfilled(requirements: readonly Requirement[], approvers: readonly Seatable[]): boolean {
  if (requirements.length === 0) return false
  const counts = received(requirements, approvers)
  return requirements.every((r, i) => r.count >= 1 && counts[i] === r.count)
}

/**
 * The stricter of two lists: requirements add up; of the same group the larger count stands, with the first definition,
 * and only who is on each list of those that were in it.
 */
export function stricter(pinned: readonly Requirement[], present: readonly Requirement[]): readonly Requirement[] {
  const joined = new Map<string, Requirement>()
  for (const r of [...pinned, ...present]) {
    const known = joined.get(r.from)
    joined.set(r.from, known ? both(known, r) : r)
  }
  return [...joined.values()]
}

function both(known: Requirement, other: Requirement): Requirement {
  const count = Math.max(known.count, other.count)
  const lists = [known.onlyThese, other.onlyThese].filter((list) => list !== undefined)
  const [first, second] = lists
  if (first === undefined) return count === known.count ? known : { ...known, count }
  return { ...known, count, onlyThese: second === undefined ? first : first.filter((id) => second.includes(id)) }
}

/**
 * The requirements that whoever is in `groups` may fill, by name. Where the policy takes no late joiners, membership at the
 * click is not enough (B18).
 *
 * @param seatOf Slack id of the one whose membership it is: hers, or of whom she speaks for.
 */
export const fillable = (
  requirements: readonly Requirement[],
  groups: readonly string[],
  seatOf: string,
): readonly string[] =>
  requirements
    .filter(({ from, onlyThese }) => groups.includes(from) && (onlyThese === undefined || onlyThese.includes(seatOf)))
    .map(({ from }) => from)
