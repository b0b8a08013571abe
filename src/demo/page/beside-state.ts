import type { AuditEntryView, AuditPatch, DemoFacts, DemoPatch, PipelineView, RunView } from '../wire.ts'

/** What the page knows of the demo's own part: the pipelines, their runs and the audit log. */
export interface BesideState {
  readonly connected: boolean
  /** Null until the first event of the stream. */
  readonly facts: DemoFacts | null
  readonly pipelines: readonly PipelineView[]
  /** In the order in which they began. */
  readonly runs: readonly RunView[]
  /** Its entries sorted by `seq`, without those that are gone. */
  readonly audit: AuditPatch | null
}

export const NOTHING_YET: BesideState = { connected: false, facts: null, pipelines: [], runs: [], audit: null }

/** The state after one event. The first event of a connection replaces everything. */
export function besidePatched(before: BesideState, patch: DemoPatch): BesideState {
  const state = patch.first ? NOTHING_YET : before
  return {
    connected: true,
    facts: patch.facts ?? state.facts,
    pipelines: patch.pipelines ?? state.pipelines,
    runs: patch.runs ? withRuns(state.runs, patch.runs) : state.runs,
    audit: patch.audit ? withAudit(state.audit, patch.audit) : state.audit,
  }
}

export function withRuns(runs: readonly RunView[], changed: readonly RunView[]): readonly RunView[] {
  const byId = new Map(runs.map((run) => [run.id, run]))
  for (const run of changed) byId.set(run.id, run)
  return [...byId.values()]
}

function withAudit(before: AuditPatch | null, patch: AuditPatch): AuditPatch {
  const gone = new Set(patch.gone)
  const bySeq = new Map<number, AuditEntryView>()
  for (const entry of [...(before?.entries ?? []), ...patch.entries]) bySeq.set(entry.seq, entry)
  const entries = [...bySeq.values()].filter(({ seq }) => !gone.has(seq)).sort((a, b) => a.seq - b.seq)
  return { ...patch, entries }
}
