import type { DisconnectReason, NewUser, SandboxChannel, SandboxGroup, UserPatch } from '../types.ts'
import { credentials, done, facts, standing } from './answers.ts'
import { advance, channelPatch, disconnect, groupPatch, newUser, requestUrl, userPatch } from './bodies.ts'
import { Impossible, known, type Route } from './route.ts'

const asItIs: readonly Route[] = [
  {
    method: 'get',
    path: '/control/workspace',
    summary: 'Who and what there is',
    answer: facts,
    run: ({ sandbox }) => sandbox.facts(),
  },
  {
    method: 'get',
    path: '/control/standing',
    summary: 'How the app is connected, and what is broken on purpose',
    answer: standing,
    run: ({ sandbox }) => sandbox.standing(),
  },
  {
    method: 'get',
    path: '/control/credentials',
    summary: 'The tokens and the signing secret of the app: those of a toy, worth nothing anywhere else',
    answer: credentials,
    run: ({ sandbox }) => {
      const { url, apiUrl, botToken, appToken, signingSecret, appId, teamId, botUserId, botId } = sandbox
      return { url, apiUrl, botToken, appToken, signingSecret, appId, teamId, botUserId, botId }
    },
  },
]

const setUser: Route<UserPatch> = {
  method: 'patch',
  path: '/control/users/{id}',
  summary: 'Change a person, as an administrator of the workspace does',
  body: userPatch,
  answer: done,
  run: ({ sandbox, platform }, { params, body }) =>
    sandbox.setUser(known('user', platform.workspace.users, params.id), body),
}

const addUser: Route<NewUser> = {
  method: 'post',
  path: '/control/users',
  summary: 'A new colleague',
  body: newUser,
  answer: done,
  run: ({ sandbox, platform }, { body }) => {
    if (platform.workspace.users.has(body.id)) throw new Impossible(409, `there is a user ${body.id} already`)
    sandbox.addUser(body)
  },
}

const setGroup: Route<Partial<Omit<SandboxGroup, 'id'>>> = {
  method: 'patch',
  path: '/control/groups/{id}',
  summary: 'Change a user group',
  body: groupPatch,
  answer: done,
  run: ({ sandbox, platform }, { params, body }) =>
    sandbox.setGroup(known('group', platform.workspace.groups, params.id), body),
}

const setChannel: Route<Partial<Omit<SandboxChannel, 'id'>>> = {
  method: 'patch',
  path: '/control/channels/{id}',
  summary: 'Change a channel',
  body: channelPatch,
  answer: done,
  run: ({ sandbox, platform }, { params, body }) =>
    sandbox.setChannel(known('channel', platform.workspace.channels, params.id), body),
}

const deliverTo: Route<{ url: string | null }> = {
  method: 'post',
  path: '/control/deliver-to',
  summary: 'Deliver by signed HTTP to this address, or, with null, over Socket Mode',
  body: requestUrl,
  answer: done,
  run: ({ sandbox }, { body }) => sandbox.deliverTo(body.url),
}

const disconnectSockets: Route<{ reason: DisconnectReason }> = {
  method: 'post',
  path: '/control/disconnect',
  summary: 'Tell every Socket Mode connection to go; `cut` drops them without a word',
  body: disconnect,
  answer: done,
  run: ({ sandbox }, { body }) => sandbox.disconnectSockets(body.reason),
}

const moveClock: Route<{ advanceMs: number }> = {
  method: 'post',
  path: '/control/clock',
  summary: 'Move the clock ahead: triggers, response_urls, tickets, rate limits and event retries go by it',
  body: advance,
  answer: done,
  run: ({ sandbox, platform }, { body }) => {
    sandbox.advance(body.advanceMs)
    platform.watch.changed()
  },
}

const leave: readonly Route[] = [
  {
    method: 'post',
    path: '/control/revoke-tokens',
    summary: 'Revoke the bot token',
    answer: done,
    run: ({ sandbox }) => sandbox.revokeTokens(),
  },
  {
    method: 'post',
    path: '/control/uninstall',
    summary: 'Uninstall the app',
    answer: done,
    run: ({ sandbox }) => sandbox.uninstall(),
  },
]

export const workspaceRoutes: readonly Route[] = [
  ...asItIs,
  setUser,
  addUser,
  setGroup,
  setChannel,
  deliverTo,
  disconnectSockets,
  moveClock,
  ...leave,
]
