import { SPECIAL_PER_MINUTE, WORKSPACE_POSTS_PER_MINUTE } from '../choices.ts'
import type { Method } from '../platform.ts'
import * as chat from './chat.ts'
import * as conversations from './conversations.ts'
import * as installation from './installation.ts'
import * as people from './people.ts'
import * as views from './views.ts'

const TIER_2 = 20
const TIER_3 = 50
const TIER_4 = 100

/** Every method of the sandbox's Web API with its scope and rate tier. */
export const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': { run: installation.authTest, perMinute: SPECIAL_PER_MINUTE },
  'apps.connections.open': { run: installation.openConnection, perMinute: TIER_3, token: 'app', postOnly: true },
  'bots.info': { run: installation.botsInfo, scope: 'users:read', perMinute: TIER_3 },
  'team.info': { run: installation.teamInfo, scope: 'team:read', perMinute: TIER_3 },

  'chat.postMessage': { run: chat.postMessage, scope: 'chat:write', perMinute: WORKSPACE_POSTS_PER_MINUTE },
  'chat.update': { run: chat.update, scope: 'chat:write', perMinute: TIER_3 },
  'chat.delete': { run: chat.remove, scope: 'chat:write', perMinute: TIER_3 },
  'chat.postEphemeral': { run: chat.postEphemeral, scope: 'chat:write', perMinute: TIER_4 },
  'chat.getPermalink': { run: chat.getPermalink, perMinute: SPECIAL_PER_MINUTE },

  'views.open': { run: views.open, perMinute: TIER_4 },
  'views.push': { run: views.push, perMinute: TIER_4 },
  'views.update': { run: views.update, perMinute: TIER_4 },
  'views.publish': { run: views.publish, perMinute: TIER_4 },

  'users.info': { run: people.usersInfo, scope: 'users:read', perMinute: TIER_4 },
  'users.list': { run: people.usersList, scope: 'users:read', perMinute: TIER_2 },
  'users.lookupByEmail': { run: people.lookupByEmail, scope: 'users:read.email', perMinute: TIER_3 },
  'usergroups.list': { run: people.usergroupsList, scope: 'usergroups:read', perMinute: TIER_2 },
  'usergroups.users.list': { run: people.usergroupsUsersList, scope: 'usergroups:read', perMinute: TIER_2 },

  // Their scope depends on the kind of the conversation.
  'conversations.info': { run: conversations.info, perMinute: TIER_3 },
  'conversations.members': { run: conversations.members, perMinute: TIER_4 },
  'conversations.list': { run: conversations.list, perMinute: TIER_2 },
  'conversations.history': { run: conversations.history, perMinute: TIER_3 },
  'conversations.replies': { run: conversations.replies, perMinute: TIER_3 },
  'conversations.open': { run: conversations.open, scope: 'im:write', perMinute: TIER_3 },
}
