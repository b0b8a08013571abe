import { useLayoutEffect, useReducer } from 'preact/hooks'
import type {
  AuditEntryView,
  DemoPatch,
  DemoProblem,
  PolicyView,
  Restored,
  RunView,
  Started,
  TamperHow,
  Tampering,
  TamperOrder,
} from '../wire.ts'
import { type BesideState, besidePatched, NOTHING_YET, withRuns } from './beside-state.ts'

/** What runs beside the workspace: the pipelines that ask, and the log that is kept of it all. */
export class Beside {
  #state: BesideState = NOTHING_YET
  readonly #listeners = new Set<() => void>()

  get state(): BesideState {
    return this.#state
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** One event of the stream. */
  told(json: string): void {
    this.#set(besidePatched(this.#state, JSON.parse(json) as DemoPatch))
  }

  /** The stream broke off. */
  lost(): void {
    this.#set({ ...this.#state, connected: false })
  }

  /** Starts an ask of the catalogue. Throws the server's sentence, as all of these do. */
  async run(pipelineId: string): Promise<RunView> {
    return this.#began(await this.#call('POST', `/beside/pipelines/${encodeURIComponent(pipelineId)}/run`))
  }

  /** The asker withdraws. */
  async withdraw(runId: string): Promise<RunView> {
    return this.#began(await this.#call('POST', `/beside/runs/${encodeURIComponent(runId)}/cancel`))
  }

  async tamper(how: TamperHow): Promise<Tampering> {
    const order: TamperOrder = { how }
    return (await this.#call('POST', '/beside/tamper', order)) as Tampering
  }

  async restore(): Promise<Restored> {
    return (await this.#call('POST', '/beside/restore')) as Restored
  }

  async policy(): Promise<PolicyView> {
    return (await this.#call('GET', '/beside/policy')) as PolicyView
  }

  async wholeEntry(seq: number): Promise<AuditEntryView> {
    return (await this.#call('GET', `/beside/audit/${seq}`)) as AuditEntryView
  }

  /** The answer may come before the stream says it; whatever the stream said meanwhile is newer and stays. */
  #began(answer: unknown): RunView {
    const { run } = answer as Started
    if (!this.#state.runs.some(({ id }) => id === run.id)) {
      this.#set({ ...this.#state, runs: withRuns(this.#state.runs, [run]) })
    }
    return run
  }

  async #call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const sent =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(path, { method, ...sent }).catch(() => undefined)
    if (!answer) throw new Error('The demo does not answer. Is it still running?')
    const read: unknown = await answer.json().catch(() => null)
    if (!answer.ok) throw new Error((read as DemoProblem | null)?.error ?? `The demo answered ${answer.status}.`)
    return read
  }

  #set(state: BesideState): void {
    this.#state = state
    for (const listener of [...this.#listeners]) listener()
  }
}

/** The whole state; the component renders again with every change of it. */
export function useBeside(beside: Beside): BesideState {
  const [, again] = useReducer((count: number) => count + 1, 0)
  const shown = beside.state
  useLayoutEffect(() => {
    // Something may have come between the render and now.
    if (beside.state !== shown) again(undefined as never)
    return beside.subscribe(() => again(undefined as never))
  }, [beside])
  return shown
}
