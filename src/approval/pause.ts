import type { Actor, Change } from './change.ts'
import { type Refusal, refuse } from './refusal.ts'

/** Everything is stopped: no approval and no consume until an admin resumes. Asks are taken and wait. */
export interface Pause {
  /** Slack user id or `os:` account of who paused. */
  readonly by: string
  readonly reason: string | null
  readonly atMs: number
}

/** @param by who pauses: an admin. */
export function pause(
  before: Pause | null,
  by: string,
  reason: string | null,
  who: Actor,
  nowMs: number,
): Change | null {
  if (before) return null
  const after: Pause = { by, reason, atMs: nowMs }
  return {
    atMs: nowMs,
    pause: { before, after },
    audit: [{ type: 'admin.paused', actor: who.actor, source: who.source, requestId: null, body: { ...after } }],
  }
}

export function resume(before: Pause | null, by: string, who: Actor, nowMs: number): Change | null {
  if (!before) return null
  return {
    atMs: nowMs,
    pause: { before, after: null },
    audit: [
      {
        type: 'admin.resumed',
        actor: who.actor,
        source: who.source,
        requestId: null,
        body: { by, paused: { ...before } },
      },
    ],
  }
}

/** What is told to whoever is stopped by it. */
export const pausedRefusal = ({ by, reason }: Pause): Refusal =>
  refuse('paused', `everything is paused by ${by}${reason === null ? '' : `: ${reason}`}`)
