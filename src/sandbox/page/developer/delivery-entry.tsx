import type { DeliveryKind, DeliveryRecord } from '../../types.ts'
import type { Live } from '../live.ts'
import { Outcome, useAttempt } from './attempt.tsx'
import { Entry, Meaning, type Tone } from './entry.tsx'
import { JsonView } from './json-view.tsx'
import { Problems } from './problems.tsx'

const KINDS: Readonly<Record<DeliveryKind, string>> = {
  interactive: 'interaction',
  slash_commands: 'command',
  events_api: 'event',
}

/** An event is nobody's deed: its person may be the one it is about. */
const PERSON: Readonly<Record<DeliveryKind, string>> = { interactive: 'as', slash_commands: 'as', events_api: 'about' }

interface DeliveryEntryProps {
  readonly live: Live
  readonly delivery: DeliveryRecord
  /** The person it comes from. */
  readonly who: string | undefined
}

/** One delivery of Slack to the app. */
export function DeliveryEntry({ live, delivery, who }: DeliveryEntryProps) {
  const note = who === undefined ? KINDS[delivery.kind] : `${KINDS[delivery.kind]} ${PERSON[delivery.kind]} ${who}`
  return (
    <Entry
      at={delivery.at}
      way="to the app"
      title={delivery.about}
      note={note}
      mark={markOf(delivery)}
      details={() => <DeliveryDetails live={live} delivery={delivery} />}
    />
  )
}

function markOf({ result, problems = [] }: DeliveryRecord): { tone: Tone; text: string } {
  if (problems.length > 0) return { tone: 'bad', text: 'answer refused' }
  if (!result) return { tone: 'open', text: 'not answered yet' }
  if (result.acked) return { tone: 'ok', text: `acked in ${Math.round(result.ackMs)} ms` }
  return { tone: 'bad', text: result.error ?? 'not acknowledged' }
}

function DeliveryDetails({ live, delivery }: { live: Live; delivery: DeliveryRecord }) {
  const attempt = useAttempt()
  const { result } = delivery
  const again = () =>
    attempt.run(
      () => live.control('POST', `/control/deliveries/${delivery.seq}/replay`),
      'Sent again, byte for byte: a careful app does nothing the second time.',
    )
  return (
    <>
      {result && !result.acked ? <Meaning outcome={result.error ?? ''} /> : null}
      <Problems lines={delivery.problems} sent={result?.body ?? null} />
      <button type="button" class="dev-button dev-small" onClick={again}>
        Send again
      </button>
      <Outcome of={attempt} />
      <JsonView label={`payload of ${delivery.about}`} value={delivery.payload} />
      {result?.body === undefined ? null : <JsonView label="answer of the app" value={result.body} />}
    </>
  )
}
