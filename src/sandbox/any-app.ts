import { EVENTS, SCOPES } from './seed.ts'
import type { WorkspaceSeed } from './types.ts'

/** An app of which no manifest says anything: it may do all that the sandbox can, and hears of everything. */
export const anyApp: WorkspaceSeed = {
  appName: 'Your app',
  scopes: [...SCOPES, 'chat:write.public', 'im:read', 'im:history', 'team:read'],
  events: [...EVENTS, 'app_mention', 'message.channels', 'message.groups', 'message.im'],
}
