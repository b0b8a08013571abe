import { useMemo, useState } from 'preact/hooks'
import { Composer } from './composer.tsx'
import { type Live, useLive } from './live.ts'
import { MessageLog } from './message-log.tsx'
import { dmOf } from './people.ts'
import { channelRows } from './rows.ts'
import type { Unread } from './unread.ts'

interface ChannelProps {
  readonly live: Live
  readonly unread: Unread
  readonly channel: string
  readonly at: string | undefined
  openThread(ts: string): void
}

const NOTHING: readonly never[] = []

/** A conversation with its composer. Give it a key of person and channel. */
export function ChannelView({ live, unread, channel, at, openThread }: ChannelProps) {
  const viewer = useLive(live, (state) => state.viewer)
  const facts = useLive(live, (state) => state.facts)
  const messages = useLive(live, (state) => state.messages.get(channel) ?? NOTHING)
  const all = useLive(live, (state) => state.ephemerals)
  // Where "New" is drawn does not move while one reads on.
  const [firstNew] = useState(() => unread.firstOf(live.state, channel))
  const rows = useMemo(() => {
    const ephemerals = all.filter((each) => each.channel === channel)
    return channelRows({ messages, ephemerals }, firstNew)
  }, [messages, all, channel, firstNew])
  const name = facts.channels.find((each) => each.id === channel)?.name
  const title = channel === dmOf(viewer) ? facts.app.name : `#${name ?? channel}`
  return (
    <>
      <MessageLog
        live={live}
        label={`Messages in ${title}`}
        rows={rows}
        at={at}
        openThread={openThread}
        onSeen={(ts) => unread.mark(viewer, channel, ts)}
      >
        <p class="sb-beginning">
          {channel === dmOf(viewer) ? (
            <>
              This is the very beginning of your direct messages with <bdi>{title}</bdi>.
            </>
          ) : (
            <>
              This is the very beginning of the <bdi>{title}</bdi> channel.
            </>
          )}
        </p>
      </MessageLog>
      <Composer live={live} channel={channel} title={title} />
    </>
  )
}
