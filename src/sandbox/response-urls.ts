import type { IncomingMessage } from 'node:http'
import { ApiError } from './api-error.ts'
import { messageBlocks } from './blocks.ts'
import { BAD_RESPONSE_STATUS, DEAD_RESPONSE_URL_STATUS } from './choices.ts'
import type { Clock } from './clock.ts'
import { hex, newId } from './ids.ts'
import { isObject, type Json, type JsonObject, textOf } from './json.ts'
import type { Draft, Workspace } from './workspace.ts'

const USES = 5
const LIFETIME_MS = 30 * 60_000

/** What the interaction was about: the message that may be replaced, if there is one. */
export interface Origin {
  userId: string
  channel: string
  messageTs?: string
  ephemeralTs?: string
}

interface Ticket extends Origin {
  uses: number
  expires: number
}

export interface PlainAnswer {
  status: number
  body: string
}

/** response_urls: five uses within thirty minutes, also in channels the bot is not in. */
export class ResponseUrls {
  readonly #tickets = new Map<string, Ticket>()
  readonly #workspace: Workspace
  readonly #clock: Clock

  constructor(workspace: Workspace, clock: Clock) {
    this.#workspace = workspace
    this.#clock = clock
  }

  /** The path of a new response_url. */
  issue(kind: 'actions' | 'commands', origin: Origin): string {
    const path = `/${kind}/${this.#workspace.team.id}/${newId('')}/${hex(12)}`
    this.#tickets.set(path, { ...origin, uses: 0, expires: this.#clock.now() + LIFETIME_MS })
    return path
  }

  use(path: string, incoming: IncomingMessage, body: Json | undefined): PlainAnswer {
    const ticket = this.#tickets.get(path)
    if (!ticket) return { status: 404, body: 'no_such_url' }
    if (incoming.method !== 'POST' || !isObject(body)) return { status: BAD_RESPONSE_STATUS, body: 'invalid_payload' }
    if (ticket.expires < this.#clock.now()) return { status: DEAD_RESPONSE_URL_STATUS, body: 'expired_url' }
    if (ticket.uses >= USES) return { status: DEAD_RESPONSE_URL_STATUS, body: 'used_url' }
    ticket.uses += 1
    try {
      this.#respond(ticket, body)
      return { status: 200, body: 'ok' }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return { status: BAD_RESPONSE_STATUS, body: JSON.stringify({ ok: false, error: error.error, ...error.more }) }
    }
  }

  #respond(ticket: Ticket, body: JsonObject): void {
    const draft = body.delete_original === true ? undefined : responseDraft(body)
    if (!draft || body.replace_original === true) this.#changeOriginal(ticket, draft)
    else if (body.response_type === 'in_channel') this.#workspace.post(ticket.channel, draft)
    else this.#workspace.whisper(ticket.userId, ticket.channel, draft)
  }

  #changeOriginal(ticket: Ticket, draft: Draft | undefined): void {
    const message = ticket.messageTs ? this.#workspace.message(ticket.channel, ticket.messageTs) : undefined
    if (ticket.ephemeralTs !== undefined) this.#workspace.rewhisper(ticket.userId, ticket.ephemeralTs, draft)
    else if (message && draft) this.#workspace.edit(message, { text: draft.text, blocks: draft.blocks })
    else if (message) this.#workspace.remove(message)
    else if (draft) this.#workspace.whisper(ticket.userId, ticket.channel, draft)
    else throw new ApiError('message_not_found')
  }
}

/** A message sent as an answer: to a response_url or in the acknowledgement of a command. */
export function responseDraft(body: JsonObject): Draft {
  const blocks = messageBlocks(body.blocks)
  const text = textOf(body.text)
  if (text === '' && blocks.length === 0) throw new ApiError('no_text')
  const thread = textOf(body.thread_ts)
  return { text, blocks, ...(thread === '' ? {} : { thread_ts: thread }) }
}
