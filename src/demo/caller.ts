import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, told } from './answer.ts'
import { answerExcerpt } from './excerpt.ts'
import type { Transcript } from './transcript.ts'

/** Where the API is and who calls it. */
export interface Door {
  readonly url: string
  readonly key: string
  /** Ends every call that is under way. */
  readonly signal: AbortSignal
}

export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  /** The body as the page may show it. */
  readonly sent?: string
  /** Said while it is under way. */
  readonly doing: string
  /** Said of the answer; what the pipeline is told, unless given. */
  readonly note?: (answer: Answer, ms: number) => string
}

const TRIES = 5
const AGAIN_MS = 1_000

/**
 * One call, as a careful pipeline makes it: no answer, or one that says "later", is tried again. Every call of ours may be
 * made twice: an ask has its Idempotency-Key, a use its execution id.
 *
 * @throws where there is no answer after {@link TRIES}, or the signal ended it: to whoever asked, that is a no.
 */
export async function call(door: Door, transcript: Transcript, what: Call): Promise<Answer> {
  for (let left = TRIES - 1; ; left--) {
    const answer = await once(door, transcript, what)
    if (answer !== null && answer.http < 500 && answer.http !== 429) return answer
    if (left === 0 || door.signal.aborted) throw new Error('Countersign does not answer, and no answer is a no')
    await sleep(AGAIN_MS, undefined, { signal: door.signal })
  }
}

async function once(door: Door, transcript: Transcript, what: Call): Promise<Answer | null> {
  const { method, path, headers = {}, body, sent, doing, note } = what
  const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const finish = transcript.begin({ method, path, headers: shown, sent: sent ?? null, note: doing })
  const began = Date.now()
  try {
    const response = await fetch(`${door.url}${path}`, {
      method,
      signal: door.signal,
      headers: { ...headers, Authorization: `Bearer ${door.key}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer: Answer = { http: response.status, body: (await response.json()) as Answer['body'] }
    const said = note?.(answer, Date.now() - began) ?? told(answer)
    finish({ status: answer.http, received: answerExcerpt(answer.body), note: said })
    return answer
  } catch {
    finish({ note: 'no answer' })
    return null
  }
}
