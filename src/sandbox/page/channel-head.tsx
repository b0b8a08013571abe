import type { SandboxChannel } from '../types.ts'
import type { WorkspaceFacts } from '../wire.ts'
import { AppAvatar, Avatar } from './avatar.tsx'
import { Icon } from './icons.tsx'
import type { Place } from './panel.ts'
import { displayName, dmOf, personOf, roleOf } from './people.ts'
import { hashOf } from './place.ts'
import { usePopup } from './popup.ts'
import { ChannelName } from './sidebar.tsx'

/** The name of a channel, and who is in it. */
export function ChannelHead({ facts, channel }: { facts: WorkspaceFacts; channel: SandboxChannel }) {
  const popup = usePopup()
  const count = channel.members.length + (channel.is_member ? 1 : 0)
  return (
    <header class="sb-head">
      <h2>
        <ChannelName channel={channel} />
      </h2>
      <button type="button" class="sb-members-button" aria-haspopup="dialog" {...popup.button}>
        <Icon name="people" /> {count}
        <span class="sb-unseen"> members, see who</span>
      </button>
      <div class="sb-pop sb-members" role="dialog" aria-label={`Members of ${channel.name}`} {...popup.box}>
        {popup.open && <Members facts={facts} channel={channel} />}
      </div>
    </header>
  )
}

function Members({ facts, channel }: { facts: WorkspaceFacts; channel: SandboxChannel }) {
  return (
    <>
      <p>{about(facts, channel)}</p>
      <ul>
        {channel.is_member && (
          <li>
            <AppAvatar small /> {facts.app.name} <small>app</small>
          </li>
        )}
        {channel.members.map((id) => {
          const person = personOf(facts, id)
          const name = person ? displayName(person) : id
          return (
            <li key={id}>
              <Avatar id={id} name={name} small /> {name} <small>{person ? roleOf(person) : ''}</small>
            </li>
          )
        })}
      </ul>
    </>
  )
}

function about(facts: WorkspaceFacts, channel: SandboxChannel): string {
  const kind = channel.is_private ? 'A private channel' : 'A public channel'
  const shared = channel.is_ext_shared
    ? ', shared with another organisation'
    : channel.is_pending_ext_shared
      ? ', about to be shared with another organisation'
      : ''
  const app = channel.is_member ? '' : ` ${facts.app.name} is not in it.`
  return `${kind}${shared}.${channel.is_archived ? ' It is archived.' : ''}${app}`
}

/** The app's name, with the tabs of its place in Slack. */
export function AppHead({ facts, viewer, place }: { facts: WorkspaceFacts; viewer: string; place: Place }) {
  const tabs = [
    { name: 'Home', place: { kind: 'home' } as const },
    { name: 'Messages', place: { kind: 'channel', channel: dmOf(viewer) } as const },
  ]
  return (
    <header class="sb-head sb-head-app">
      <h2>
        <AppAvatar small /> {facts.app.name} <span class="sb-badge">APP</span>
      </h2>
      <nav aria-label={`${facts.app.name} tabs`}>
        {tabs.map((tab) => (
          <a
            key={tab.name}
            href={hashOf(viewer, tab.place)}
            aria-current={tab.place.kind === place.kind ? 'page' : undefined}
          >
            {tab.name}
          </a>
        ))}
      </nav>
    </header>
  )
}
