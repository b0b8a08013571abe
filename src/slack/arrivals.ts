import { refuse } from '../approval/refusal.ts'
import { CLICKS, EFFECTIVE } from './actions.ts'
import { refusalSentence } from './cards/refusals.ts'
import { answerCommand, COMMAND } from './commands/index.ts'
import { type Hearing, heard } from './events.ts'
import { Gate, REMEMBER_MS } from './gate.ts'
import { noteOutsider } from './outsiders.ts'
import type { Room, SlackParts } from './parts.ts'
import { type Arrival, readPayload } from './payload.ts'
import { Reloads } from './reloads.ts'
import {
  type Message,
  notice,
  Reply,
  replacingClicked,
  waysToCaller,
  waysToClicker,
  waysToSubmitter,
} from './replies.ts'
import { Seen } from './seen.ts'
import { NOT_RECORDED } from './settle.ts'
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
const HEARD_BEFORE = {
  text: 'This came once before, ahead of a restart, so nothing was done now. Look at the request: if it does not show what you did, do it again.',
}
const BROKEN = {
  text: 'Something went wrong here. If the card does not say otherwise, nothing was recorded: please try again.',
}

const NOTE_EVERY_MS = 60_000

/** What more than shows something: the rest may come as often as it likes. */
const hasEffect = (arrival: Arrival): arrival is Extract<Arrival, { triggerId: string | null }> =>
  (arrival.kind === 'click' && EFFECTIVE.has(arrival.actionId ?? '')) ||
  (arrival.kind === 'submission' && SUBMISSIONS.has(arrival.view.callbackId)) ||
  (arrival.kind === 'command' && arrival.command === COMMAND)

/**
 * Where everything that Slack sends goes to exactly one handler. Bolt runs every listener that matches and leaves
 * unmatched payloads unanswered, so none is registered there: what is not in our tables ends in `unknown`.
 */
export class Arrivals {
  readonly #parts: SlackParts
  readonly #hearing: Hearing
  readonly #gate: Gate
  readonly #noted: Seen
  readonly #reloads: Reloads

  constructor(parts: SlackParts, hearing: Hearing) {
    this.#parts = parts
    this.#hearing = hearing
    this.#gate = new Gate(parts.log, parts.now)
    this.#noted = new Seen(NOTE_EVERY_MS, parts.now)
    this.#reloads = new Reloads(parts.service)
  }

  /** Never throws. */
  async receive({ body, signature, acknowledge }: Verified, ours: Room['ours']): Promise<void> {
    const arrival = readPayload(body)
    const admission = this.#gate.admit(arrival, signature, ours)
    const reply = this.#replyTo(arrival, acknowledge ? this.#timed(arrival, acknowledge) : async () => undefined)
    if (admission === 'repeated' || admission === 'foreign_app') return reply.ack()
    try {
      const room: Room = { ...this.#parts, ours, reloads: this.#reloads }
      if (admission === 'outsider') await this.#turnAway(room, arrival, reply)
      else {
        const hindrance = await this.#hindrance(arrival)
        if (hindrance) await this.#answer(arrival, reply, hindrance)
        else await this.#handle(room, arrival, reply)
      }
    } catch (error) {
      this.#parts.log.error({ err: error, kind: arrival.kind }, 'something that Slack sent could not be handled')
      await this.#answer(arrival, reply, BROKEN)
    }
  }

  /**
   * Why nothing is done of what would have an effect. The gate's memory ends with the process, and what she took back
   * meanwhile must not be said again by whoever kept her click (T12, B40). Dies after this: she is told to look, and clicks
   * anew.
   */
  async #hindrance(arrival: Arrival): Promise<Message | null> {
    if (!hasEffect(arrival) || arrival.triggerId === null) return null
    const { log, now, service } = this.#parts
    try {
      const token = { issuer: 'slack', jti: arrival.triggerId, expiresAtMs: now() + REMEMBER_MS }
      return (await service.takeToken(token)) ? null : HEARD_BEFORE
    } catch (error) {
      log.error({ err: error }, 'whether something came for the first time could not be recorded')
      return NOT_RECORDED
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
