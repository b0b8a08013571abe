import { AppHead, ChannelHead } from './channel-head.tsx'
import { ChannelView } from './channel-view.tsx'
import { HomeView } from './home-view.tsx'
import { type Live, useLive } from './live.ts'
import type { Place } from './panel.ts'
import { dmOf, personOf, whyReadOnly } from './people.ts'
import type { Unread } from './unread.ts'

interface MainProps {
  readonly live: Live
  readonly unread: Unread
  readonly place: Place
  readonly at: string | undefined
  readonly hidden: boolean
  openThread(ts: string): void
}

/** The place where the person is. */
export function MainColumn({ live, unread, place, at, hidden, openThread }: MainProps) {
  const facts = useLive(live, (state) => state.facts)
  const viewer = useLive(live, (state) => state.viewer)
  const channelId = place.kind === 'channel' ? place.channel : ''
  const channel = facts.channels.find((each) => each.id === channelId)
  if (personOf(facts, viewer)?.deleted)
    return (
      <main id="sb-main" class={`sb-main ${hidden ? 'sb-behind' : ''}`} tabIndex={-1}>
        <p class="sb-read-only sb-locked">{whyReadOnly(facts, viewer, channelId)}</p>
      </main>
    )
  const ofApp = place.kind === 'home' || channelId === dmOf(viewer)
  return (
    <main id="sb-main" class={`sb-main ${hidden ? 'sb-behind' : ''}`} tabIndex={-1}>
      {ofApp && <AppHead facts={facts} viewer={viewer} place={place} />}
      {channel && <ChannelHead facts={facts} channel={channel} />}
      {place.kind === 'home' ? (
        <HomeView key={viewer} live={live} />
      ) : (
        <ChannelView
          key={`${viewer} ${channelId}`}
          live={live}
          unread={unread}
          channel={channelId}
          at={at}
          openThread={openThread}
        />
      )}
    </main>
  )
}
