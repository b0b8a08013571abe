import { closure, type Identity, type People, slackIdentity } from '../approval/principal.ts'
import { fulfilled, type Requirement } from '../approval/requirement.ts'

/** Who stands behind an ask, and who could say yes to it: for explanations. The decision reads all of it anew. */

export interface Behind {
  readonly identity: Identity
  readonly because: string
}

/** Everybody behind the ask, joined over the people links, each with the reason. */
export function behind(named: readonly Behind[], people: People): readonly Behind[] {
  const found = new Map<Identity, string>()
  for (const { identity, because } of named) if (!found.has(identity)) found.set(identity, because)
  for (const [identity] of found) {
    for (const person of people) {
      if (!person.includes(identity)) continue
      for (const other of person) if (!found.has(other)) found.set(other, `the same person as ${identity}`)
    }
  }
  return [...found].map(([identity, because]) => ({ identity, because }))
}

/** Somebody who is in a needed group, as far as was read. */
export interface Somebody {
  readonly userId: string
  /** As Slack knows her; null where it was not asked. */
  readonly name: string | null
  readonly identities: readonly Identity[]
  /** The needed groups she is in. */
  readonly groups: readonly string[]
  /** Why her account may not decide at all. */
  readonly barred: string | null
  /** Whose absence lets her fill these seats; null where they are her own. */
  readonly onBehalfOf: string | null
}

export interface Candidate extends Pick<Somebody, 'userId' | 'name' | 'groups' | 'onBehalfOf'> {
  /** Why she cannot; null where she could. */
  readonly excluded: string | null
}

/** Each of them with the reason why she cannot approve, if there is one: the closure first, for nothing else mends it. */
export function candidates(
  somebodies: readonly Somebody[],
  behindIt: readonly Behind[],
  people: People,
): readonly Candidate[] {
  const reasons = new Map(behindIt.map(({ identity, because }) => [identity, because]))
  return somebodies.map(({ userId, name, identities, groups, barred, onBehalfOf }) => {
    const all = [...closure([slackIdentity(userId), ...identities], people)]
    const hit = all.find((identity) => reasons.has(identity))
    const self = hit === undefined ? null : `stands behind the ask: ${hit} ${reasons.get(hit)}`
    return { userId, name, groups, onBehalfOf, excluded: self ?? barred }
  })
}

/** Could those who are not excluded fill every seat? Each person once, whatever her accounts (B23, B45). */
export function couldFill(requirements: readonly Requirement[], all: readonly Candidate[], people: People): boolean {
  const persons: { readonly who: ReadonlySet<Identity>; readonly groups: string[] }[] = []
  for (const { userId, groups, excluded } of all) {
    if (excluded !== null) continue
    const known = persons.find(({ who }) => who.has(slackIdentity(userId)))
    if (known) known.groups.push(...groups)
    else persons.push({ who: closure([slackIdentity(userId)], people), groups: [...groups] })
  }
  return fulfilled(requirements, persons)
}
