import type { Log } from '../log.ts'
import type { Arrival, Origin } from './payload.ts'
import { Seen } from './seen.ts'

/** The one installation that this process speaks for, as Slack named it when the bot token was tried. */
export interface Installation {
  readonly appId: string
  readonly teamId: string
  readonly enterpriseId: string | null
  readonly botId: string
  readonly botUserId: string
}

/**
 * - `admitted`: ours, and the first of its kind.
 * - `repeated`: had its effect already; acknowledged so that Slack stops, and nothing else.
 * - `foreign_app`: not for this app; nothing is done, nothing is told (B41).
 * - `outsider`: somebody of another workspace at one of our buttons.
 */
export type Admission = 'admitted' | 'repeated' | 'foreign_app' | 'outsider'

/** Slack's own window, and as wide into the future: Bolt alone accepts a time stamp of next year (M11). */
const WINDOW_SECONDS = 300
/** A request signed five minutes ahead can be replayed for ten. */
export const REMEMBER_MS = 600_000

/** True where the request was signed within five minutes of now, either way. */
export function isTimely(timestamp: string | readonly string[] | undefined, nowMs: number): boolean {
  return (
    typeof timestamp === 'string' &&
    /^\d{1,12}$/.test(timestamp) &&
    Math.abs(nowMs / 1000 - Number(timestamp)) <= WINDOW_SECONDS
  )
}

/** Stands behind Bolt's check of the signature and in front of everything that has an effect. */
export class Gate {
  readonly #seen: Seen
  readonly #log: Log

  constructor(log: Log, now: () => number) {
    this.#log = log
    this.#seen = new Seen(REMEMBER_MS, now)
  }

  /** @param signature of the HTTP request, verified; absent in Socket Mode. */
  admit(arrival: Arrival, signature: string | undefined, ours: Installation): Admission {
    const { origin } = arrival
    if (origin.appId !== ours.appId) {
      this.#log.error(
        { app: origin.appId, kind: arrival.kind },
        'a payload for another app: are both tokens of one app?',
      )
      return 'foreign_app'
    }
    // Both are remembered, whichever is known already: one body may come under two signatures.
    const keys = [signature === undefined ? null : `signature ${signature}`, onceKey(arrival)]
    const fresh = keys.map((key) => key === null || this.#seen.isFirst(key))
    if (fresh.includes(false)) {
      this.#log.warn({ kind: arrival.kind }, 'a delivery came again and had no further effect')
      return 'repeated'
    }
    if (isOfOurs(origin, ours)) return 'admitted'
    this.#log.warn({ teams: origin.teams, kind: arrival.kind }, 'somebody of another workspace was refused')
    return 'outsider'
  }
}

/**
 * An app with one static token takes payloads of any team as its own unless somebody looks (Bolt checks none of this). On
 * Grid a member may come from another workspace of our organisation: whether she is in ours too, the directory knows.
 */
function isOfOurs({ teams, enterpriseId }: Origin, ours: Installation): boolean {
  if (!teams.includes(ours.teamId)) return false
  if (enterpriseId !== null) return enterpriseId === ours.enterpriseId
  return teams.every((team) => team === ours.teamId || team === ours.enterpriseId)
}

/** Slack gives every act of a person a trigger of its own, and keeps an event's id over its retries. */
function onceKey(arrival: Arrival): string | null {
  if (arrival.kind === 'event') return arrival.eventId === null ? null : `event ${arrival.eventId}`
  return arrival.triggerId === null ? null : `trigger ${arrival.triggerId}`
}
