import type { KnownBlock, ModalView } from '@slack/types'
import type { Log } from '../log.ts'
import { parseMetadata } from './cards/ids.ts'
import type { SlackClients } from './clients.ts'
import { inWords } from './failure.ts'
import type { Click, CommandLine, Submission } from './payload.ts'
import { channelOf } from './shown.ts'

/** Something for one person's eyes. `blocks` are shown instead of `text` where there are any. */
export interface Message {
  readonly text: string
  readonly blocks?: readonly KnownBlock[]
  /** Of a window that shows it: what its buttons are about. */
  readonly metadata?: string
}

type Way = (message: Message) => Promise<unknown>

/**
 * The answer to one act of one person: acknowledged once, told by the first way that works. A click that nobody answers
 * is the worst fault of an approval bot: people believe that it counted.
 */
export class Reply {
  readonly #acknowledge: (body?: object) => Promise<void>
  readonly #ways: readonly Way[]
  readonly #replacing: Way | null
  readonly #log: Log
  #acked = false

  /** @param replacing how the message that was clicked is replaced, where only an answer can do that. */
  constructor(acknowledge: (body?: object) => Promise<void>, ways: readonly Way[], log: Log, replacing?: Way | null) {
    this.#acknowledge = acknowledge
    this.#ways = ways
    this.#replacing = replacing ?? null
    this.#log = log
  }

  /** Tells Slack that it arrived; a second time does nothing (Bolt throws there over HTTP). Never throws. */
  async ack(body?: object): Promise<void> {
    if (this.#acked) return
    this.#acked = true
    try {
      await this.#acknowledge(body)
    } catch (error) {
      // The socket went in between: Slack shows the person an error, and what was committed stays committed.
      this.#log.warn({ reason: inWords(error) }, 'an acknowledgement did not reach Slack')
    }
  }

  get isAcked(): boolean {
    return this.#acked
  }

  /** Never throws: what cannot be said in any way is logged. */
  tell(message: Message): Promise<void> {
    return this.#firstOf(this.#ways, message)
  }

  /** Puts the message in place of the one that was clicked. Never throws. */
  replace(message: Message): Promise<void> {
    return this.#firstOf(this.#replacing ? [this.#replacing, ...this.#ways] : this.#ways, message)
  }

  async #firstOf(ways: readonly Way[], message: Message): Promise<void> {
    for (const way of ways) {
      try {
        await way(message)
        return
      } catch (error) {
        this.#log.warn({ reason: inWords(error) }, 'an answer did not reach Slack this way')
      }
    }
    this.#log.error('a person got no answer: no way to tell her worked')
  }
}

/** An ephemeral message in the channel of the card, a notice where a modal or Home was clicked, else a direct message. */
export function waysToClicker(click: Click, clients: SlackClients): readonly Way[] {
  const { view, triggerId } = click
  const channel = click.message?.channel ?? channelOf(click)
  return [
    ...(view?.type === 'modal' ? [updating(clients, view.id)] : []),
    ...(view?.type === 'home' && triggerId !== null ? [opening(clients, triggerId)] : []),
    ...(channel === null ? [] : [whispering(clients, channel, click.userId)]),
    ...(click.responseUrl === null ? [] : [responding(click.responseUrl)]),
    directly(clients, click.userId),
  ]
}

/** An answer to a command can be changed by its response_url alone. */
export const replacingClicked = ({ message, responseUrl }: Click): Way | null =>
  message?.isEphemeral && responseUrl !== null ? responding(responseUrl, true) : null

/** A command's answer is its acknowledgement; what comes later goes to its response_url, or to her directly. */
export const waysToCaller = (
  { responseUrl, userId }: Pick<CommandLine, 'responseUrl' | 'userId'>,
  clients: SlackClients,
): readonly Way[] => [...(responseUrl === null ? [] : [responding(responseUrl)]), directly(clients, userId)]

/** What follows a submitted modal: the modal itself while it is open, else the channel that it was opened from. */
export function waysToSubmitter({ view, userId }: Submission, clients: SlackClients): readonly Way[] {
  const channel = parseMetadata(view.privateMetadata)?.channel ?? null
  return [
    updating(clients, view.id),
    ...(channel === null ? [] : [whispering(clients, channel, userId)]),
    directly(clients, userId),
  ]
}

/** A modal that says one thing of ours and can only be closed. */
export function notice(message: Message): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Countersign', emoji: false },
    close: { type: 'plain_text', text: 'Close', emoji: false },
    ...(message.metadata === undefined ? {} : { private_metadata: message.metadata }),
    blocks: message.blocks ? [...message.blocks] : [{ type: 'section', text: { type: 'mrkdwn', text: message.text } }],
  }
}

const updating =
  ({ answering }: SlackClients, viewId: string): Way =>
  (message) =>
    answering.views.update({ view_id: viewId, view: notice(message) })

const opening =
  ({ answering }: SlackClients, triggerId: string): Way =>
  (message) =>
    answering.views.open({ trigger_id: triggerId, view: notice(message) })

const whispering =
  ({ answering }: SlackClients, channel: string, user: string): Way =>
  ({ text, blocks }) =>
    answering.chat.postEphemeral({ channel, user, text, ...(blocks ? { blocks: [...blocks] } : {}) })

const directly =
  ({ answering }: SlackClients, userId: string): Way =>
  ({ text, blocks }) =>
    answering.chat.postMessage({
      channel: userId,
      text,
      unfurl_links: false,
      unfurl_media: false,
      ...(blocks ? { blocks: [...blocks] } : {}),
    })

const RESPONSE_MS = 5_000

/** Works in channels that the bot is not in, five times within half an hour. */
function responding(responseUrl: string, replace = false): Way {
  return async ({ text, blocks }) => {
    const response = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        response_type: 'ephemeral',
        replace_original: replace,
        text,
        ...(blocks ? { blocks } : {}),
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(RESPONSE_MS),
    })
    if (!response.ok) throw new Error(`the response_url answered HTTP ${response.status}`)
  }
}
