import { useId, useState } from 'preact/hooks'
import type { SandboxMessage, View } from '../../types.ts'
import { useLive } from '../live.ts'
import type { PanelProps, Place } from '../panel.ts'
import { CopyButton, JsonView } from './json-view.tsx'

const LATEST = 20
const NAMED = 48

interface Thing {
  readonly key: string
  readonly name: string
  readonly value: SandboxMessage | View
}

/** The JSON of what the person is looking at: messages of this channel, open modals, Home. */
export function Inspect({ live, nav }: PanelProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="dev-section" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>Inspect a message or view</h3>
      </summary>
      {isOpen ? <Things live={live} nav={nav} /> : null}
    </details>
  )
}

const NONE: readonly SandboxMessage[] = []

function Things({ live, nav }: PanelProps) {
  const [chosen, setChosen] = useState('')
  const id = useId()
  const channel = channelOf(nav.place)
  const messages = useLive(live, (state) => state.messages.get(channel) ?? NONE)
  const modals = useLive(live, (state) => state.modals)
  const home = useLive(live, (state) => state.home)
  const things = [
    ...modals.map(viewNamed).reverse(),
    ...messages.slice(-LATEST).map(messageNamed).reverse(),
    ...(home ? [viewNamed(home)] : []),
  ]
  const thing = things.find((each) => each.key === chosen) ?? things[0]
  if (!thing) return <p class="dev-hint">There is nothing here yet. Go to a channel with messages.</p>
  return (
    <>
      <div class="dev-row">
        <label for={id}>Show</label>
        <select id={id} value={thing.key} onChange={(event) => setChosen(event.currentTarget.value)}>
          {things.map((each) => (
            <option key={each.key} value={each.key}>
              {each.name}
            </option>
          ))}
        </select>
      </div>
      <CopyButton title="Copy as Block Kit JSON" text={JSON.stringify({ blocks: thing.value.blocks }, null, 2)} />
      <JsonView label={`JSON of ${thing.name}`} value={thing.value} />
    </>
  )
}

function channelOf(place: Place): string {
  return place.kind === 'channel' ? place.channel : ''
}

function messageNamed(message: SandboxMessage): Thing {
  return {
    key: `${message.channel} ${message.ts}`,
    name: cut(`Message: ${message.text || message.ts}`),
    value: message,
  }
}

function viewNamed(view: View): Thing {
  const title = typeof view.title?.text === 'string' ? view.title.text : view.id
  return { key: view.id, name: view.type === 'home' ? 'App Home' : cut(`Modal: ${title}`), value: view }
}

function cut(name: string): string {
  return name.length <= NAMED ? name : `${name.slice(0, NAMED)}…`
}
