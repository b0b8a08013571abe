import { useRef } from 'preact/hooks'
import { type Live, useLive } from '../live.ts'
import { Outcome, useAttempt } from './attempt.tsx'
import { faultInWords, leftInWords } from './faults.ts'

/** What is broken at the moment, and how to mend it. */
export function ActiveFaults({ live }: { live: Live }) {
  const faults = useLive(live, (state) => state.standing.faults)
  const attempt = useAttempt()
  const heading = useRef<HTMLHeadingElement>(null)
  const mend = (path: string, done: string) =>
    attempt.run(async () => {
      await live.control('DELETE', path)
      // The button that was pressed goes away: without a new place, the keyboard would start from the top of the page.
      heading.current?.focus()
    }, done)
  return (
    <section class="dev-section" aria-label="Active faults">
      <h3 ref={heading} tabIndex={-1}>
        Broken now
      </h3>
      {faults.length === 0 ? (
        <p class="dev-hint">Nothing: Slack works as it should. Break something below and watch the app cope.</p>
      ) : (
        <>
          <ul class="dev-active">
            {faults.map((active) => (
              <li key={active.id}>
                <span>
                  {faultInWords(active)} <em>({leftInWords(active.left)})</em>
                </span>
                <button
                  type="button"
                  class="dev-button dev-small"
                  aria-label={`Mend: ${faultInWords(active)}`}
                  onClick={() => mend(`/control/faults/${encodeURIComponent(active.id)}`, 'Mended.')}
                >
                  Mend
                </button>
              </li>
            ))}
          </ul>
          <button type="button" class="dev-button dev-strong" onClick={() => mend('/control/faults', 'Mended.')}>
            Mend all
          </button>
        </>
      )}
      <Outcome of={attempt} />
    </section>
  )
}
