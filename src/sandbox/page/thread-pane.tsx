import { useMemo } from 'preact/hooks'
import { Composer } from './composer.tsx'
import { Icon } from './icons.tsx'
import { type Live, useLive } from './live.ts'
import { MessageLog } from './message-log.tsx'
import { dmOf } from './people.ts'
import { threadRows } from './rows.ts'

interface ThreadProps {
  readonly live: Live
  readonly channel: string
  /** The ts of the message the thread belongs to. */
  readonly root: string
  readonly hidden: boolean
  close(): void
}

const NOTHING: readonly never[] = []

/** A message and the replies to it. */
export function ThreadPane({ live, channel, root, hidden, close }: ThreadProps) {
  const viewer = useLive(live, (state) => state.viewer)
  const facts = useLive(live, (state) => state.facts)
  const messages = useLive(live, (state) => state.messages.get(channel) ?? NOTHING)
  const ephemerals = useLive(live, (state) => state.ephemerals)
  const rows = useMemo(() => {
    const own = ephemerals.filter((each) => each.channel === channel)
    return threadRows({ messages, ephemerals: own }, root)
  }, [messages, ephemerals, channel, root])
  const name = facts.channels.find((each) => each.id === channel)?.name
  const title = channel === dmOf(viewer) ? facts.app.name : `#${name ?? channel}`
  return (
    <aside class={`sb-pane sb-thread ${hidden ? 'sb-away' : ''}`} aria-label="Thread">
      <header class="sb-head">
        <h2>
          Thread{' '}
          <small>
            <bdi>{title}</bdi>
          </small>
        </h2>
        <button type="button" class="sb-tool" aria-label="Close thread" title="Close thread" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <MessageLog key={root} live={live} label="Messages in the thread" rows={rows}>
        {rows.length === 0 && <p class="sb-beginning">The message of this thread is not there any more.</p>}
      </MessageLog>
      <Composer live={live} channel={channel} title="thread" threadTs={root} />
    </aside>
  )
}
