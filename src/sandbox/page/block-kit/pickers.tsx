import type { VNode } from 'preact'
import { controlProps, type ElementProps, useValue } from './use.tsx'

type Picker = 'date' | 'time' | 'datetime-local'

/** A day, a time, or both, in the browser's own picker. */
export function Picker({ type, ...props }: ElementProps & { type: Picker }): VNode {
  const { value, change, busy, aside } = useValue(props)
  const isMoment = type === 'datetime-local'
  return (
    <span class="bk-element">
      <input
        type={type}
        class="bk-control bk-picker"
        value={isMoment ? localOf(value) : value}
        aria-busy={busy}
        {...controlProps(props, NAME[type])}
        onChange={(event) => {
          const picked = event.currentTarget.value
          change(isMoment ? unixOf(picked) : picked)
        }}
      />
      {aside}
    </span>
  )
}

const NAME: Readonly<Record<Picker, string>> = {
  date: 'Select a date',
  time: 'Select a time',
  'datetime-local': 'Select a date and time',
}

/** Slack keeps a moment as seconds since 1970, the browser's picker as local time without a zone. */
function localOf(unix: string): string {
  const ms = Number(unix) * 1_000
  if (unix === '' || Number.isNaN(new Date(ms).getTime())) return ''
  const offset = new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - offset).toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length)
}

function unixOf(local: string): string {
  const ms = new Date(local).getTime()
  return Number.isNaN(ms) ? '' : String(Math.floor(ms / 1_000))
}
