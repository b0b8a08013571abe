import { groupObject, userObject } from './methods/people.ts'
import { emit, type Platform } from './platform.ts'
import { APP, newUser } from './seed.ts'
import type { NewUser, SandboxChannel, SandboxGroup, UserPatch } from './types.ts'

const seconds = () => Math.floor(Date.now() / 1000)

/** What an administrator of the workspace can do, with the events the app then hears. */
export class Administration {
  readonly #platform: Platform

  constructor(platform: Platform) {
    this.#platform = platform
  }

  setUser(id: string, patch: UserPatch): void {
    const { workspace } = this.#platform
    const old = workspace.user(id)
    const user = { ...old, ...patch, updated: seconds(), profile: { ...old.profile, ...patch.profile } }
    workspace.users.set(id, user)
    this.#tell({ type: 'user_change', user: userObject(workspace, user), cache_ts: seconds() })
  }

  /** A new colleague is in every channel that is neither private nor shared. */
  addUser(user: NewUser): void {
    const { workspace } = this.#platform
    workspace.users.set(user.id, newUser(user, workspace.team.id))
    for (const channel of workspace.channels.values()) {
      if (!channel.is_im && !channel.is_private)
        workspace.channels.set(channel.id, { ...channel, members: [...channel.members, user.id] })
    }
    this.#platform.watch.changed()
  }

  setGroup(id: string, patch: Partial<Omit<SandboxGroup, 'id'>>): void {
    const { workspace } = this.#platform
    const old = workspace.groups.get(id)
    if (!old) throw new Error(`no group ${id} in the sandbox`)
    const group = { ...old, ...patch, date_update: seconds() }
    workspace.groups.set(id, group)
    const added = group.users.filter((user) => !old.users.includes(user))
    const removed = old.users.filter((user) => !group.users.includes(user))
    if (added.length + removed.length > 0)
      this.#tell({
        type: 'subteam_members_changed',
        subteam_id: id,
        team_id: workspace.team.id,
        date_previous_update: old.date_update,
        date_update: group.date_update,
        added_users: added,
        added_users_count: added.length,
        removed_users: removed,
        removed_users_count: removed.length,
      })
    const subteam = { ...groupObject(workspace, group), users: [...group.users], user_count: group.users.length }
    this.#tell({ type: 'subteam_updated', subteam })
  }

  setChannel(id: string, patch: Partial<Omit<SandboxChannel, 'id'>>): void {
    const { workspace } = this.#platform
    const old = workspace.channels.get(id)
    if (!old) throw new Error(`no channel ${id} in the sandbox`)
    workspace.channels.set(id, { ...old, ...patch })
    this.#platform.watch.changed()
    if (patch.is_archived === true && !old.is_archived)
      this.#tell({ type: 'channel_archive', channel: id, user: 'U0ADMIN' })
  }

  revokeTokens(): void {
    this.#platform.workspace.installed = 'revoked'
    this.#tell({ type: 'tokens_revoked', tokens: { oauth: [], bot: [APP.botUserId] } })
  }

  uninstall(): void {
    this.#platform.workspace.installed = 'uninstalled'
    this.#tell({ type: 'app_uninstalled' })
  }

  #tell(event: Parameters<typeof emit>[1]): void {
    this.#platform.watch.changed()
    void emit(this.#platform, event)
  }
}
