import { type Demo, type DemoOptions, startDemo } from '../../src/demo/demo.ts'
import type {
  AuditEntryView,
  AuditPatch,
  DemoFacts,
  DemoPatch,
  PipelineView,
  RunState,
  RunView,
  Started,
} from '../../src/demo/wire.ts'

/** The demo with somebody at its page, who sees what the page is sent and nothing else. */
export interface Spectator {
  readonly demo: Demo
  /** Everything that was ever sent, as text. */
  readonly heard: () => string
  readonly facts: () => DemoFacts
  readonly pipelines: () => readonly PipelineView[]
  readonly run: (id: string) => RunView | undefined
  readonly audit: () => AuditPatch & { readonly all: readonly AuditEntryView[] }
  start(pipelineId: string): Promise<RunView>
  /** The run once this holds of it. */
  until(run: RunView, holds: (view: RunView) => unknown, label: string): Promise<RunView>
  reaches(run: RunView, state: RunState): Promise<RunView>
  /** The log as the page shows it, once this holds of it. */
  log(holds: (audit: AuditPatch) => unknown, label: string): Promise<void>
  post(path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }>
  close(): Promise<void>
}

const DEADLINE_MS = 15_000

export async function openDemo(options: DemoOptions = {}): Promise<Spectator> {
  const demo = await startDemo({ pace: { deedMs: 5, ttlSeconds: 1 }, ...options })
  const seen = new Seen()
  const leave = new AbortController()
  const listening = listen(`${demo.page}control/live?as=U0BOB&beside`, leave.signal, seen)
  const post: Spectator['post'] = async (path, body) => {
    const response = await fetch(new URL(path, demo.page), {
      method: 'POST',
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const until: Spectator['until'] = (run, holds, label) =>
    seen.until(
      () => {
        const view = seen.runs.get(run.id)
        return view && holds(view) ? view : undefined
      },
      () => `${label}; the run: ${JSON.stringify(seen.runs.get(run.id), null, 1)}`,
    )
  await seen.until(
    () => seen.facts,
    () => 'the first patch',
  )
  return {
    demo,
    heard: () => seen.texts.join('\n'),
    facts: () => seen.facts as DemoFacts,
    pipelines: () => seen.pipelines,
    run: (id) => seen.runs.get(id),
    audit: () => ({ ...(seen.audit as AuditPatch), all: [...seen.entries.values()].sort((a, b) => a.seq - b.seq) }),
    start: async (id) => ((await post(`/beside/pipelines/${id}/run`)).body as unknown as Started).run,
    until,
    reaches: (run, state) => until(run, (view) => view.state === state, `${run.pipelineId} to be ${state}`),
    log: async (holds, label) =>
      void (await seen.until(
        () => seen.audit && holds(seen.audit),
        () => `${label}; ${JSON.stringify(seen.audit?.check)}`,
      )),
    post,
    close: async () => {
      leave.abort()
      await listening
      await demo.stop()
    },
  }
}

/** The page's mirror of what it was sent. */
class Seen {
  readonly texts: string[] = []
  readonly runs = new Map<string, RunView>()
  readonly entries = new Map<number, AuditEntryView>()
  pipelines: readonly PipelineView[] = []
  facts: DemoFacts | undefined
  audit: AuditPatch | undefined
  readonly #waiting = new Set<() => void>()

  take(text: string): void {
    this.texts.push(text)
    const patch = JSON.parse(text) as DemoPatch
    this.facts = patch.facts ?? this.facts
    this.pipelines = patch.pipelines ?? this.pipelines
    this.audit = patch.audit ?? this.audit
    for (const run of patch.runs ?? []) this.runs.set(run.id, run)
    for (const entry of patch.audit?.entries ?? []) this.entries.set(entry.seq, entry)
    for (const seq of patch.audit?.gone ?? []) this.entries.delete(seq)
    for (const look of this.#waiting) look()
  }

  until<T>(what: () => T | undefined | null | false, label: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`waited in vain for ${label()}`))
      }, DEADLINE_MS)
      const look = (): void => {
        const found = what()
        if (found === undefined || found === null || found === false) return
        clearTimeout(late)
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

const BESIDE = 'event: beside\ndata: '

async function listen(url: string, signal: AbortSignal, seen: Seen): Promise<void> {
  try {
    const { body } = await fetch(url, { signal })
    let rest = ''
    for await (const part of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const events = (rest + part).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) if (event.startsWith(BESIDE)) seen.take(event.slice(BESIDE.length))
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
