import {
  type Caller,
  closure,
  emailIdentity,
  type Identity,
  type People,
  samePerson,
  slackIdentity,
} from './principal.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { ApprovalRequest, Ask } from './request.ts'
import { accountsKnown, personsOf, standingVotes } from './votes.ts'

/** The human whom the ask names, or null where it names nobody. */
function humanNamed(caller: Pick<Caller, 'actFor'>, ask: Ask): Identity | null | Refusal {
  const human = ask.requester?.on_behalf_of
  if (!human) return null
  if (!caller.actFor) return refuse('act_for_not_allowed', 'this client may not act on behalf of anybody')
  const identity = 'email' in human ? emailIdentity(human.email) : slackIdentity(human.slack_user_id)
  return identity ?? refuse('requester_unresolved', 'on_behalf_of names nobody who could be told apart')
}

/** Each human whom the caller speaks for: those that its token proves, and the one whom the ask names. */
export function humansBehind(caller: Caller, ask: Ask): readonly (readonly Identity[])[] | Refusal {
  const named = humanNamed(caller, ask)
  if (named !== null && typeof named === 'object') return named
  return named === null ? caller.humans : [...caller.humans, [named]]
}

/**
 * Is somebody whom these identities name another human than the one of whom a token proves `proven`? A login and an address
 * change hands; where hers is known by a number of the same provider, or a subject of the same issuer, and the token proves
 * another one, then what the two have in common has changed hands (B31).
 *
 * @param person every identity that is joined to what names her.
 */
export function isSomebodyElse(proven: readonly Identity[], person: ReadonlySet<Identity>): boolean {
  const lasting = proven.filter(isLasting)
  return [...new Set(lasting.map(providerOf))].some((provider) => {
    const hers = [...person].filter((identity) => isLasting(identity) && providerOf(identity) === provider)
    return hers.length > 0 && !hers.some((identity) => lasting.includes(identity))
  })
}

/** The identities of a human that may name her: those that name somebody else by now name nobody. */
export const naming = (human: readonly Identity[], people: People): readonly Identity[] =>
  human.filter((identity) => !isSomebodyElse(human, closure([identity], people)))

/** Numbers and subjects stay when names change hands. */
const isLasting = (identity: Identity): boolean => /^(?:github_id|gitlab_id|oidc):/.test(identity)

/** Who gave it: of a subject its issuer as well. No URL of an issuer has a `|`, and a subject may. */
const providerOf = (identity: Identity): string =>
  identity.slice(0, identity.startsWith('oidc:') ? identity.indexOf('|') + 1 : identity.indexOf(':') + 1)

/**
 * Do the humans whom the caller speaks for all stand behind this request already? By what lasts, where a token proves that:
 * whoever has her login by now is another.
 */
export function allBehind(
  request: Pick<ApprovalRequest, 'closure'>,
  humans: readonly (readonly Identity[])[],
  people: People,
): boolean {
  const behind = new Set(request.closure)
  return humans.every((human) => {
    const lasting = human.filter(isLasting)
    return samePerson(closure(lasting.length > 0 ? lasting : human, people), behind)
  })
}

/** Did one of these humans say the yes to it? Whoever approved it does not run it: nobody else would have looked (INV3). */
export function isApprovedBy(
  request: Pick<ApprovalRequest, 'decisions' | 'brokenGlass' | 'outcome' | 'policy'>,
  humans: readonly (readonly Identity[])[],
  people: People,
): boolean {
  if (humans.length === 0) return false
  const runs = closure(humans.flat(), accountsKnown(request, people))
  const counted = request.outcome?.approvers ?? []
  const said = standingVotes(request).filter(
    ({ verdict, approver }) => verdict === 'approve' && counted.includes(approver.userId),
  )
  const glass = request.brokenGlass
  // Where the policy lets her break it for what she asked herself, she may run it herself.
  const broke = glass && !request.policy.breakGlass?.self ? [slackIdentity(glass.userId), ...glass.identities] : []
  return samePerson([...said.flatMap(personsOf), ...broke], runs)
}

/**
 * Everybody who stands behind the ask: owners, makers and the humans it speaks for, joined over the people links.
 *
 * @param found what Slack said of those humans' addresses when it was asked: their accounts stay behind this ask, whoever
 *   has the address later (B31).
 */
export function standBehind(
  caller: Caller,
  ask: Ask,
  people: People,
  found: readonly Identity[],
): ReadonlySet<Identity> | Refusal {
  const humans = humansBehind(caller, ask)
  if ('refused' in humans) return humans
  return closure([...caller.owners.map(slackIdentity), ...caller.makers, ...humans.flat(), ...found], people)
}

/**
 * Whose uses of a limited allow rule count together: the caller's, and those of each human whom its token proves, whoever
 * calls (T3). A human whom the ask only names counts as a part of the caller: anybody who may name her could use up what is
 * hers.
 */
export function allowanceKeys(caller: Caller, ask: Ask, people: People, found: readonly Identity[]): readonly string[] {
  // What Slack told may be of the one who is named.
  const hers = ask.requester?.on_behalf_of ? [] : found
  const proven = caller.humans.length === 0 ? [] : [...caller.humans.flat(), ...hers]
  return [caller.id, ...closure(proven, people)].sort()
}
