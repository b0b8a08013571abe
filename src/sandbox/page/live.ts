import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { DeedResult, Deeds, Patch } from '../wire.ts'
import { emptyState, type LiveState, patched } from './mirror.ts'

export type { LiveState } from './mirror.ts'

/** How long to wait where the browser gave up on the stream: a server that is starting again answers 404 or nothing. */
const RETRY_MS = 1_000

/** What stands beside the workspace and is told of on the same stream. */
export interface Beside {
  told(json: string): void
  lost(): void
}

/** The workspace as one person sees it, kept up to date by the stream, and everything this person can do. */
export class Live {
  #state: LiveState
  #stream: EventSource | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  readonly #listeners = new Set<() => void>()

  readonly #beside: Beside | undefined

  constructor(viewer: string, beside?: Beside) {
    this.#state = emptyState(viewer)
    this.#beside = beside
    this.#connect()
    document.addEventListener('visibilitychange', () => this.#connect())
  }

  get state(): LiveState {
    return this.#state
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Becomes another person: what only the last one saw is forgotten at once. */
  become(userId: string): void {
    if (userId === this.#state.viewer) return
    this.#set({ ...this.#state, viewer: userId, settled: false, ephemerals: [], modals: [], home: null })
    this.#connect()
  }

  /** Does something as a person of the workspace; the viewer unless `as` says otherwise. Throws the server's sentence. */
  async do<D extends keyof Deeds>(deed: D, body: Deeds[D], as: string = this.#state.viewer): Promise<DeedResult> {
    return (await this.control('POST', `/control/people/${encodeURIComponent(as)}/${deed}`, body)) as DeedResult
  }

  /** Any call of the control API, `/control/…`. Throws the server's sentence. */
  async control(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const sent =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(path, { method, ...sent }).catch(() => undefined)
    if (!answer) throw new Error('The sandbox does not answer. Is it still running?')
    const text = await answer.text()
    if (!answer.ok) throw new Error(problemIn(text) ?? `The sandbox answered ${answer.status}.`)
    return text === '' ? undefined : JSON.parse(text)
  }

  #connect(): void {
    clearTimeout(this.#retry)
    this.#stream?.close()
    // A browser has six connections for all tabs together: those that nobody looks at leave them to the others.
    if (document.hidden) return
    const stream = new EventSource(
      `/control/live?as=${encodeURIComponent(this.#state.viewer)}${this.#beside ? '&beside' : ''}`,
    )
    this.#stream = stream
    stream.addEventListener('beside', (event: MessageEvent<string>) => this.#beside?.told(event.data))
    stream.onmessage = (event: MessageEvent<string>) => this.#set(patched(this.#state, JSON.parse(event.data) as Patch))
    stream.onerror = () => {
      this.#set({ ...this.#state, connected: false })
      this.#beside?.lost()
      // The browser itself tries again after a broken connection, but never after an answer that is not a stream.
      if (stream.readyState === EventSource.CLOSED) this.#retry = setTimeout(() => this.#connect(), RETRY_MS)
    }
  }

  #set(state: LiveState): void {
    this.#state = state
    for (const listener of [...this.#listeners]) listener()
  }
}

function problemIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    return typeof error === 'string' ? error : undefined
  } catch {
    return undefined
  }
}

/** A part of the state; the component renders again only when the part is another (Object.is). */
export function useLive<T>(live: Live, select: (state: LiveState) => T): T {
  const [, again] = useState({})
  const selected = select(live.state)
  const latest = useRef({ select, selected })
  latest.current = { select, selected }
  useLayoutEffect(
    () =>
      live.subscribe(() => {
        const { select: pick, selected: shown } = latest.current
        if (!Object.is(pick(live.state), shown)) again({})
      }),
    [live],
  )
  return selected
}
