import {
  type ConversationsInfoResponse,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  type WebClient,
} from '@slack/web-api'
import type { Member } from '../approval/principal.ts'
import { type Directory, DirectoryError } from '../eligibility.ts'
import { Freshly } from './freshly.ts'
import { type Home, memberOf, type SlackUser } from './standing.ts'

/** Half of what the rules allow, so that an answer is still fresh when a slow decision is recorded (INV7). */
const MAX_AGE_MS = 30_000
const PAGES = 50

/** What an event of Slack's tells has changed. */
interface News {
  readonly user?: string
  readonly group?: string
  readonly channel?: string
}

export interface SlackDirectory extends Directory {
  /** Forgets what is known of them: the next decision reads it anew. */
  invalidate(news: News): void
  /** The IANA time zone that she has set in Slack; null where Slack names none that we know. @throws DirectoryError. */
  zoneOf(userId: string): Promise<string | null>
}

export interface DirectoryParts {
  readonly reading: WebClient
  /** Our workspace's id; null until Slack is connected, and until then nobody is anybody. */
  readonly teamId: () => string | null
  readonly enterpriseId?: () => string | null
  /** UTC milliseconds. */
  readonly now: () => number
}

/**
 * Who people are in Slack, at most half a minute ago. Every failure throws {@link DirectoryError}, rate limits at once:
 * an identity that was not read is never guessed.
 */
export function slackDirectory({ reading, teamId, enterpriseId, now }: DirectoryParts): SlackDirectory {
  const home = (): Home => {
    const team = teamId()
    if (team === null) throw new DirectoryError('not connected to Slack yet')
    return { teamId: team, enterpriseId: enterpriseId?.() ?? null }
  }
  const users = new Freshly<SlackUser | null>(MAX_AGE_MS, now, (id) => readUser(reading, id))
  const addresses = new Freshly<Member | null>(MAX_AGE_MS, now, (address) => readAddress(reading, address, home))
  const groups = new Freshly<readonly string[]>(MAX_AGE_MS, now, (id) => readGroup(reading, id, home))
  const channels = new Freshly<boolean>(MAX_AGE_MS, now, (id) => readChannel(reading, id))
  return {
    member: async (userId) => {
      const { value } = await users.get(userId)
      return value && memberOf(value, userId, home())
    },
    memberByEmail: async (address) => (await addresses.get(address)).value,
    groupMembers: async (usergroupId) => {
      const { value, readAtMs } = await groups.get(usergroupId)
      return { users: value, readAtMs }
    },
    isExternal: async (channelId) => (await channels.get(channelId)).value,
    zoneOf: async (userId) => zoneIn((await users.get(userId)).value?.tz),
    invalidate: ({ user, group, channel }) => {
      if (user !== undefined) users.forget(user)
      if (group !== undefined) groups.forget(group)
      if (channel !== undefined) channels.forget(channel)
    },
  }
}

async function readUser(reading: WebClient, userId: string): Promise<SlackUser | null> {
  const { user } = await asking('users.info', () => reading.users.info({ user: userId }), NOBODY)
  return user ?? null
}

function zoneIn(name: string | undefined): string | null {
  try {
    return name ? new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone : null
  } catch {
    return null
  }
}

async function readAddress(reading: WebClient, email: string, home: () => Home): Promise<Member | null> {
  const { user } = await asking('users.lookupByEmail', () => reading.users.lookupByEmail({ email }), NO_ADDRESS)
  if (user === undefined) return null
  // Somebody it is, but who is not said: not known, which is another thing than nobody.
  if (!user.id) throw new DirectoryError('users.lookupByEmail: no id')
  return memberOf(user, user.id, home())
}

const NO_ADDRESS = { users_not_found: { user: undefined } }
const NOBODY = { user_not_found: { user: undefined }, user_not_visible: { user: undefined } }

/** Deactivated members and guests can be in it: each of them is looked at by herself when she clicks. */
async function readGroup(reading: WebClient, usergroup: string, home: () => Home): Promise<readonly string[]> {
  const team_id = home().teamId
  const users: string[] = []
  let cursor: string | undefined
  for (let page = 0; page < PAGES; page++) {
    const options = { usergroup, include_disabled: false, team_id, ...(cursor ? { cursor } : {}) }
    const call = () => reading.usergroups.users.list(options)
    const answer = await asking('usergroups.users.list', call, NO_GROUP)
    if (!Array.isArray(answer.users)) throw new DirectoryError('usergroups.users.list: no list of users')
    users.push(...answer.users)
    cursor = 'response_metadata' in answer ? answer.response_metadata?.next_cursor : undefined
    if (!cursor) return users
  }
  throw new DirectoryError('usergroups.users.list: more pages than any group has')
}

const NO_GROUP = { no_such_subteam: { users: [] }, subteam_not_found: { users: [] } }

/** External also while an invitation to another organisation is pending: its people see the card once they accept. */
async function readChannel(reading: WebClient, channelId: string): Promise<boolean> {
  const call = () => reading.conversations.info({ channel: channelId })
  const { channel } = await asking<ConversationsInfoResponse, never>('conversations.info', call, {})
  if (!channel) throw new DirectoryError('conversations.info: no channel')
  if (channel.is_ext_shared || channel.is_pending_ext_shared) return true
  // A direct message carries no such flag; a channel that does not say is not known to be ours alone.
  if (channel.is_ext_shared === undefined && !channel.is_im && !channel.is_mpim) {
    throw new DirectoryError('conversations.info: does not say who the channel is shared with')
  }
  return false
}

/** Calls Slack; `answers` are refusals that are answers. Everything else is not known, and thrown. */
async function asking<T extends object, A extends object>(
  method: string,
  call: () => Promise<T>,
  answers: Readonly<Record<string, A>>,
): Promise<T | A> {
  try {
    return await call()
  } catch (error) {
    const known = error instanceof WebAPIPlatformError ? answers[error.data.error] : undefined
    if (known) return known
    throw new DirectoryError(`${method}: ${whyNot(error)}`, { cause: error })
  }
}

function whyNot(error: unknown): string {
  if (error instanceof WebAPIPlatformError) return error.data.error.slice(0, 80)
  if (error instanceof WebAPIRateLimitedError) return `ratelimited for ${error.retryAfter} s`
  if (error instanceof WebAPIHTTPError) return `HTTP ${error.statusCode}`
  return error instanceof Error ? error.message.slice(0, 200) : 'no answer'
}
