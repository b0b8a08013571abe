import { useState } from 'preact/hooks'
import type { PanelProps } from '../../sandbox/page/panel.ts'
import type { RunState, RunView } from '../wire.ts'
import { type Beside, useBeside } from './beside.ts'
import { Elapsed, Remaining } from './clock.tsx'
import { Transcript } from './pipelines-transcript.tsx'
import { goToCard } from './point.ts'
import { yesCount } from './tour-steps.ts'
import { useAttempt } from './trying.ts'

type Tone = 'open' | 'good' | 'bad' | 'over'

const STATES: Readonly<Record<RunState, { word: string; tone: Tone }>> = {
  asking: { word: 'asking', tone: 'open' },
  waiting: { word: 'waiting', tone: 'open' },
  approved: { word: 'approved', tone: 'good' },
  consumed: { word: 'approved, used once', tone: 'good' },
  done: { word: 'used once, done', tone: 'good' },
  failed: { word: 'failed', tone: 'bad' },
  denied: { word: 'denied', tone: 'bad' },
  expired: { word: 'expired', tone: 'over' },
  cancelled: { word: 'withdrawn', tone: 'over' },
  refused: { word: 'refused', tone: 'bad' },
}

interface RunProps extends PanelProps {
  readonly run: RunView
  readonly beside: Beside
}

/** One run: what the pipeline knows, and how it came to know it. */
export function Run({ run, live, nav, beside }: RunProps) {
  const { word, tone } = STATES[run.state]
  return (
    <div class="demo-run" data-run={run.id} data-state={run.state}>
      <p class="demo-told" role="status">
        <span class={`demo-chip demo-chip-${tone}`}>{word}</span> <Long text={without(word, run.told)} />
        {run.state === 'waiting' && <YesSoFar run={run} beside={beside} />}
      </p>
      <div class="demo-row">
        <Elapsed from={run.startedAt} to={run.ended ? endOf(run) : null} />
        {run.state === 'waiting' && run.expiresAt !== null && <Remaining until={run.expiresAt} />}
        <Deeds {...{ run, live, nav, beside }} />
      </div>
      <details>
        <summary>What the pipeline sees</summary>
        <Transcript exchanges={run.transcript} />
      </details>
    </div>
  )
}

/** What is shown of a sentence at first, in characters: a reason may be as long as a page. */
const SHORT = 280

function Long({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false)
  const letters = Array.from(text)
  if (letters.length <= SHORT) return <>{text}</>
  return (
    <>
      {isOpen ? text : `${letters.slice(0, SHORT).join('')}…`}{' '}
      <button type="button" class="demo-plain" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Show less' : 'Show all of it'}
      </button>
    </>
  )
}

/** What was told, but for the word that stands before it already. */
const without = (word: string, told: string): string =>
  told.startsWith(word) ? told.slice(word.length).replace(/^[:,]? /, '') : told

function YesSoFar({ run, beside }: Pick<RunProps, 'run' | 'beside'>) {
  const count = yesCount(run, useBeside(beside))
  return count === 0 ? null : <b>{`, ${count} yes so far`}</b>
}

function Deeds({ run, live, nav, beside }: RunProps) {
  const [problem, attempt] = useAttempt()
  const { card } = run
  return (
    <>
      {card && (
        <button type="button" class="demo-plain" onClick={() => goToCard({ live, nav }, { card })}>
          Go to the card
        </button>
      )}
      {run.state === 'waiting' && (
        <button type="button" class="demo-plain" onClick={() => attempt(() => beside.withdraw(run.id))}>
          Withdraw
        </button>
      )}
      {problem !== null && (
        <span class="demo-problem" role="alert">
          {problem}
        </span>
      )}
    </>
  )
}

function endOf({ startedAt, transcript }: RunView): number {
  const last = transcript.at(-1)
  return last ? last.at + (last.ms ?? 0) : startedAt
}
