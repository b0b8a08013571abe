import type { Lent } from './delegation.ts'
import { closure, type Identity, type Member, type People, samePerson, slackIdentity } from './principal.ts'
import type { ApprovalRequest, Decision } from './request.ts'
import { fillable, type Requirement } from './requirement.ts'

/** Somebody who is away and has delegated to whoever speaks, as Slack and the delegation have it now. */
export interface StandIn {
  /** Whose seat it is, read live. */
  readonly absent: Member
  /** Names of the requirements' groups that the absent one is in by herself, read live: what was delegated to her is not. */
  readonly groups: readonly string[]
  /** Every identity of who wrote the delegation, read live. */
  readonly writtenBy: readonly Identity[]
  readonly delegation: Lent
}

/** A seat that a person may fill: her own, or that of somebody she stands in for. */
export interface Seat extends Pick<Decision, 'delegatedBy' | 'delegatorIdentities' | 'groups'> {
  /** Everybody whose vote it would be, joined. */
  readonly persons: ReadonlySet<Identity>
  /** What lends it to her; null where it is her own. */
  readonly lent: Lent | null
}

/** Who speaks, with what is known of her and of those behind the ask. */
export interface Person {
  readonly member: Member
  readonly groups: readonly string[]
  readonly standIns: readonly StandIn[]
  /** Every identity of hers, joined. */
  readonly identities: ReadonlySet<Identity>
}

/**
 * The seats that she may fill, her own first. A delegation brings one only where the absent one could fill it herself now:
 * a live full member in the group, not behind the ask and not the delegate under another name; and where whoever wrote it
 * may lend it in this matter (see {@link mayLend}).
 */
export function seatsOf(
  request: ApprovalRequest,
  person: Person,
  needed: readonly Requirement[],
  behind: ReadonlySet<Identity>,
  links: People,
): readonly Seat[] {
  const { member, identities } = person
  const own = fillable(needed, person.groups, member.userId)
  const hers: Seat = { delegatedBy: null, delegatorIdentities: [], groups: own, persons: identities, lent: null }
  const others = person.standIns.flatMap(({ absent, groups, writtenBy, delegation }): Seat[] => {
    const they = closure([slackIdentity(absent.userId), ...absent.identities], links)
    if (absent.barred || samePerson(they, identities) || samePerson(they, behind)) return []
    if (isUnreadable(request, they)) return []
    if (!mayLend(closure(writtenBy, links), { absent: they, delegate: identities, behind })) return []
    const filled = fillable(needed, groups, absent.userId)
    if (filled.length === 0) return []
    const persons = new Set([...identities, ...they])
    const delegatorIdentities = [...they].sort()
    return [{ delegatedBy: absent.userId, delegatorIdentities, groups: filled, persons, lent: delegation }]
  })
  return own.length === 0 ? others : [hers, ...others]
}

/**
 * Who wrote a delegation must not stand behind the ask, or an admin could choose who approves what she asks; nor be the one
 * who gets the seat, unless it is hers, or an admin could sit in any seat of the house (B29, B32).
 */
export const mayLend = (
  writer: ReadonlySet<Identity>,
  of: Record<'absent' | 'delegate' | 'behind', ReadonlySet<Identity>>,
): boolean => !samePerson(writer, of.behind) && (samePerson(writer, of.absent) || !samePerson(writer, of.delegate))

/** An ask on behalf of an address cannot be held against somebody whose address nobody can read: fail closed (INV7). */
export const isUnreadable = (request: ApprovalRequest, who: ReadonlySet<Identity>): boolean =>
  request.closure.some(isAddress) && ![...who].some(isAddress)

const isAddress = (identity: Identity): boolean => identity.startsWith('email:')
