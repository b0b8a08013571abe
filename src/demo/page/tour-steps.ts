import type { EphemeralMessage, SandboxUser } from '../../sandbox/types.ts'
import type { RunState, RunView } from '../wire.ts'
import type { BesideState } from './beside-state.ts'

/**
 * The guided tour without its looks. A step is over when the facts say so: a run's state, an entry of the log, what the
 * person was told. Never because time passed or a button of the tour was pressed.
 */

/** The asks of the catalogue that the tour is about. */
export const ASKS = { own: 'agent-export', deny: 'secret-rotation', expire: 'short-lived' } as const

export const STEPS = ['ask', 'own', 'other', 'deny', 'expire', 'tamper', 'end'] as const
export type StepId = (typeof STEPS)[number]

/** What the tour looks at. */
export interface Scene {
  readonly viewer: string
  readonly people: readonly Pick<SandboxUser, 'id' | 'real_name'>[]
  /** Of the viewer. */
  readonly ephemerals: readonly Pick<EphemeralMessage, 'ts' | 'channel'>[]
  /** The id of the open panel. */
  readonly panel: string | null
  readonly beside: BesideState
}

export interface Progress {
  readonly step: StepId
  /** Ids of runs that the tour does not count: those from before it began, and those that ended otherwise than it needs. */
  readonly past: readonly string[]
  /** How the present step came about; what was skipped is not spoken of as if it had happened. */
  readonly came: 'started' | 'reached' | 'skipped' | 'again'
}

export const begin = ({ beside }: Scene): Progress => ({
  step: 'ask',
  past: beside.runs.map(({ id }) => id),
  came: 'started',
})

export function skipped({ step, past }: Progress): Progress {
  return { step: after(step), past, came: 'skipped' }
}

/** Where the tour stands by the facts; the same object where nothing moved. */
export function moved(progress: Progress, scene: Scene): Progress {
  const run = runOf(progress, scene)
  if (run && isLost(progress.step, run)) {
    const step = progress.step === 'own' || progress.step === 'other' ? 'ask' : progress.step
    return moved({ step, past: [...progress.past, run.id], came: 'again' }, scene)
  }
  if (!isReached(progress.step, run, scene)) return progress
  return moved({ step: after(progress.step), past: progress.past, came: 'reached' }, scene)
}

/** The run that the present step is about, if it was started. */
export function runOf({ step, past }: Progress, { beside }: Scene): RunView | undefined {
  const ask = askOf(step)
  return beside.runs.findLast(({ id, pipelineId }) => pipelineId === ask && !past.includes(id))
}

export function askOf(step: StepId): string | null {
  if (step === 'ask' || step === 'own' || step === 'other') return ASKS.own
  return step === 'deny' || step === 'expire' ? ASKS[step] : null
}

/** Whose yes is still to come: the people who may approve and have not. */
export function openApprovers(run: RunView, { beside }: Scene): readonly string[] {
  const said = entriesOf(run, beside, 'decision.recorded').map(({ actor }) => actor)
  const able = beside.pipelines.find(({ id }) => id === run.pipelineId)?.approverIds ?? []
  return able.filter((person) => !said.some((actor) => actor.endsWith(`:${person}`)))
}

/** Counts the people who said yes to it. */
export const yesCount = (run: RunView, beside: BesideState): number =>
  entriesOf(run, beside, 'decision.recorded').length

function isReached(step: StepId, run: RunView | undefined, scene: Scene): boolean {
  switch (step) {
    case 'ask':
      return run !== undefined && (run.card !== null || isUsed(run.state))
    case 'own':
      return run !== undefined && (wasRefused(run, scene) || isUsed(run.state))
    case 'other':
      return run !== undefined && isUsed(run.state) && run.state !== 'approved'
    case 'deny':
      return run?.state === 'denied'
    case 'expire':
      return run?.state === 'expired'
    case 'tamper':
      return scene.beside.audit?.check.whole === false
    case 'end':
      return false
  }
}

/** Ended in a way that the step cannot go on from. */
function isLost(step: StepId, { state, ended }: RunView): boolean {
  if (step === 'deny') return ended && state !== 'denied'
  if (step === 'expire') return ended && state !== 'expired'
  return ended && !isUsed(state)
}

const isUsed = (state: RunState): boolean => state === 'approved' || state === 'consumed' || state === 'done'

/** The log says that the operator was refused, and where one is the operator, one has been told. */
function wasRefused(run: RunView, { beside, viewer, ephemerals }: Scene): boolean {
  const operator = operatorOf(run, beside)
  const isLogged = entriesOf(run, beside, 'decision.refused').some(({ actor }) => actor.endsWith(`:${operator}`))
  if (!isLogged || viewer !== operator) return isLogged
  const { card } = run
  return card !== null && ephemerals.some(({ channel, ts }) => channel === card.channel && Number(ts) > Number(card.ts))
}

export const operatorOf = (run: RunView, { pipelines }: BesideState): string =>
  pipelines.find(({ id }) => id === run.pipelineId)?.operator ?? ''

const entriesOf = (run: RunView, { audit }: BesideState, type: string) =>
  (audit?.entries ?? []).filter((entry) => entry.requestId === run.requestId && entry.type === type)

const after = (step: StepId): StepId => STEPS[STEPS.indexOf(step) + 1] ?? 'end'

/** What was kept of a tour, or null for anything else. */
export function readProgress(text: string | null): Progress | null {
  try {
    const { step, past, came } = JSON.parse(text ?? 'null') as Record<string, unknown>
    const isKnown = STEPS.some((id) => id === step) && Array.isArray(past) && past.every((id) => typeof id === 'string')
    return isKnown && ['started', 'reached', 'skipped', 'again'].some((word) => word === came)
      ? ({ step, past, came } as Progress)
      : null
  } catch {
    return null
  }
}
