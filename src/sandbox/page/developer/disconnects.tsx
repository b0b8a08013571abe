import { useId } from 'preact/hooks'
import type { DisconnectReason } from '../../types.ts'
import { type Live, useLive } from '../live.ts'
import { Outcome, useAttempt } from './attempt.tsx'
import { DISCONNECTS } from './faults.ts'

/** What Slack may do to the sockets of an app. */
export function Disconnects({ live }: { live: Live }) {
  const { connections, requestUrl } = useLive(live, (state) => state.standing)
  const attempt = useAttempt()
  const id = useId()
  const disconnect = (reason: DisconnectReason) =>
    attempt.run(() => live.control('POST', '/control/disconnect', { reason }), 'Done. Watch the sockets come back.')
  return (
    <section class="dev-section" aria-label="Sockets">
      <h3>Sockets</h3>
      <p class="dev-hint">
        {requestUrl === null
          ? `Open now: ${connections}.`
          : 'Deliveries take HTTP at the moment, so that nothing depends on these.'}
      </p>
      <ul class="dev-breakages">
        {DISCONNECTS.map(({ reason, title, says }) => (
          <li key={reason}>
            <button
              type="button"
              class="dev-button dev-break"
              aria-describedby={id + reason}
              onClick={() => disconnect(reason)}
            >
              {title}
            </button>
            <p id={id + reason}>{says}</p>
          </li>
        ))}
      </ul>
      <Outcome of={attempt} />
    </section>
  )
}
