import { useId, useState } from 'preact/hooks'
import type { Standing } from '../../wire.ts'
import { type Live, useLive } from '../live.ts'
import { Outcome, useAttempt } from './attempt.tsx'
import { PointAnApp } from './credentials.tsx'
import { Sentences } from './entry.tsx'
import { explainProtocolFault } from './explain.ts'

/** How the app is connected, and what it did that the protocol does not allow. */
export function Connection({ live }: { live: Live }) {
  const standing = useLive(live, (state) => state.standing)
  const isAway = standing.requestUrl === null && standing.connections === 0
  return (
    <section class="dev-section" aria-label="Connection of the app">
      <h3>Connection</h3>
      <dl class="dev-facts">
        <dt>Mode</dt>
        <dd>{standing.requestUrl === null ? 'Socket Mode' : 'HTTP'}</dd>
        <dt>{standing.requestUrl === null ? 'Open sockets' : 'Request URL'}</dt>
        <dd>{standing.requestUrl ?? standing.connections}</dd>
        <dt>Protocol faults</dt>
        <dd>{standing.protocolFaults.length}</dd>
      </dl>
      {isAway ? <p class="dev-warning">The app is not connected: clicks and commands do not reach it.</p> : null}
      <ProtocolFaults lines={standing.protocolFaults} />
      <PointAnApp live={live} />
      <Mode live={live} standing={standing} />
    </section>
  )
}

const SHOWN = 10

function ProtocolFaults({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <details>
      <summary>What the Socket Mode protocol does not allow</summary>
      <ul class="dev-problems">
        {lines.slice(-SHOWN).map((line, index) => (
          <li key={`${index} ${line}`}>
            <Sentences of={explainProtocolFault(line)} />
            <code>{line}</code>
          </li>
        ))}
      </ul>
    </details>
  )
}

function Mode({ live, standing }: { live: Live; standing: Standing }) {
  const [url, setUrl] = useState(standing.requestUrl ?? '')
  const attempt = useAttempt()
  const id = useId()
  const deliverTo = (target: string | null, done: string) =>
    attempt.run(() => live.control('POST', '/control/deliver-to', { url: target }), done)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    deliverTo(url, 'Deliveries are signed and posted there from now on.')
  }
  return (
    <details>
      <summary>Change how deliveries reach the app</summary>
      <form class="dev-row" onSubmit={submit}>
        <label for={id}>Request URL</label>
        <input
          id={id}
          type="url"
          required
          placeholder="http://127.0.0.1:3000/slack/events"
          value={url}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
        <button type="submit" class="dev-button">
          Deliver by HTTP
        </button>
        {standing.requestUrl === null ? null : (
          <button
            type="button"
            class="dev-button"
            onClick={() => deliverTo(null, 'Deliveries take the sockets again.')}
          >
            Back to Socket Mode
          </button>
        )}
      </form>
      <Outcome of={attempt} />
    </details>
  )
}
