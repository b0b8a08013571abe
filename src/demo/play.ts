import { setTimeout as sleep } from 'node:timers/promises'
import { payloadDigest } from '../approval/digest.ts'
import type { Ask } from '../approval/request.ts'
import { type Answer, told } from './answer.ts'
import { call, type Door } from './caller.ts'
import { askExcerpt, excerpt } from './excerpt.ts'
import type { Pipeline } from './pipeline.ts'
import type { Transcript } from './transcript.ts'
import type { RunState } from './wire.ts'

/** How fast the demo goes. */
export interface Pace {
  /** How long the deed takes, in milliseconds. */
  readonly deedMs: number
  /** How long the short-lived ask lives, in seconds. */
  readonly ttlSeconds: number
}

/** A pipeline that runs: what it asks, through which door, and who is told. */
export interface Play {
  readonly pipeline: Pipeline
  readonly door: Door
  readonly transcript: Transcript
  readonly pace: Pace
}

/** As long as the API holds an answer, less what the way takes. */
const HOLD_S = 55

/** A small, real client: ask, hold the line, use the yes once, do it, report. */
export async function play(run: Play): Promise<void> {
  const { transcript } = run
  try {
    const answer = await decided(run, await ask(run))
    if (answer.http >= 400) return end(transcript, 'refused', told(answer))
    const { status } = answer.body
    if (status !== 'approved') return end(transcript, noOf(status), told(answer))
    transcript.set({ state: 'approved', told: told(answer) })
    await act(run, answer.body.id ?? '')
  } catch (error) {
    end(transcript, 'refused', error instanceof Error ? error.message : String(error))
  }
}

const end = (transcript: Transcript, state: RunState, words: string): void =>
  transcript.set({ state, told: words, ended: true })

/** What is no known no is a no all the same. */
const noOf = (status: unknown): RunState =>
  status === 'denied' || status === 'expired' || status === 'cancelled' ? status : 'refused'

function ask({ pipeline, door, transcript, pace }: Play): Promise<Answer> {
  const body = paced(pipeline.ask, pace)
  return call(door, transcript, {
    method: 'POST',
    path: '/v1/requests',
    headers: { Prefer: `wait=${HOLD_S}`, 'Idempotency-Key': transcript.view.id },
    body,
    sent: askExcerpt(body),
    doing: 'asks, and holds the line until people have decided',
    note: held,
  })
}

const paced = (ask: Ask, { ttlSeconds }: Pace): Ask =>
  ask.ttl_seconds === undefined ? ask : { ...ask, ttl_seconds: ttlSeconds }

const held = (answer: Answer, ms: number): string =>
  ms < 1_000 ? told(answer) : `held the line for ${Math.round(ms / 1_000)} s: ${told(answer)}`

/** Asks again for as long as people have not decided: `pending` is an answer, not an error. */
async function decided({ door, transcript }: Play, first: Answer): Promise<Answer> {
  let answer = first
  while (answer.http < 400 && answer.body.status === 'pending') {
    answer = await call(door, transcript, {
      method: 'GET',
      path: `/v1/requests/${answer.body.id}?wait=${HOLD_S}`,
      doing: 'holds the line',
      note: held,
    })
  }
  return answer
}

async function act(run: Play, id: string): Promise<void> {
  const { pipeline, transcript, pace, door } = run
  const { deed, twist } = pipeline
  const executionId = `${transcript.view.id}-worker-1`
  const used = await use(run, id, executionId)
  if (used.http !== 200) return end(transcript, 'refused', told(used))
  transcript.set({ state: 'consumed', told: `the yes is used, once, by ${executionId}: it ${deed.doing}` })
  if (twist && 'usesTwice' in twist) await use(run, id, `${transcript.view.id}-worker-2`)
  const finish = transcript.begin({ note: `${deed.doing} …` })
  await sleep(pace.deedMs, undefined, { signal: door.signal })
  finish({ note: `${deed.doing}: ${deed.summary}` })
  const reported = await report(run, id, executionId)
  if (reported.http !== 200) return end(transcript, 'refused', told(reported))
  end(transcript, deed.status === 'succeeded' ? 'done' : 'failed', deed.summary)
}

/** Right before acting, with the digest of what is about to run. */
function use({ pipeline, door, transcript }: Play, id: string, executionId: string): Promise<Answer> {
  const { ask, twist } = pipeline
  const { action, resource, environment } = ask
  const params = twist && 'runsInstead' in twist ? twist.runsInstead : ask.params
  const body = {
    execution_id: executionId,
    payload_digest: payloadDigest({ action, resource, environment, params }),
  }
  const changed = params === ask.params ? '' : ` It now wants to run ${JSON.stringify(params)}.`
  return call(door, transcript, {
    method: 'POST',
    path: `/v1/requests/${id}/consume`,
    body,
    sent: excerpt(body),
    doing: `takes the digest of what it is about to run, and uses the yes as ${executionId}.${changed}`,
    note: (answer) => (answer.http === 200 ? `consumed once, as ${executionId}` : `${executionId} ${told(answer)}`),
  })
}

function report({ pipeline, door, transcript }: Play, id: string, executionId: string): Promise<Answer> {
  const { status, summary } = pipeline.deed
  const body = { execution_id: executionId, status, summary }
  return call(door, transcript, {
    method: 'POST',
    path: `/v1/requests/${id}/complete`,
    body,
    sent: excerpt(body),
    doing: 'reports how it went',
    note: (answer) => (answer.http === 200 ? `reported: ${summary}` : told(answer)),
  })
}
