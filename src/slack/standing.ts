import { type Barred, emailIdentity, type Identity, type Member, slackIdentity } from '../approval/principal.ts'

/** What Slack's users.info says of a person, as far as it matters here. */
export interface SlackUser {
  readonly id?: string
  readonly team_id?: string
  readonly name?: string
  readonly real_name?: string
  readonly deleted?: boolean
  readonly is_bot?: boolean
  readonly is_workflow_bot?: boolean
  readonly is_connector_bot?: boolean
  readonly is_app_user?: boolean
  readonly is_restricted?: boolean
  readonly is_ultra_restricted?: boolean
  readonly is_stranger?: boolean
  readonly is_invited_user?: boolean
  readonly is_email_confirmed?: boolean
  /** IANA name. */
  readonly tz?: string
  readonly enterprise_user?: { readonly id?: string; readonly enterprise_id?: string; readonly teams?: string[] }
  readonly profile?: { readonly email?: string; readonly display_name?: string; readonly real_name?: string }
}

/** The workspace that approvers are members of, and its organisation on Enterprise Grid. */
export interface Home {
  readonly teamId: string
  readonly enterpriseId: string | null
}

const SLACKBOT = 'USLACKBOT'

/**
 * May this account decide at all (T11, B19)? Only a live, full, human member of our own workspace may. What Slack does
 * not say counts against her, except of the flags that it sets on the exceptions alone.
 */
export function barred(user: SlackUser, home: Home): Barred | null {
  if (user.id === SLACKBOT || user.is_bot !== false) return 'approver_not_human'
  // `is_app_user` marks whoever lent this app a user token; we ask for none, so nobody should carry it.
  if (user.is_workflow_bot || user.is_connector_bot || user.is_app_user) return 'approver_not_human'
  if (user.deleted !== false || user.is_invited_user) return 'inactive'
  if (user.is_stranger || !isHome(user, home)) return 'outsider'
  // Sent of every live member; its absence is no proof of a full one.
  return user.is_restricted === false && user.is_ultra_restricted === false ? null : 'guest'
}

/** On Grid a member of another workspace of the same organisation is no member of ours. */
function isHome(user: SlackUser, { teamId, enterpriseId }: Home): boolean {
  if (user.team_id === teamId) return true
  const grid = user.enterprise_user
  return enterpriseId !== null && grid?.enterprise_id === enterpriseId && (grid.teams ?? []).includes(teamId)
}

/**
 * The person as the rules see her.
 *
 * Her e-mail address joins her with other accounts of hers and with the ask's requester; a join only ever takes the right
 * to approve away, so an address counts also where Slack has not confirmed it; what would give her a right by it looks at
 * `emailConfirmed`. Names join nothing (B31).
 */
export function memberOf(user: SlackUser, userId: string, home: Home): Member {
  const gridId = user.enterprise_user?.id
  const email = user.profile?.email ? emailIdentity(user.profile.email) : null
  const identities = new Set<Identity>([slackIdentity(userId)])
  // One person, two ids: U… in the workspace and W… in the organisation (B6).
  if (gridId) identities.add(slackIdentity(gridId))
  if (email) identities.add(email)
  const name = user.profile?.display_name || user.profile?.real_name || user.real_name || user.name || userId
  return {
    userId,
    teamId: user.team_id ?? '',
    // By characters, and none of them halved: the log takes well-formed text alone.
    name: [...name.toWellFormed()].slice(0, 80).join(''),
    identities: [...identities],
    emailConfirmed: user.is_email_confirmed === true,
    barred: barred(user, home),
  }
}
