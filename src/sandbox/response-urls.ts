import type { IncomingMessage } from 'node:http'
import { ApiError } from './api-error.ts'
import { messageBlocks } from './blocks.ts'
import { BAD_RESPONSE_STATUS, DEAD_RESPONSE_URL_STATUS } from './choices.ts'
import type { Clock } from './clock.ts'
import { hex, newId } from './ids.ts'
import { isObject, type Json, type JsonObject, textOf } from './json.ts'
import type { SandboxMessage } from './types.ts'
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
  /** 'ok', or what was wrong. */
  outcome: string
  /** What was broken, for the developer. */
  problems?: readonly string[]
}

/** response_urls: five uses within thirty minutes, also in channels the bot is not in. */
export class ResponseUrls {
  readonly #tickets = new Map<string, Ticket>()
  readonly #workspace: Workspace
  readonly #clock: Clock
  readonly #tell: (message: SandboxMessage) => void

  constructor(workspace: Workspace, clock: Clock, tell: (message: SandboxMessage) => void) {
    this.#workspace = workspace
    this.#clock = clock
    this.#tell = tell
  }

  /** The path of a new response_url. */
  issue(kind: 'actions' | 'commands' | 'app', origin: Origin): string {
    const path = `/${kind}/${this.#workspace.team.id}/${newId('')}/${hex(12)}`
    this.#tickets.set(path, { ...origin, uses: 0, expires: this.#clock.now() + LIFETIME_MS })
    return path
  }

  use(path: string, incoming: IncomingMessage, sent: Json | undefined): PlainAnswer {
    const ticket = this.#tickets.get(path)
    if (!ticket) return no(404, 'no_such_url')
    if (incoming.method !== 'POST' || !isObject(sent)) return no(BAD_RESPONSE_STATUS, 'invalid_payload')
    if (ticket.expires < this.#clock.now()) return dead('expired_url')
    if (ticket.uses >= USES) return dead('used_url')
    ticket.uses += 1
    try {
      this.#respond(ticket, sent)
      return { status: 200, body: 'ok', outcome: 'ok' }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const { error: outcome, more, problems } = error
      const body = JSON.stringify({ ok: false, error: outcome, ...more })
      return { status: BAD_RESPONSE_STATUS, body, outcome, problems }
    }
  }

  #respond(ticket: Ticket, body: JsonObject): void {
    const draft = body.delete_original === true ? undefined : responseDraft(body)
    if (!draft || body.replace_original === true) this.#changeOriginal(ticket, draft)
    else if (body.response_type === 'in_channel') this.#tell(this.#workspace.post(ticket.channel, draft))
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

function dead(body: string): PlainAnswer {
  const limit = `a response_url works ${USES} times within ${LIFETIME_MS / 60_000} minutes`
  return { ...no(DEAD_RESPONSE_URL_STATUS, body), problems: [limit] }
}

function no(status: number, body: string): PlainAnswer {
  return { status, body, outcome: body }
}

/** A message sent as an answer: to a response_url or in the acknowledgement of a command. */
export function responseDraft(body: JsonObject): Draft {
  const blocks = messageBlocks(body.blocks)
  const text = textOf(body.text)
  if (text === '' && blocks.length === 0) throw new ApiError('no_text')
  const thread = textOf(body.thread_ts)
  return { text, blocks, ...(thread === '' ? {} : { thread_ts: thread }) }
}
