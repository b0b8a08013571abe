import { useId, useMemo, useState } from 'preact/hooks'
import { type Live, useLive } from '../live.ts'
import { CallEntry } from './call-entry.tsx'
import { DeliveryEntry } from './delivery-entry.tsx'
import { errorsIn, type Filter, journal } from './journal.ts'

/** More rows than anybody reads only make the page slow. */
const SHOWN = 200

/** What went to and fro between Slack and the app, live, the newest first. */
export function Traffic({ live }: { live: Live }) {
  const [filter, setFilter] = useState<Filter>({ show: 'all', errorsOnly: false, text: '' })
  const calls = useLive(live, (state) => state.calls)
  const deliveries = useLive(live, (state) => state.deliveries)
  const people = useLive(live, (state) => state.facts.people)
  const entries = useMemo(() => journal(calls, deliveries, filter), [calls, deliveries, filter])
  const names = useMemo(() => new Map(people.map((person) => [person.id, person.real_name])), [people])
  return (
    <section class="dev-section" aria-label="Traffic">
      <h3>Traffic</h3>
      <p class="dev-hint">
        ← is the app calling Slack’s Web API, → is Slack delivering to the app. Open a line for all of it.
      </p>
      <FilterBar filter={filter} onChange={setFilter} />
      <p class="dev-hint">{tally(entries.length, errorsIn(calls, deliveries))}</p>
      <ol class="dev-journal" reversed aria-label="Calls and deliveries, newest first">
        {entries
          .slice(0, SHOWN)
          .map((entry) =>
            entry.kind === 'call' ? (
              <CallEntry key={`call ${entry.call.seq}`} call={entry.call} />
            ) : (
              <DeliveryEntry
                key={`delivery ${entry.delivery.seq}`}
                live={live}
                delivery={entry.delivery}
                who={names.get(entry.delivery.user ?? '') ?? entry.delivery.user}
              />
            ),
          )}
      </ol>
    </section>
  )
}

function tally(found: number, errors: number): string {
  const shown = found > SHOWN ? `The latest ${SHOWN} of ${found}` : `${found} ${found === 1 ? 'line' : 'lines'}`
  return `${shown}; ${errors} ${errors === 1 ? 'error' : 'errors'} in all.`
}

const SHOWS: readonly (readonly [Filter['show'], string])[] = [
  ['all', 'All'],
  ['calls', 'Web API calls'],
  ['deliveries', 'Deliveries'],
]

function FilterBar({ filter, onChange }: { filter: Filter; onChange(filter: Filter): void }) {
  const id = useId()
  return (
    <fieldset class="dev-filter">
      <legend class="dev-hidden">Filter</legend>
      {SHOWS.map(([show, title]) => (
        <label key={show}>
          <input
            type="radio"
            name={`${id}show`}
            checked={filter.show === show}
            onChange={() => onChange({ ...filter, show })}
          />
          {title}
        </label>
      ))}
      <label>
        <input
          type="checkbox"
          checked={filter.errorsOnly}
          onChange={(event) => onChange({ ...filter, errorsOnly: event.currentTarget.checked })}
        />
        Errors only
      </label>
      <input
        type="search"
        aria-label="Search in the traffic"
        placeholder="Search"
        value={filter.text}
        onInput={(event) => onChange({ ...filter, text: event.currentTarget.value })}
      />
    </fieldset>
  )
}
