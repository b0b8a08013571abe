import { ApiError } from '../api-error.ts'
import type { JsonObject } from '../json.ts'
import type { Call } from '../platform.ts'
import { APP } from '../seed.ts'

export function authTest(call: Call): JsonObject {
  const { team } = call.workspace
  return {
    url: `${call.platform.url()}/`,
    team: team.name,
    user: call.workspace.user(APP.botUserId).name,
    team_id: team.id,
    user_id: APP.botUserId,
    bot_id: APP.botId,
    is_enterprise_install: false,
  }
}

/** A WebSocket address that works once. */
export function openConnection(call: Call): JsonObject {
  const address = call.platform.url().replace('http:', 'ws:')
  return { url: `${address}/link?ticket=${call.platform.sockets.ticket()}&app_id=${APP.id}` }
}

export function botsInfo(call: Call): JsonObject {
  const bot = call.args.text('bot')
  if (bot !== undefined && bot !== APP.botId) throw new ApiError('bot_not_found')
  return {
    bot: {
      id: APP.botId,
      app_id: APP.id,
      user_id: APP.botUserId,
      name: call.workspace.appName,
      deleted: false,
      updated: 1_700_000_000,
      icons: {},
    },
  }
}

export function teamInfo(call: Call): JsonObject {
  const { team } = call.workspace
  return {
    team: { ...team, email_domain: 'example.com', icon: { image_default: true }, url: `${call.platform.url()}/` },
  }
}
