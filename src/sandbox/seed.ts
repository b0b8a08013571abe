import type {
  NewUser,
  SandboxChannel,
  SandboxGroup,
  SandboxUser,
  Shortcut,
  SlashCommand,
  WorkspaceSeed,
} from './types.ts'

export const APP = {
  id: 'A0SANDBOXAPP',
  botId: 'B0SANDBOXAPP',
  botUserId: 'U0SANDBOXAPP',
  name: 'Countersign',
  /** The deprecated verification token that still comes with every payload. */
  verificationToken: 'sandbox-verification-token',
}

const TEAM = { id: 'T0SANDBOX', domain: 'sandbox', name: 'Sandbox' }
export const OTHER_TEAM = { id: 'T0ELSEWHERE', domain: 'elsewhere' }

export const SCOPES = [
  'chat:write',
  'commands',
  'users:read',
  'users:read.email',
  'usergroups:read',
  'channels:read',
  'groups:read',
  'im:write',
  'channels:history',
  'groups:history',
]

export const EVENTS = [
  'app_home_opened',
  'subteam_members_changed',
  'subteam_updated',
  'user_change',
  'channel_archive',
  'tokens_revoked',
  'app_uninstalled',
]

function member(name: string, more: Omit<NewUser, 'id' | 'name'> = {}): NewUser {
  return { id: `U0${name.toUpperCase()}`, name, profile: { email: `${name}@example.com` }, ...more }
}

const USERS: readonly NewUser[] = [
  member('alice'),
  member('bob'),
  member('carol'),
  member('dave'),
  member('erin'),
  member('admin', { is_admin: true }),
  member('guest', { is_restricted: true }),
  member('guest1', { is_restricted: true, is_ultra_restricted: true }),
  member('stranger', { is_stranger: true, team_id: OTHER_TEAM.id }),
  member('gone', { deleted: true }),
  { id: 'U0WFBOT', name: 'wfbot', is_bot: true, is_workflow_bot: true },
  { id: 'U0BOTTY', name: 'botty', is_bot: true },
]

const GROUPS = [
  { id: 'S0DATA', handle: 'data-owners', name: 'Data owners', users: ['U0BOB', 'U0CAROL'] },
  { id: 'S0SRE', handle: 'sre', name: 'SRE', users: ['U0CAROL', 'U0DAVE'] },
  { id: 'S0SEC', handle: 'security', name: 'Security', users: ['U0ERIN'] },
]

const CHANNELS = [
  { id: 'C0APPROVALS', name: 'approvals' },
  { id: 'C0PROD', name: 'prod' },
  { id: 'C0AUDIT', name: 'audit' },
  { id: 'C0RANDOM', name: 'random' },
  { id: 'G0SECRET', name: 'secret', is_private: true, is_member: false },
  { id: 'C0SHARED', name: 'shared', is_ext_shared: true },
]

export interface FullSeed {
  team: { id: string; domain: string; name: string }
  users: SandboxUser[]
  groups: SandboxGroup[]
  channels: SandboxChannel[]
  scopes: readonly string[]
  events: readonly string[]
  appName: string
  commands: readonly SlashCommand[]
  shortcuts: readonly Shortcut[]
}

/** The default workspace with whatever the caller replaces. */
export function fullSeed(seed: WorkspaceSeed = {}): FullSeed {
  const team = seed.team ?? TEAM
  const appName = seed.appName ?? APP.name
  const people = (seed.users ?? USERS).filter((user) => user.id !== APP.botUserId)
  const users = [...people, botUser(appName)].map((user) => newUser(user, team.id))
  return {
    team,
    users,
    groups: (seed.groups ?? GROUPS).map(newGroup),
    channels: (seed.channels ?? CHANNELS).map((channel) => newChannel(channel, users)),
    scopes: seed.scopes ?? SCOPES,
    events: seed.events ?? EVENTS,
    appName,
    commands: seed.commands ?? [],
    shortcuts: seed.shortcuts ?? [],
  }
}

/** The app's bot has the app's name, as a handle too. */
function botUser(appName: string): NewUser {
  const name = appName.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
  return { id: APP.botUserId, name, real_name: appName, is_bot: true }
}

export function newUser(user: NewUser, teamId: string): SandboxUser {
  const realName = user.real_name ?? user.name.charAt(0).toUpperCase() + user.name.slice(1)
  return {
    team_id: teamId,
    deleted: false,
    is_admin: false,
    is_owner: false,
    is_bot: false,
    is_workflow_bot: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_stranger: false,
    is_invited_user: false,
    is_email_confirmed: user.profile?.email !== undefined,
    tz: 'Europe/London',
    updated: 1_700_000_000,
    ...user,
    real_name: realName,
    profile: { real_name: realName, display_name: user.name, title: '', ...user.profile },
  }
}

function newGroup(group: Partial<SandboxGroup> & { id: string; handle: string }): SandboxGroup {
  return {
    name: group.handle,
    description: '',
    users: [],
    is_external: false,
    date_delete: 0,
    date_update: 1_700_000_000,
    ...group,
  }
}

/** Everybody of the team is in every channel; people of other teams only where the channel is shared with them. */
function newChannel(
  channel: Partial<SandboxChannel> & { id: string; name: string },
  users: readonly SandboxUser[],
): SandboxChannel {
  const shared = channel.is_ext_shared ?? false
  const members = users.filter((user) => !user.deleted && user.id !== APP.botUserId && (shared || !user.is_stranger))
  return {
    is_private: false,
    is_im: false,
    is_archived: false,
    is_ext_shared: false,
    is_pending_ext_shared: false,
    is_member: true,
    members: members.map((user) => user.id),
    ...channel,
  }
}
