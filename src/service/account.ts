import {
  closure,
  emailIdentity,
  type Identity,
  type Member,
  type People,
  slackIdentity,
} from '../approval/principal.ts'
import { type Refusal, refuse } from '../approval/refusal.ts'
import { isSomebodyElse, naming } from '../approval/requester.ts'
import { type Directory, DirectoryError } from '../eligibility.ts'

/** A person as a door has proven her, without Slack: `email` is verified, as it is written where it was proven. */
export interface Proven {
  readonly identities: readonly Identity[]
  readonly email: string | null
}

/**
 * The Slack account that a person speaks as: approvers are people of the workspace, whatever door they come through. The
 * first live one that the policy joins to her; where it joins none, whoever has her verified address in Slack now.
 *
 * Which of her accounts it is matters for the groups she is in, not for who she is: every identity of hers joins her vote.
 */
export async function accountOf(
  directory: Directory,
  { identities, email }: Proven,
  people: People,
): Promise<Member | Refusal> {
  const names = naming(identities, people)
  // To take a right away any spelling of her address is good enough; to give one it must be the very address (B3).
  const written: Identity = `email:${(email ?? '').toLowerCase()}`
  const exact = email !== null && emailIdentity(email) === written && names.includes(written) ? email : null
  const proven = names.filter((identity) => exact !== null || !identity.startsWith('email:'))
  try {
    const linked = [...closure(proven, people)].flatMap((identity) =>
      identity.startsWith('slack:') ? [identity.slice('slack:'.length)] : [],
    )
    const members = linked.length > 0 ? await read(linked, (id) => directory.member(id)) : []
    // An address joins nobody whom the policy names otherwise: whoever has it now may be somebody else (B31).
    const found =
      linked.length === 0 && exact !== null
        ? await read([exact], (address) => directory.memberByEmail(address))
        : members
    const member = found.find(({ barred }) => barred === null) ?? found[0]
    if (!member) return refuse('not_an_approver', 'no Slack account is known of the person of this token')
    if (member.barred !== null) return refuse(member.barred)
    // Whoever has her address at the issuer by now is another subject there, and does not speak as her (B31).
    if (isSomebodyElse(identities, closure([slackIdentity(member.userId), ...member.identities], people)))
      return refuse(
        'not_an_approver',
        'the Slack account with this address is somebody else’s at the issuer of this token',
      )
    // Anybody may write her address into an account that nobody has confirmed: it takes rights away, and gives none.
    if (linked.length === 0 && member.emailConfirmed !== true)
      return refuse('not_an_approver', 'Slack has not confirmed that this address is that account’s')
    return member
  } catch (error) {
    if (error instanceof DirectoryError) return refuse('directory_unavailable')
    throw error
  }
}

async function read(names: readonly string[], reading: (name: string) => Promise<Member | null>): Promise<Member[]> {
  const members = await Promise.all(names.map(reading))
  return members.filter((member) => member !== null)
}
