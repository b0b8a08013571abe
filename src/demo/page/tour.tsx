import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { type Live, useLive } from '../../sandbox/page/live.ts'
import type { Nav, PanelProps } from '../../sandbox/page/panel.ts'
import { type Beside, useBeside } from './beside.ts'
import { Remaining } from './clock.tsx'
import { goToCard, isNarrow, reveal, useMark } from './point.ts'
import './tour.css'
import { begin, moved, type Progress, readProgress, type Scene, STEPS, skipped } from './tour-steps.ts'
import { type Guidance, guidance, type Show } from './tour-words.ts'

/** Survives a reload, and is forgotten with the tab. */
const KEPT = 'countersign-tour'
const CLOSED = 'closed'
const FIRST_PANEL = 'pipelines'

export function tourGuide(beside: Beside): ComponentType<PanelProps> {
  return ({ live, nav }) => <Tour live={live} nav={nav} beside={beside} />
}

type TourProps = PanelProps & { readonly beside: Beside }

function Tour({ live, nav, beside }: TourProps) {
  const scene = useScene(live, nav, beside)
  const [isClosed, setClosed] = useState(() => sessionStorage.getItem(KEPT) === CLOSED)
  const [progress, setProgress] = useState(() => readProgress(sessionStorage.getItem(KEPT)))
  const isReady = scene.beside.connected && live.state.connected
  const now = isReady && !isClosed ? moved(progress ?? begin(scene), scene) : null

  // Whoever comes for the first time finds the asks beside the conversation.
  useEffect(() => {
    if (progress === null && !isClosed && nav.panel === null && !isNarrow()) nav.openPanel(FIRST_PANEL)
  }, [])
  useEffect(() => {
    if (isClosed) sessionStorage.setItem(KEPT, CLOSED)
    else if (now) sessionStorage.setItem(KEPT, JSON.stringify(now))
    if (now && now !== progress) setProgress(now)
  }, [now, isClosed])

  const restart = () => {
    setProgress(begin(scene))
    setClosed(false)
  }
  if (isClosed) return <TourButton start={restart} />
  if (!now) return null
  return (
    <Coach
      progress={now}
      said={guidance(now, scene)}
      show={(where) => lead(where, live, nav)}
      skip={() => setProgress(skipped(now))}
      restart={restart}
      close={() => setClosed(true)}
    />
  )
}

function useScene(live: Live, nav: Nav, beside: Beside): Scene {
  const viewer = useLive(live, (state) => state.viewer)
  const people = useLive(live, (state) => state.facts.people)
  const ephemerals = useLive(live, (state) => state.ephemerals)
  useLive(live, (state) => state.connected)
  return { viewer, people, ephemerals, panel: nav.panel, beside: useBeside(beside) }
}

function lead(where: Show, live: Live, nav: Nav): void {
  if (where.card === null) {
    nav.openPanel(where.panel)
    reveal(where.target)
  } else goToCard({ live, nav }, { card: where.card, as: where.become, target: where.target })
}

function TourButton({ start }: { start: () => void }) {
  return (
    <button type="button" class="demo-tour-button" onClick={start}>
      Tour
    </button>
  )
}

interface CoachProps {
  readonly progress: Progress
  readonly said: Guidance
  show(where: Show): void
  skip(): void
  restart(): void
  close(): void
}

function Coach({ progress, said, show, skip, restart, close }: CoachProps) {
  useMark(said.show?.target ?? null)
  const at = STEPS.indexOf(progress.step) + 1
  const isLast = at === STEPS.length
  return (
    <section class="demo-tour" aria-label="Guided tour" data-tour-step={progress.step}>
      <header class="demo-tour-head">
        <span class="demo-tour-count">{`${at} of ${STEPS.length}`}</span>
        <progress class="demo-tour-progress" value={at} max={STEPS.length} aria-label="Progress of the tour" />
        <button type="button" class="demo-plain demo-tour-close" aria-label="Close the tour" onClick={close}>
          ×
        </button>
      </header>
      <div aria-live="polite" aria-atomic="true">
        <h2 class="demo-tour-title">{said.title}</h2>
        {said.lead !== null && <p class="demo-tour-lead">{said.lead}</p>}
        <p>{said.text}</p>
      </div>
      {said.until !== null && <Remaining until={said.until} />}
      <footer class="demo-tour-foot">
        {said.show && <ShowMe where={said.show} show={show} />}
        {isLast ? (
          <button type="button" class="demo-button" onClick={restart}>
            Start again
          </button>
        ) : (
          <button type="button" class="demo-plain" onClick={skip}>
            Skip
          </button>
        )}
      </footer>
    </section>
  )
}

function ShowMe({ where, show }: { where: Show; show(where: Show): void }) {
  return (
    <button type="button" class="demo-button demo-button-main" onClick={() => show(where)}>
      Show me
    </button>
  )
}
