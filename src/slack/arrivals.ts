import { refuse } from '../approval/refusal.ts'
import { CLICKS } from './actions.ts'
import { refusalSentence } from './cards/refusals.ts'
import { answerCommand, COMMAND } from './commands/index.ts'
import { type Hearing, heard } from './events.ts'
import { Gate } from './gate.ts'
import { noteOutsider } from './outsiders.ts'
import type { Room, SlackParts } from './parts.ts'
import { type Arrival, readPayload } from './payload.ts'
import { notice, Reply, replacingClicked, waysToCaller, waysToClicker, waysToSubmitter } from './replies.ts'
import { Seen } from './seen.ts'
import { SUBMISSIONS } from './views.ts'

/** Something that Bolt has verified. `acknowledge` is absent where Bolt has acknowledged already (events). */
export interface Verified {
  readonly body: unknown
  /** Of the HTTP request; absent in Socket Mode. */
  readonly signature: string | undefined
  readonly acknowledge: ((body?: object) => Promise<void>) | undefined
}

const OUTSIDE = { text: refusalSentence(refuse('outsider')) }
const UNKNOWN = {
  text: 'That belongs to no request that I know of, so nothing was done. `/approvals` lists what is open.',
}
const BROKEN = {
  text: 'Something went wrong here. If the card does not say otherwise, nothing was recorded: please try again.',
}

const NOTE_EVERY_MS = 60_000

/**
 * Where everything that Slack sends goes to exactly one handler. Bolt runs every listener that matches and leaves
 * unmatched payloads unanswered, so none is registered there: what is not in our tables ends in `unknown`.
 */
export class Arrivals {
  readonly #parts: SlackParts
  readonly #hearing: Hearing
  readonly #gate: Gate
  readonly #noted: Seen

  constructor(parts: SlackParts, hearing: Hearing) {
    this.#parts = parts
    this.#hearing = hearing
    this.#gate = new Gate(parts.log, parts.now)
    this.#noted = new Seen(NOTE_EVERY_MS, parts.now)
  }

  /** Never throws. */
  async receive({ body, signature, acknowledge }: Verified, ours: Room['ours']): Promise<void> {
    const arrival = readPayload(body)
    const admission = this.#gate.admit(arrival, signature, ours)
    const reply = this.#replyTo(arrival, acknowledge ? this.#timed(arrival, acknowledge) : async () => undefined)
    if (admission === 'repeated' || admission === 'foreign_app') return reply.ack()
    try {
      if (admission === 'outsider') await this.#turnAway({ ...this.#parts, ours }, arrival, reply)
      else await this.#handle({ ...this.#parts, ours }, arrival, reply)
    } catch (error) {
      this.#parts.log.error({ err: error, kind: arrival.kind }, 'something that Slack sent could not be handled')
      await this.#answer(arrival, reply, BROKEN)
    }
  }

  #handle(room: Room, arrival: Arrival, reply: Reply): Promise<void> | void {
    switch (arrival.kind) {
      case 'click': {
        const handler = CLICKS.get(arrival.actionId ?? '')
        return handler ? handler(room, arrival, reply) : this.#unknown(arrival, arrival.actionId, reply)
      }
      case 'submission': {
        const handler = SUBMISSIONS.get(arrival.view.callbackId)
        return handler ? handler(room, arrival, reply) : this.#unknown(arrival, arrival.view.callbackId, reply)
      }
      case 'command':
        if (arrival.command === COMMAND) return answerCommand(room, arrival, reply)
        return this.#unknown(arrival, arrival.command, reply)
      case 'event':
        return heard(room, arrival, this.#hearing)
      default:
        // A window that was closed says so and expects nothing.
        return arrival.type === 'view_closed' ? reply.ack() : this.#unknown(arrival, arrival.type, reply)
    }
  }

  async #unknown(arrival: Arrival, name: string | null, reply: Reply): Promise<void> {
    this.#parts.log.warn({ kind: arrival.kind, name: name?.slice(0, 100) }, 'Slack sent something that is not ours')
    await this.#answer(arrival, reply, UNKNOWN)
  }

  async #turnAway(room: Room, arrival: Arrival, reply: Reply): Promise<void> {
    if (arrival.kind === 'click') await noteOutsider(room, arrival, this.#noted)
    await this.#answer(arrival, reply, OUTSIDE)
  }

  /** One sentence in the way that fits what it answers; a second acknowledgement does nothing. */
  async #answer(arrival: Arrival, reply: Reply, message: { readonly text: string }): Promise<void> {
    if (arrival.kind === 'event') return
    if (arrival.kind === 'submission' && !reply.isAcked) {
      return reply.ack({ response_action: 'update', view: notice(message) })
    }
    if (arrival.kind === 'command' && !reply.isAcked) return reply.ack({ response_type: 'ephemeral', ...message })
    await reply.ack()
    await reply.tell(message)
  }

  #timed({ kind }: Arrival, acknowledge: (body?: object) => Promise<void>): (body?: object) => Promise<void> {
    const since = performance.now()
    return async (body) => {
      await acknowledge(body)
      this.#parts.acked?.(kind, (performance.now() - since) / 1_000)
    }
  }

  #replyTo(arrival: Arrival, acknowledge: (body?: object) => Promise<void>): Reply {
    const { clients, log } = this.#parts
    switch (arrival.kind) {
      case 'click':
        return new Reply(acknowledge, waysToClicker(arrival, clients), log, replacingClicked(arrival))
      case 'submission':
        return new Reply(acknowledge, waysToSubmitter(arrival, clients), log)
      case 'event':
        return new Reply(acknowledge, [], log)
      default:
        return new Reply(acknowledge, waysToCaller(arrival, clients), log)
    }
  }
}
