import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import type { SandboxChannel } from '../types.ts'
import { AppAvatar } from './avatar.tsx'
import { Icon } from './icons.tsx'
import { moveFocus } from './keys.ts'
import { type Live, useLive } from './live.ts'
import type { Place } from './panel.ts'
import { dmOf } from './people.ts'
import { hashOf, visibleChannels } from './place.ts'
import { type Unread, useReading } from './unread.ts'

interface SidebarProps {
  readonly live: Live
  readonly place: Place
  readonly unread: Unread
  readonly hidden: boolean
  /** Called where an entry was chosen, for a drawer that closes then. */
  onChoose(): void
}

/** The places of the workspace, with what the person has not read yet. */
export function Sidebar({ live, place, unread, hidden, onChoose }: SidebarProps) {
  const facts = useLive(live, (state) => state.facts)
  const viewer = useLive(live, (state) => state.viewer)
  useLive(live, (state) => state.messages)
  useLive(live, (state) => state.ephemerals)
  useReading(unread)
  const nav = useRef<HTMLElement>(null)
  const here = place.kind === 'channel' ? place.channel : 'home'
  const dm = dmOf(viewer)
  const dmUnread = unread.count(live.state, dm)
  const appPlace: Place = dmUnread > 0 ? { kind: 'channel', channel: dm } : { kind: 'home' }
  return (
    <nav
      ref={nav}
      class={`sb-side ${hidden ? 'sb-away' : ''}`}
      aria-label="Channels and apps"
      onKeyDown={(event) => void moveFocus(event, nav.current, 'a')}
      onClick={(event) => (event.target as Element).closest('a') && onChoose()}
    >
      <h2>Channels</h2>
      <ul>
        {visibleChannels(facts, viewer).map((channel) => (
          <li key={channel.id}>
            <Entry
              href={hashOf(viewer, { kind: 'channel', channel: channel.id })}
              current={here === channel.id}
              unread={unread.count(live.state, channel.id)}
              away={!channel.members.includes(viewer)}
              channel={channel.id}
            >
              <ChannelName channel={channel} />
            </Entry>
          </li>
        ))}
      </ul>
      <h2>Apps</h2>
      <ul>
        <li>
          <Entry
            href={hashOf(viewer, appPlace)}
            current={here === 'home' || here === dm}
            unread={dmUnread}
            channel={dm}
          >
            <AppAvatar small />
            <span class="sb-entry-name">{facts.app.name}</span>
          </Entry>
        </li>
      </ul>
    </nav>
  )
}

interface EntryProps {
  readonly href: string
  readonly current: boolean
  readonly unread: number
  readonly channel: string
  /** A place the person can look at but is not in. */
  readonly away?: boolean
  readonly children: ComponentChildren
}

function Entry({ href, current, unread, channel, away, children }: EntryProps) {
  return (
    <a
      class={`sb-entry ${unread > 0 ? 'sb-entry-unread' : ''} ${away ? 'sb-entry-away' : ''}`}
      href={href}
      aria-current={current ? 'page' : undefined}
      data-channel={channel}
    >
      {children}
      {unread > 0 && (
        <span class="sb-count">
          {unread}
          <span class="sb-unseen"> unread</span>
        </span>
      )}
    </a>
  )
}

/** `# approvals`, a lock for a private channel, a mark for one that other organisations are in. */
export function ChannelName({ channel }: { channel: SandboxChannel }) {
  const shared = channel.is_ext_shared || channel.is_pending_ext_shared
  return (
    <>
      <Icon name={channel.is_private ? 'lock' : 'hash'} />
      <span class="sb-entry-name">
        {channel.is_private && <span class="sb-unseen">private </span>}
        <bdi>{channel.name}</bdi>
        {channel.is_archived && <small> (archived)</small>}
      </span>
      {shared && (
        <span class="sb-shared" title="Shared with another organisation">
          <Icon name="shared" />
          <span class="sb-unseen">, shared with another organisation</span>
        </span>
      )}
    </>
  )
}
