import type { SandboxUser, UserPatch } from '../../types.ts'

/** What somebody is in the workspace, as far as an app should care. */
export type Standing = 'member' | 'admin' | 'guest' | 'single-channel guest' | 'deactivated'

export const STANDINGS: readonly Standing[] = ['member', 'admin', 'guest', 'single-channel guest', 'deactivated']

export function standingOf(user: SandboxUser): Standing {
  if (user.deleted) return 'deactivated'
  if (user.is_ultra_restricted) return 'single-channel guest'
  if (user.is_restricted) return 'guest'
  return user.is_admin ? 'admin' : 'member'
}

/** The body of `PATCH /control/users/{id}` that makes somebody that. Slack's single-channel guests are guests as well. */
export function patchFor(standing: Standing): UserPatch {
  return {
    deleted: standing === 'deactivated',
    is_admin: standing === 'admin',
    is_restricted: standing === 'guest' || standing === 'single-channel guest',
    is_ultra_restricted: standing === 'single-channel guest',
  }
}

/** The members of a group after somebody joined or left, in their old order. */
export function membersAfter(users: readonly string[], id: string, isIn: boolean): readonly string[] {
  const others = users.filter((each) => each !== id)
  if (!isIn) return others
  return users.includes(id) ? users : [...users, id]
}
