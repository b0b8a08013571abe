import { ApiError } from '../api-error.ts'
import type { JsonObject } from '../json.ts'
import { type Call, page } from '../platform.ts'
import { APP } from '../seed.ts'
import type { SandboxGroup, SandboxUser } from '../types.ts'
import type { Workspace } from '../workspace.ts'

export function usersInfo(call: Call): JsonObject {
  const user = call.workspace.users.get(call.args.required('user'))
  if (!user) throw new ApiError('user_not_found')
  return { user: userObject(call.workspace, user) }
}

export function usersList(call: Call): JsonObject {
  const { items, next } = page([...call.workspace.users.values()], call.args)
  return {
    members: items.map((user) => userObject(call.workspace, user)),
    cache_ts: Math.floor(Date.now() / 1000),
    response_metadata: { next_cursor: next },
  }
}

/** Deactivated people are not found by their address. */
export function lookupByEmail(call: Call): JsonObject {
  const email = call.args.required('email').toLowerCase()
  const found = [...call.workspace.users.values()].find(
    (user) => !user.deleted && user.profile.email?.toLowerCase() === email,
  )
  if (!found) throw new ApiError('users_not_found')
  return { user: userObject(call.workspace, found) }
}

export function usergroupsList(call: Call): JsonObject {
  const { args, workspace } = call
  const groups = [...workspace.groups.values()].filter(
    (group) => group.date_delete === 0 || args.flag('include_disabled'),
  )
  return {
    usergroups: groups.map((group) => ({
      ...groupObject(workspace, group),
      ...(args.flag('include_users') ? { users: [...group.users] } : {}),
      ...(args.flag('include_count') ? { user_count: group.users.length } : {}),
    })),
  }
}

export function usergroupsUsersList(call: Call): JsonObject {
  const { args, workspace } = call
  const group = workspace.groups.get(args.required('usergroup'))
  if (!group || (group.date_delete !== 0 && !args.flag('include_disabled'))) throw new ApiError('no_such_subteam')
  return { users: [...group.users] }
}

/** Deactivated people keep only a few fields; is_stranger is said of people of other organisations alone. */
export function userObject(workspace: Workspace, user: SandboxUser): JsonObject {
  const { email, ...profile } = user.profile
  const withEmail = email !== undefined && workspace.scopes.includes('users:read.email')
  const core = {
    id: user.id,
    team_id: user.team_id,
    name: user.name,
    deleted: user.deleted,
    profile: {
      ...profile,
      real_name_normalized: profile.real_name,
      display_name_normalized: profile.display_name,
      avatar_hash: 'g0sandbox',
      team: user.team_id,
      ...(withEmail ? { email } : {}),
      ...(user.id === APP.botUserId ? { bot_id: APP.botId, api_app_id: APP.id } : {}),
    },
    is_bot: user.is_bot,
    is_app_user: false,
    updated: user.updated,
  }
  if (user.deleted) return core
  return {
    ...core,
    real_name: user.real_name,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: 0,
    is_admin: user.is_admin,
    is_owner: user.is_owner,
    is_primary_owner: false,
    is_restricted: user.is_restricted,
    is_ultra_restricted: user.is_ultra_restricted,
    is_email_confirmed: user.is_email_confirmed,
    ...(user.is_workflow_bot ? { is_workflow_bot: true } : {}),
    ...(user.is_stranger ? { is_stranger: true } : {}),
    ...(user.is_invited_user ? { is_invited_user: true } : {}),
  }
}

export function groupObject(workspace: Workspace, group: SandboxGroup): JsonObject {
  return {
    id: group.id,
    team_id: workspace.team.id,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    description: group.description,
    handle: group.handle,
    is_external: group.is_external,
    date_create: 1_700_000_000,
    date_update: group.date_update,
    date_delete: group.date_delete,
    auto_type: null,
    created_by: 'U0ADMIN',
    updated_by: 'U0ADMIN',
    deleted_by: group.date_delete === 0 ? null : 'U0ADMIN',
    prefs: { channels: [], groups: [] },
  }
}
