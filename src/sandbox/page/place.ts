import type { SandboxChannel } from '../types.ts'
import type { WorkspaceFacts } from '../wire.ts'
import type { Place } from './panel.ts'
import { dmOf, seesChannel } from './people.ts'

/** What the address of the page says: `#U0ALICE/C0PROD`, `…/home`, `…/C0PROD/1700000000.000100` (a thread), `…/p1700000000000100`. */
export interface Route {
  readonly viewer: string
  readonly place: Place | undefined
  /** The ts of the message a link leads to. */
  readonly at: string | undefined
}

export function routeIn(hash: string): Route {
  const [viewer = '', where = '', what = ''] = hash.replace(/^#/, '').split('/')
  const link = /^p(\d{10})(\d{6})$/.exec(what)
  const at = link ? `${link[1]}.${link[2]}` : undefined
  const thread = /^\d{10}\.\d{6}$/.test(what) ? { thread: what } : {}
  const channel = /^[CGD][A-Z0-9]+$/.test(where) ? ({ kind: 'channel', channel: where, ...thread } as const) : undefined
  return {
    viewer: /^[UW][A-Z0-9]+$/.test(viewer) ? viewer : '',
    place: where === 'home' ? { kind: 'home' } : channel,
    at,
  }
}

export function hashOf(viewer: string, place: Place): string {
  if (place.kind === 'home') return `#${viewer}/home`
  return `#${viewer}/${place.channel}${place.thread === undefined ? '' : `/${place.thread}`}`
}

export function messageHash(viewer: string, channel: string, ts: string): string {
  return `#${viewer}/${channel}/p${ts.replace('.', '')}`
}

export function visibleChannels(facts: WorkspaceFacts, viewer: string): readonly SandboxChannel[] {
  return facts.channels.filter((channel) => seesChannel(facts, viewer, channel))
}

/** The place itself where the person can see it, else the first one she can. Her own direct message follows her. */
export function reachable(facts: WorkspaceFacts, viewer: string, place: Place | undefined): Place {
  if (place?.kind === 'home') return place
  if (place?.channel === dmOf(viewer)) return place
  if (place?.channel.startsWith('D')) return { kind: 'channel', channel: dmOf(viewer) }
  const visible = visibleChannels(facts, viewer)
  if (place && visible.some((channel) => channel.id === place.channel)) return place
  const first = visible.find((channel) => channel.members.includes(viewer)) ?? visible[0]
  return first ? { kind: 'channel', channel: first.id } : { kind: 'home' }
}
