import { setTimeout as sleep } from 'node:timers/promises'
import type { HomeView } from '@slack/types'
import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api'
import { slackIdentity } from '../approval/principal.ts'
import { Audience } from './audience.ts'
import { homeView } from './cards/home.ts'
import { inWords } from './failure.ts'
import type { SlackParts } from './parts.ts'
import { reviewsFor, waitingFor } from './waiting.ts'

type Parts = Pick<SlackParts, 'service' | 'directory' | 'clients' | 'policy' | 'log' | 'now'>

interface Opened {
  /** Of the view that Slack shows her, so that an older rendering cannot overwrite a newer one. */
  hash: string | null
  openedAtMs: number
  shownAtMs: number
  isDue: boolean
}

/** views.publish takes a hundred calls a minute. */
const EACH_MS = 2_000
const KEPT = 100
/** Slack does not tell when a Home is closed. */
const TAKEN_FOR_OPEN_MS = 15 * 60_000
const MINE = 9

/** The Home tabs that are open, kept up to date one after another. */
export class Homes {
  readonly #parts: Parts
  readonly #open = new Map<string, Opened>()
  readonly #stopped = new AbortController()
  #isWorking = false
  #work: Promise<void> = Promise.resolve()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** @param hash of the view that she sees while the new one is made; null where there was none. */
  opened(userId: string, hash: string | null): void {
    const shownAtMs = this.#open.get(userId)?.shownAtMs ?? 0
    this.#open.delete(userId)
    this.#open.set(userId, { hash, openedAtMs: this.#parts.now(), shownAtMs, isDue: true })
    const [oldest] = this.#open.keys()
    if (this.#open.size > KEPT && oldest !== undefined) this.#open.delete(oldest)
    this.#begin()
  }

  /** Something was committed. Many at once are one rendering. */
  changed(): void {
    const now = this.#parts.now()
    for (const [userId, home] of this.#open) {
      if (now - home.openedAtMs > TAKEN_FOR_OPEN_MS) this.#open.delete(userId)
      else home.isDue = true
    }
    this.#begin()
  }

  stop(): Promise<void> {
    this.#stopped.abort()
    return this.#work
  }

  #begin(): void {
    if (this.#isWorking) return
    this.#isWorking = true
    this.#work = this.#publishAll()
  }

  async #publishAll(): Promise<void> {
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        const [userId, home] = next
        const early = home.shownAtMs + EACH_MS - this.#parts.now()
        if (early > 0) await this.#rest(Math.min(early, EACH_MS))
        if (this.#stopped.signal.aborted) return
        home.isDue = false
        home.shownAtMs = this.#parts.now()
        await this.#publish(userId, home)
      }
    } finally {
      this.#isWorking = false
    }
  }

  /** Whoever has waited longest. */
  #next(): [userId: string, home: Opened] | undefined {
    const due = [...this.#open].filter(([, home]) => home.isDue)
    return due.sort(([, a], [, b]) => a.shownAtMs - b.shownAtMs)[0]
  }

  /** A Home that could not be published is published at the next change or opening. */
  async #publish(userId: string, home: Opened): Promise<void> {
    try {
      try {
        home.hash = await this.#show(userId, home.hash)
      } catch (error) {
        if (!(error instanceof WebAPIPlatformError && error.data.error === 'hash_conflict')) throw error
        home.hash = await this.#show(userId, null)
      }
    } catch (error) {
      this.#parts.log.warn({ reason: inWords(error) }, 'a Home tab could not be shown')
      if (!(error instanceof WebAPIRateLimitedError)) return
      home.isDue = true
      await this.#rest(error.retryAfter * 1000)
    }
  }

  async #show(userId: string, hash: string | null): Promise<string | null> {
    const view = await this.#render(userId)
    const { answering } = this.#parts.clients
    const shown = await answering.views.publish({ user_id: userId, view, ...(hash === null ? {} : { hash }) })
    return shown.view?.hash ?? null
  }

  async #render(userId: string): Promise<HomeView> {
    const { directory, service, now } = this.#parts
    const member = await directory.member(userId)
    if (!member || member.barred) return NOT_A_MEMBER
    const audience = new Audience(this.#parts, userId)
    const { hers, more } = await waitingFor(this.#parts, audience)
    const reviews = await reviewsFor(this.#parts, audience)
    const [mine, pause, delegations] = await Promise.all([
      service.reads.requests({ behind: slackIdentity(userId), limit: MINE }),
      service.reads.pause(),
      service.reads.delegations(now()),
    ])
    return homeView({ userId, waiting: hers, mine, reviews, pause, delegations, more, nowMs: now() })
  }

  /** Cut short when the door is closed. */
  async #rest(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined)
  }
}

const NOT_A_MEMBER: HomeView = {
  type: 'home',
  blocks: [
    {
      type: 'section',
      text: { type: 'plain_text', text: 'Countersign is for full members of this workspace.', emoji: false },
    },
  ],
}
