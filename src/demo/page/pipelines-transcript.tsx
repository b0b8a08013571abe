import type { Exchange } from '../wire.ts'

/** What went over the line, as it would read in the pipeline's own terminal. */
export function Transcript({ exchanges }: { exchanges: readonly Exchange[] }) {
  return (
    // It scrolls, so it must be reachable by keyboard; JSON shown in it is no control.
    <ol class="demo-terminal" aria-label="Transcript of the pipeline">
      {exchanges.map((exchange) => (
        <li key={`${exchange.at} ${exchange.path ?? exchange.note}`}>
          {exchange.method === null ? <Step {...exchange} /> : <Call {...exchange} />}
        </li>
      ))}
    </ol>
  )
}

function Step({ note }: Exchange) {
  return <p class="demo-line-note">{`# ${note}`}</p>
}

function Call({ method, path, headers, sent, status, received, ms, note }: Exchange) {
  return (
    <>
      <p>
        <span class="demo-line-mark">→</span> <b>{method}</b> {path} {headers.join(' ')}
      </p>
      {sent !== null && <Json label="sent" text={sent} />}
      <p>
        <span class="demo-line-mark">←</span>{' '}
        {status === null ? (
          'the line is held…'
        ) : (
          <b class={status < 400 ? 'demo-line-good' : 'demo-line-bad'}>{status}</b>
        )}{' '}
        {ms !== null && <span>{inTime(ms)}</span>}
      </p>
      {note !== '' && <p class="demo-line-note">{`# ${note}`}</p>}
      {received !== null && <Json label="received" text={received} />}
    </>
  )
}

function Json({ label, text }: { label: string; text: string }) {
  return (
    <details>
      <summary>{label}</summary>
      <pre>{text}</pre>
    </details>
  )
}

const inTime = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`)
