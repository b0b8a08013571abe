import type { KnownBlock } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import type { ApprovalRequest } from '../approval/request.ts'
import { DirectoryError } from '../eligibility.ts'
import { DeliveryError, type Messenger } from '../messenger.ts'
import type { Card } from '../store/store.ts'
import { card } from './cards/card.ts'
import { person } from './cards/people.ts'
import { ours } from './cards/rich.ts'
import { escapeMrkdwn, inert } from './cards/text.ts'
import { type CallKind, deliveryError } from './delivery.ts'

/** Marks our cards in a channel's history; nothing else of the request is in it. */
const EVENT_TYPE = 'countersign_request'
const PAGE = 200
const PAGES = 5
/** Slack stamps messages with its clock, not with ours. */
const CLOCK_SKEW_MS = 5 * 60_000
const SENTENCE = 3_000
/** As many as one section holds. */
const MENTIONS = 60
/** Slack tells who we are within moments of the start. */
const NOT_YET_MS = 1_000

/** Nothing in a text of ours is to be made into a link, a mention or a preview. */
const AS_WRITTEN = { parse: 'none', link_names: false } as const
const NO_PREVIEWS = { mrkdwn: false, unfurl_links: false, unfurl_media: false } as const

export interface MessengerParts {
  /** A client of its own that neither retries nor waits for rate limits. */
  readonly posting: WebClient
  /** True where people of other organisations can read the channel. @throws DirectoryError where Slack does not tell. */
  readonly isExternal: (channel: string) => Promise<boolean>
  /** As whom Slack marks what we post; null until it has told. */
  readonly botId: () => string | null
}

/** Speaks in Slack. One try each: the outbox decides what to try again, by the class of the {@link DeliveryError}. */
export function slackMessenger({ posting, isExternal, botId }: MessengerParts): Messenger {
  return {
    announce: (request, channel) =>
      calling('post', async () => {
        await requireOurs(isExternal, channel)
        const shown = card(request)
        const metadata = metadataOf(request)
        const answer = await posting.chat.postMessage({ channel, ...shown, metadata, ...AS_WRITTEN, ...NO_PREVIEWS })
        return said(answer.ts)
      }),
    update: (request, { channel, ts }: Card) =>
      calling('repeat', async () => {
        const shown = card(request)
        await posting.chat.update({ channel, ts, ...shown, metadata: metadataOf(request), ...AS_WRITTEN })
      }),
    find: (request, channel) => find(posting, botId(), request, channel),
    say: (channel, text, mention = []) =>
      calling('post', async () => {
        await requireOurs(isExternal, channel)
        await posting.chat.postMessage({ channel, ...spoken(text, mention), ...AS_WRITTEN, ...NO_PREVIEWS })
      }),
  }
}

/**
 * A sentence, and before it whom it is to wake. The two never share a text: what stands in the sentence may be anybody's
 * words, and only ids of the policy and of Slack make a mention.
 */
function spoken(text: string, mention: readonly string[]): { readonly text: string; readonly blocks?: KnownBlock[] } {
  const words = inert(text, SENTENCE)
  const woken = mention.slice(0, MENTIONS).map(mentioned).join(' ')
  if (woken === '') return { text: escapeMrkdwn(words) }
  const sentence: KnownBlock = { type: 'section', text: { type: 'plain_text', text: words, emoji: false } }
  return { text: escapeMrkdwn(words), blocks: [ours(woken), sentence] }
}

/** What is no id of Slack's stays text. */
const mentioned = (id: string): string => (/^S[A-Z0-9]{1,30}$/.test(id) ? `<!subteam^${id}>` : person(id))

/**
 * A card shows what is about to be done, and to what: that is for nobody outside (T11). Asked before each post, for a
 * channel can be shared at any time.
 */
async function requireOurs(isExternal: MessengerParts['isExternal'], channel: string): Promise<void> {
  if (await knownOf(isExternal, channel)) throw new DeliveryError('permanent', 'channel_external', null, 'channel')
}

/** Nothing was said yet: where Slack does not tell, it is asked again, or a person must mend what it says is wrong. */
async function knownOf(isExternal: MessengerParts['isExternal'], channel: string): Promise<boolean> {
  try {
    return await isExternal(channel)
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error
    throw error.cause === undefined
      ? new DeliveryError('later', 'channel_unknown')
      : deliveryError(error.cause, 'repeat')
  }
}

const metadataOf = (request: ApprovalRequest) => ({
  event_type: EVENT_TYPE,
  event_payload: { request_id: request.id, digest: request.payloadDigest },
})

function said(ts: string | undefined): { readonly ts: string } {
  if (ts === undefined) throw new DeliveryError('unknown', 'no_ts')
  return { ts }
}

async function calling<T>(kind: CallKind, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw deliveryError(error, kind)
  }
}

/**
 * Looks for cards of this request by their metadata, since its time of asking. Null where Slack refuses for good (no
 * history scope, not in the channel): then nobody can know, and a second card is better than none.
 */
async function find(
  posting: WebClient,
  botId: string | null,
  request: ApprovalRequest,
  channel: string,
): Promise<readonly string[] | null> {
  if (botId === null) throw new DeliveryError('later', 'not_connected', NOT_YET_MS)
  const oldest = String((request.createdAtMs - CLOCK_SKEW_MS) / 1000)
  const found: string[] = []
  let cursor: string | undefined
  try {
    for (let page = 0; page < PAGES; page++) {
      const answer = await posting.conversations.history({
        channel,
        oldest,
        limit: PAGE,
        include_all_metadata: true,
        ...(cursor ? { cursor } : {}),
      })
      for (const { ts, bot_id, metadata } of answer.messages ?? []) {
        // Any app can write our metadata, id and digest included, for both stand in the card: the author counts.
        if (ts && bot_id === botId && isAbout(metadata, request)) found.push(ts)
      }
      cursor = answer.response_metadata?.next_cursor
      if (!cursor) break
    }
    return found
  } catch (error) {
    const failed = deliveryError(error, 'repeat')
    if (failed.kind === 'permanent') return null
    throw failed
  }
}

function isAbout(metadata: unknown, request: ApprovalRequest): boolean {
  if (typeof metadata !== 'object' || metadata === null) return false
  const { event_type, event_payload } = metadata as Record<string, unknown>
  if (event_type !== EVENT_TYPE || typeof event_payload !== 'object' || event_payload === null) return false
  const { request_id, digest } = event_payload as Record<string, unknown>
  return request_id === request.id && digest === request.payloadDigest
}
