import { randomBytes } from 'node:crypto'
import type { Change } from '../approval/change.ts'
import { call, type Door } from './caller.ts'
import { Cannot } from './cannot.ts'
import { CATALOGUE } from './catalogue.ts'
import { type Pace, play } from './play.ts'
import { Transcript } from './transcript.ts'
import type { RunView } from './wire.ts'

export interface RunsParts {
  readonly url: string
  /** The key of each client, by its name. */
  readonly keys: ReadonlyMap<string, string>
  readonly pace: Pace
  /** Finds the posted card of a request; null where there is none. */
  readonly cardOf: (requestId: string, channel: string) => Promise<RunView['card']>
  readonly changed: (run: RunView) => void
}

/** Under way at once, and kept at all. */
const MOST_ACTIVE = 50
const MOST_KEPT = 200

const ON_ITS_WAY = 'taken; the card is on its way to Slack'

/** Also the Idempotency-Key, and so unlike any that the visitor's own terminal may send. */
const newRunId = (): string => `run-${randomBytes(4).toString('hex')}`

interface Running {
  readonly transcript: Transcript
  readonly door: Door
  readonly channel: string | null
}

/** Every run of every pipeline, until the demo ends. */
export class Runs {
  readonly #parts: RunsParts
  readonly #stop = new AbortController()
  readonly #runs = new Map<string, Running>()
  readonly #playing = new Set<Promise<void>>()

  constructor(parts: RunsParts) {
    this.#parts = parts
  }

  get views(): readonly RunView[] {
    return [...this.#runs.values()].map(({ transcript }) => transcript.view)
  }

  start(pipelineId: string): RunView {
    const pipeline = CATALOGUE.find(({ id }) => id === pipelineId)
    if (!pipeline) throw new Cannot(404, `There is no pipeline "${pipelineId}".`)
    if (this.#playing.size >= MOST_ACTIVE) {
      throw new Cannot(429, `${MOST_ACTIVE} runs are under way: decide or withdraw some of them first.`)
    }
    const { url, keys, pace, changed } = this.#parts
    const door = { url, key: keys.get(pipeline.client) ?? '', signal: this.#stop.signal }
    const transcript = new Transcript(newRunId(), pipeline.id, changed)
    this.#forgetOldest()
    this.#runs.set(transcript.view.id, { transcript, door, channel: pipeline.channel })
    const playing = play({ pipeline, door, transcript, pace }).finally(() => this.#playing.delete(playing))
    this.#playing.add(playing)
    return transcript.view
  }

  /** The asker withdraws, by its own key; whoever holds the line is told by the API. */
  async cancel(runId: string): Promise<RunView> {
    const run = this.#runs.get(runId)
    if (!run) throw new Cannot(404, `There is no run "${runId}".`)
    const { transcript, door } = run
    const { requestId, state } = transcript.view
    if (requestId === null || state !== 'waiting') {
      throw new Cannot(409, 'Only what still waits for people can be withdrawn.')
    }
    const body = { reason: 'not needed any more' }
    await call(door, transcript, {
      method: 'POST',
      path: `/v1/requests/${requestId}/cancel`,
      body,
      sent: JSON.stringify(body, null, 2),
      doing: 'withdraws the ask',
    })
    return transcript.view
  }

  /**
   * Countersign took a request: the pipeline that holds the line learns its id with the answer, the page at once. By the
   * Idempotency-Key, which is the run's id.
   */
  committed({ request, idempotency }: Change): void {
    if (!request || request.before !== null || idempotency === undefined) return
    const run = this.#runs.get(idempotency.key)
    if (!run || run.transcript.view.requestId !== null) return
    const { id, status, expiresAtMs } = request.after
    run.transcript.set({ requestId: id })
    if (status !== 'pending' || run.channel === null) return
    run.transcript.set({ state: 'waiting', told: ON_ITS_WAY, expiresAt: expiresAtMs })
    void this.#awaitCard(run.transcript, id, run.channel)
  }

  /** While Slack is away there is no card; it comes when Slack is back. */
  async #awaitCard(transcript: Transcript, requestId: string, channel: string): Promise<void> {
    let card: RunView['card'] = null
    while (card === null && transcript.view.state === 'waiting' && !this.#stop.signal.aborted) {
      card = await this.#parts.cardOf(requestId, channel)
    }
    const stillWaits = transcript.view.state === 'waiting' && transcript.view.told === ON_ITS_WAY
    transcript.set({ card, ...(card && stillWaits ? { told: 'waits for people, holding the line' } : {}) })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#playing)
  }

  #forgetOldest(): void {
    for (const [id, { transcript }] of this.#runs) {
      if (this.#runs.size < MOST_KEPT) return
      if (transcript.view.ended) this.#runs.delete(id)
    }
  }
}
