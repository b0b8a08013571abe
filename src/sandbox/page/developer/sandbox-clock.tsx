import { useState } from 'preact/hooks'
import { type Live, useLive } from '../live.ts'
import { Outcome, useAttempt } from './attempt.tsx'
import { aheadInWords } from './moments.ts'
import { NumberField } from './number-field.tsx'

const STEPS: readonly (readonly [seconds: number, title: string, says: string])[] = [
  [4, '4 seconds on', 'A trigger at hand is over (3 s).'],
  [60, '1 minute on', 'Rate limits have recovered, and unused socket tickets are over.'],
  [31 * 60, '31 minutes on', 'A response_url at hand is over (30 min).'],
]

/** Moves the sandbox's clock: Slack's own deadlines pass, without anybody waiting for them. */
export function SandboxClock({ live }: { live: Live }) {
  const ahead = useLive(live, (state) => aheadInWords(state.clockSkewMs))
  const [minutes, setMinutes] = useState(5)
  const attempt = useAttempt()
  const advance = (seconds: number) =>
    attempt.run(() => live.control('POST', '/control/clock', { advanceMs: seconds * 1000 }), 'The clock has moved.')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    advance(minutes * 60)
  }
  return (
    <section class="dev-section" aria-label="Slack’s clock">
      <h3>Slack’s clock</h3>
      <p class="dev-hint">
        Moves triggers, response_urls, socket tickets, rate limits and event retries.{' '}
        <strong>The app’s own clock does not move</strong>: what the app itself lets expire takes its real time.
      </p>
      <p>Slack’s clock is {ahead ?? 'in step with yours'}.</p>
      <ul class="dev-breakages">
        {STEPS.map(([seconds, title, says]) => (
          <li key={seconds} class="dev-row">
            <button type="button" class="dev-button" onClick={() => advance(seconds)}>
              {title}
            </button>
            <span>{says}</span>
          </li>
        ))}
      </ul>
      <form class="dev-row" onSubmit={submit}>
        <button type="submit" class="dev-button">
          Move on by
        </button>
        <NumberField
          label="Minutes to move on"
          unit="minutes"
          min={1}
          max={100_000}
          value={minutes}
          onChange={setMinutes}
        />
      </form>
      <Outcome of={attempt} />
    </section>
  )
}
