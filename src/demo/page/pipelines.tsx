import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'
import type { Panel, PanelProps } from '../../sandbox/page/panel.ts'
import { type Beside, useBeside } from './beside.ts'
import { CopyButton } from './copy.tsx'
import { PipelineCard } from './pipelines-card.tsx'
import './demo.css'
import './pipelines.css'

/** The catalogue of asks, each with what its pipeline is told. */
export function pipelinesPanel(beside: Beside): Panel {
  const Body: ComponentType<PanelProps> = ({ live, nav }) => <Pipelines live={live} nav={nav} beside={beside} />
  const Badge: ComponentType<PanelProps> = () => <Waiting beside={beside} />
  return { id: 'pipelines', title: 'Agents and pipelines', icon: 'flow', Body, Badge }
}

type Props = PanelProps & { readonly beside: Beside }

function Pipelines({ live, nav, beside }: Props) {
  const { pipelines, runs, facts, connected } = useBeside(beside)
  return (
    <div class="demo-panel">
      <p class="demo-dim">Machines that want to do something. Run one, and answer its card in the conversation.</p>
      {!connected && <p role="status">Connecting…</p>}
      <ul class="demo-cards">
        {pipelines.map((pipeline) => (
          <PipelineCard
            key={pipeline.id}
            pipeline={pipeline}
            runs={runs.filter(({ pipelineId }) => pipelineId === pipeline.id)}
            {...{ live, nav, beside }}
          />
        ))}
      </ul>
      {facts && <AskYourself curl={facts.curl} />}
      <PolicyThatJudges beside={beside} />
    </div>
  )
}

/** How many asks wait for people right now. */
function Waiting({ beside }: { beside: Beside }) {
  const waiting = useBeside(beside).runs.filter(({ state }) => state === 'waiting').length
  return waiting === 0 ? null : (
    <span>
      {waiting}
      <span class="demo-hidden"> waiting</span>
    </span>
  )
}

function AskYourself({ curl }: { curl: string }) {
  return (
    <section class="demo-section">
      <h3>Ask something yourself</h3>
      <p class="demo-dim">The key stands in the terminal that runs the demo. Its card appears like all the others.</p>
      <pre class="demo-code">{curl}</pre>
      <CopyButton text={curl} label="Copy the command" />
    </section>
  )
}

function PolicyThatJudges({ beside }: { beside: Beside }) {
  const [text, setText] = useState<string | null>(null)
  const load = async () => {
    if (text !== null) return
    setText(
      await beside.policy().then(
        ({ yaml }) => yaml,
        (problem: Error) => problem.message,
      ),
    )
  }
  return (
    <details class="demo-section" onToggle={load}>
      <summary>The policy that judges them</summary>
      <pre class="demo-code">{text ?? 'Loading…'}</pre>
    </details>
  )
}
