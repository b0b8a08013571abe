import { type ComponentChildren, Fragment } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { dayLabel, msOf } from './days.ts'
import { useLinked, useUsed } from './follow.ts'
import { Icon } from './icons.tsx'
import { moveFocus, SCROLLED } from './keys.ts'
import { type Live, useLive } from './live.ts'
import { Message } from './message.tsx'
import type { Row } from './rows.ts'
import { useStick } from './stick.ts'

interface LogProps {
  readonly live: Live
  readonly label: string
  readonly rows: readonly Row[]
  /** The ts of a message that a link led to. */
  readonly at?: string | undefined
  readonly openThread?: (ts: string) => void
  /** Called with the latest ts whenever the person has it in sight. */
  onSeen?(ts: string): void
  /** Above the first message. */
  readonly children?: ComponentChildren
}

/** A conversation that goes on while one looks at it. Give it a key: another conversation is another log. */
export function MessageLog({ live, label, rows, at, openThread, onSeen, children }: LogProps) {
  const facts = useLive(live, (state) => state.facts)
  const viewer = useLive(live, (state) => state.viewer)
  const stick = useStick()
  const { box, content, atEnd, toEnd, letGo } = stick
  const last = rows.at(-1)
  const latest = last?.message
  const seen = useRef('')
  const mine = latest && 'user' in latest && latest.user === viewer
  useLayoutEffect(() => {
    // What answers her click has to be seen whole, also where she had scrolled up to the button or something is folded out.
    if (mine || (last?.ephemeral && stick.isNearEnd())) toEnd()
  }, [latest?.ts])
  const used = useUsed(stick, rows)
  useEffect(() => {
    if (!atEnd || !latest) return
    const look = () => {
      if (document.hidden) return
      seen.current = latest.ts
      onSeen?.(latest.ts)
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [atEnd, latest?.ts])
  useLinked(stick, at)
  const unseen = atEnd ? 0 : rows.filter(({ message }) => Number(message.ts) > Number(seen.current)).length
  const now = Date.now() + live.state.clockSkewMs
  return (
    <div class="sb-log-frame">
      <div
        ref={box}
        class="sb-log"
        role="log"
        aria-live="polite"
        aria-label={label}
        {...SCROLLED}
        onKeyDown={(event) => arrows(event, box.current)}
        onClick={(event) => {
          const on = event.target as Element
          if (on.closest('[aria-expanded]')) letGo()
          used(on)
        }}
      >
        <div ref={content} class="sb-log-content">
          {children}
          {rows.map((row) => (
            <Fragment key={row.message.ts}>
              {row.newDay && <Divider text={dayLabel(msOf(row.message.ts), now)} />}
              {row.firstNew && <Divider text="New" fresh />}
              <Message
                live={live}
                facts={facts}
                viewer={viewer}
                message={row.message}
                ephemeral={row.ephemeral}
                follows={row.follows}
                replies={row.replies}
                lastReply={row.lastReply}
                marked={row.message.ts === at}
                openThread={openThread}
              />
            </Fragment>
          ))}
        </div>
      </div>
      {unseen > 0 && (
        <button type="button" class="sb-jump" onClick={toEnd}>
          <Icon name="down" /> {unseen === 1 ? 'New message' : `${unseen} new messages`}
        </button>
      )}
    </div>
  )
}

function Divider({ text, fresh }: { text: string; fresh?: boolean }) {
  return (
    <div class={`sb-divider ${fresh ? 'sb-divider-new' : ''}`}>
      <span>{text}</span>
    </div>
  )
}

/** Up and down go from message to message; inside of a message's own controls they belong to those. */
function arrows(event: KeyboardEvent, box: HTMLElement | null): void {
  const on = event.target as HTMLElement
  if (on !== box && !on.matches('.sb-message')) return
  if (on === box && event.key === 'Home') return
  moveFocus(event, box, '.sb-message')
}
