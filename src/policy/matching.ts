import { globMatcher, onlyText } from './glob.ts'
import type { Policy, Rule, Subject, Traced } from './policy.ts'
import { hasOneSpelling } from './text.ts'

/** The rules made ready for many asks: globs read once, and rules for one action found by its name. */
export interface Matching {
  /** Rules whose action may fit, in the order of the file. */
  readonly candidates: (action: string) => readonly Candidate[]
  /** For each rule in the order of the file, that its action does not fit. */
  readonly otherActions: readonly Traced[]
}

interface Candidate {
  readonly rule: Rule
  /** Its place in the file, from 0. */
  readonly at: number
  /** Why it does not match, or null where it does. */
  readonly mismatch: (asked: Asked) => string | null
}

/** An ask to be matched: what takes time and is the same for every rule is done once, and only if a rule needs it. */
export interface Asked {
  readonly ask: Subject['ask']
  /** The member that another program could read as something else, or null. */
  readonly ambiguous: () => Member | null
}

export function asked(ask: Subject['ask']): Asked {
  let found: Member | null | undefined
  return {
    ask,
    ambiguous: () => {
      if (found === undefined) found = MEMBERS.find((member) => !hasOneSpelling(ask[member] ?? '')) ?? null
      return found
    },
  }
}

const READY = new WeakMap<Policy['rules'], Matching>()

/** Kept as long as the rules themselves: a policy never changes. */
export function matchingOf(rules: Policy['rules']): Matching {
  const known = READY.get(rules)
  if (known) return known
  const made = makeReady(rules)
  READY.set(rules, made)
  return made
}

function makeReady(rules: Policy['rules']): Matching {
  const byAction = new Map<string, Candidate[]>()
  const others: Candidate[] = []
  const matchers = new Map<string, (text: string) => boolean>()
  const matcher = (glob: string): ((text: string) => boolean) => {
    const known = matchers.get(glob) ?? remembering(globMatcher(glob))
    matchers.set(glob, known)
    return known
  }
  rules.forEach((rule, at) => {
    const candidate = { rule, at, mismatch: mismatchOf(rule, matcher) }
    const actions = rule.match.action?.map(onlyText) ?? [null]
    if (actions.includes(null)) others.push(candidate)
    else {
      for (const action of new Set(actions)) {
        if (action === null) continue
        const same = byAction.get(action)
        if (same) same.push(candidate)
        else byAction.set(action, [candidate])
      }
    }
  })
  return {
    candidates: (action) => [...(byAction.get(action) ?? []), ...others].sort((a, b) => a.at - b.at),
    otherActions: rules.map((rule) => ({
      rule: rule.id,
      answer: 'no_match',
      detail: `action is not ${rule.match.action?.join(' or ')}`,
    })),
  }
}

type Member = 'action' | 'resource' | 'environment'
const MEMBERS: readonly Member[] = ['action', 'resource', 'environment']

/** A thousand rules say `production`, and each asks it of the same ask. */
function remembering(matches: (text: string) => boolean): (text: string) => boolean {
  let last: string | null = null
  let answer = false
  return (text) => {
    if (text !== last) answer = matches(text)
    last = text
    return answer
  }
}

type Matcher = (glob: string) => (text: string) => boolean

function mismatchOf({ match, effect }: Rule, matcher: Matcher): Candidate['mismatch'] {
  const needed = MEMBERS.flatMap((member) => {
    const globs = match[member]
    return globs ? [{ member, matchers: globs.map(matcher), written: globs.join(' or ') }] : []
  })
  return ({ ask, ambiguous }) => {
    for (const { member, matchers, written } of needed) {
      const value = ask[member]
      // A member that the ask leaves out never matches: silence must not reach an allow rule, and the defaults are safe.
      if (value === undefined) return `the ask has no ${member}, which must be ${written}`
      if (!matchers.some((matches) => matches(value))) return `${member} is not ${written}`
    }
    const other = effect === 'allow' ? ambiguous() : null
    return other === null ? null : `${other} has other spellings, and an allow rule takes plain ones alone`
  }
}
