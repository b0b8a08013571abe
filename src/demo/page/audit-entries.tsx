import { useState } from 'preact/hooks'
import type { LiveState } from '../../sandbox/page/live.ts'
import type { AuditEntryView, AuditPatch } from '../wire.ts'
import { actorInWords, typeInWords } from './audit-words.ts'
import type { Beside } from './beside.ts'

interface EntriesProps {
  readonly audit: AuditPatch
  readonly people: LiveState['facts']['people']
  readonly beside: Beside
}

/** Newest first. */
export function AuditEntries({ audit, people, beside }: EntriesProps) {
  const { check } = audit
  const bad = check.whole ? null : check.seq
  return (
    <section class="demo-section">
      <h3>What happened, newest first</h3>
      <ol class="demo-entries" reversed>
        {audit.entries.toReversed().map((entry) => (
          <Entry key={entry.seq} isBad={entry.seq === bad} {...{ entry, people, beside }} />
        ))}
      </ol>
    </section>
  )
}

interface EntryProps extends Pick<EntriesProps, 'people' | 'beside'> {
  readonly entry: AuditEntryView
  readonly isBad: boolean
}

function Entry({ entry, isBad, people, beside }: EntryProps) {
  const [isOpen, setOpen] = useState(false)
  const actor = actorInWords(entry.actor, people)
  return (
    <li class={isBad ? 'demo-entry demo-entry-bad' : 'demo-entry'} data-seq={entry.seq} data-type={entry.type}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span class="demo-seq">{entry.seq}</span>
          <span>
            <b>{typeInWords(entry.type)}</b>
            {actor !== null && <span class="demo-dim">{` by ${actor}`}</span>}{' '}
            {isBad && <span class="demo-chip demo-chip-bad">not as it was written</span>}
          </span>
          <time class="demo-time" dateTime={entry.at}>
            {new Date(entry.at).toLocaleTimeString()}
          </time>
          <span class="demo-summary">{entry.summary}</span>
        </summary>
        {isOpen && <Texts entry={entry} beside={beside} />}
      </details>
    </li>
  )
}

/** The entry as it stands in the database. */
function Texts({ entry, beside }: Pick<EntryProps, 'entry' | 'beside'>) {
  const [whole, setWhole] = useState<string | null>(null)
  const more = async () => {
    setWhole(
      await beside.wholeEntry(entry.seq).then(
        ({ body }) => body,
        (problem: Error) => problem.message,
      ),
    )
  }
  return (
    <div class="demo-texts">
      <p class="demo-dim">{`${entry.type}, by ${entry.actor}. The envelope is what the tree hashes; the body stands behind its digest.`}</p>
      <h4>Envelope</h4>
      <pre class="demo-code">{pretty(entry.envelope)}</pre>
      <h4>Body</h4>
      <pre class="demo-code">{entry.body === null ? 'erased' : pretty(whole ?? entry.body)}</pre>
      {entry.bodyCut && whole === null && (
        <button type="button" class="demo-plain" onClick={more}>
          Show all of it
        </button>
      )}
    </div>
  )
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}
