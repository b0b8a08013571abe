import { useState } from 'preact/hooks'
import { type Live, useLive } from '../../sandbox/page/live.ts'
import type { PanelProps } from '../../sandbox/page/panel.ts'
import type { AskerKind, PipelineView, RunView } from '../wire.ts'
import type { Beside } from './beside.ts'
import { KindIcon } from './pipelines-icon.tsx'
import { Run } from './pipelines-run.tsx'
import { useAttempt } from './trying.ts'

const KINDS: Readonly<Record<AskerKind, string>> = {
  agent: 'AI agent',
  ci: 'CI pipeline',
  job: 'Scheduled job',
  cli: 'Command line',
}

interface CardProps extends PanelProps {
  readonly pipeline: PipelineView
  readonly runs: readonly RunView[]
  readonly beside: Beside
}

/** One ask of the catalogue and its runs, the latest first. */
export function PipelineCard({ pipeline, runs, live, nav, beside }: CardProps) {
  const latest = runs.at(-1)
  const earlier = runs.slice(0, -1).reverse()
  return (
    <li class="demo-card" data-pipeline={pipeline.id}>
      <div class="demo-card-head">
        <KindIcon kind={pipeline.kind} />
        <div>
          <h3>{pipeline.title}</h3>
          <p class="demo-dim">
            {KINDS[pipeline.kind]} <b>{pipeline.client}</b>, operated by{' '}
            <PersonName id={pipeline.operator} live={live} />
          </p>
        </div>
        <RunButton pipeline={pipeline} beside={beside} />
      </div>
      <p>{pipeline.about}</p>
      <More pipeline={pipeline} />
      {latest && <Run key={latest.id} run={latest} {...{ live, nav, beside }} />}
      {earlier.length > 0 && (
        <details class="demo-earlier">
          <summary>{earlier.length === 1 ? 'One earlier run' : `${earlier.length} earlier runs`}</summary>
          {earlier.map((run) => (
            <Run key={run.id} run={run} {...{ live, nav, beside }} />
          ))}
        </details>
      )}
    </li>
  )
}

function PersonName({ id, live }: { id: string; live: Live }) {
  const people = useLive(live, (state) => state.facts.people)
  return <>{people.find((person) => person.id === id)?.real_name ?? id}</>
}

function RunButton({ pipeline, beside }: Pick<CardProps, 'pipeline' | 'beside'>) {
  const [problem, attempt] = useAttempt()
  const [isStarting, setStarting] = useState(false)
  const run = async () => {
    setStarting(true)
    await attempt(() => beside.run(pipeline.id))
    setStarting(false)
  }
  return (
    <>
      <button
        type="button"
        class="demo-button demo-button-main"
        data-tour={`run-${pipeline.id}`}
        aria-label={`Run: ${pipeline.title}`}
        aria-disabled={isStarting}
        onClick={() => !isStarting && run()}
      >
        Run
      </button>
      {problem !== null && (
        <p class="demo-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  )
}

function More({ pipeline }: Pick<CardProps, 'pipeline'>) {
  return (
    <details>
      <summary>What it asks, and who may answer</summary>
      <p>{pipeline.approvers}</p>
      <p>{pipeline.lookFor}</p>
      <pre class="demo-code">{`POST /v1/requests\n${pipeline.body}`}</pre>
    </details>
  )
}
