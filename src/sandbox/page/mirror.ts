import type { ApiCall, DeliveryRecord, EphemeralMessage, SandboxMessage, View } from '../types.ts'
import type { Patch, Standing, WorkspaceFacts } from '../wire.ts'

/** What the page knows of the workspace. Every change makes a new object; parts that did not change stay the same. */
export interface LiveState {
  readonly connected: boolean
  /** User id of the person one is. */
  readonly viewer: string
  /** False for the moment after becoming somebody, while the rest is still what the last person saw. */
  readonly settled: boolean
  readonly facts: WorkspaceFacts
  readonly standing: Standing
  /** By channel, sorted by ts; a new array only where that channel changed. */
  readonly messages: ReadonlyMap<string, readonly SandboxMessage[]>
  readonly ephemerals: readonly EphemeralMessage[]
  readonly modals: readonly View[]
  readonly home: View | null
  /** The latest 500. */
  readonly calls: readonly ApiCall[]
  /** The latest 500. */
  readonly deliveries: readonly DeliveryRecord[]
  /** The sandbox's clock minus the browser's. */
  readonly clockSkewMs: number
}

const KEPT = 500

export function emptyState(viewer: string): LiveState {
  return {
    connected: false,
    viewer,
    settled: false,
    facts: {
      team: { id: '', domain: '', name: '' },
      app: { id: '', name: '', botUserId: '', botId: '' },
      people: [],
      groups: [],
      channels: [],
      commands: [],
      shortcuts: [],
    },
    standing: { connections: 0, requestUrl: null, faults: [], protocolFaults: [] },
    messages: new Map(),
    ephemerals: [],
    modals: [],
    home: null,
    calls: [],
    deliveries: [],
    clockSkewMs: 0,
  }
}

/** The state after one event of the stream. The first event of a connection replaces everything. */
export function patched(before: LiveState, patch: Patch): LiveState {
  const state = patch.first ? emptyState(before.viewer) : before
  const mine = patch.people?.[state.viewer] ?? {}
  return {
    connected: true,
    viewer: state.viewer,
    settled: true,
    facts: patch.workspace ?? state.facts,
    standing: patch.standing ?? state.standing,
    messages: withMessages(state.messages, patch),
    ephemerals: mine.ephemerals ?? state.ephemerals,
    modals: mine.modals ?? state.modals,
    home: mine.home === undefined ? state.home : mine.home,
    calls: bySeq(state.calls, patch.calls),
    deliveries: bySeq(state.deliveries, patch.deliveries),
    clockSkewMs: patch.now - Date.now(),
  }
}

type Messages = ReadonlyMap<string, readonly SandboxMessage[]>

function withMessages(messages: Messages, { messages: changed = [], removed = [] }: Patch): Messages {
  if (changed.length === 0 && removed.length === 0) return messages
  const next = new Map(messages)
  const touched = new Set([...changed, ...removed].map(({ channel }) => channel))
  for (const channel of touched) {
    const byTs = new Map((next.get(channel) ?? []).map((message) => [message.ts, message]))
    for (const gone of removed) if (gone.channel === channel) byTs.delete(gone.ts)
    for (const message of changed) if (message.channel === channel) byTs.set(message.ts, message)
    next.set(channel, [...byTs.values()].sort(byTime))
  }
  return next
}

function byTime(a: SandboxMessage, b: SandboxMessage): number {
  return Number(a.ts) - Number(b.ts)
}

function bySeq<T extends { readonly seq: number }>(all: readonly T[], changed: readonly T[] = []): readonly T[] {
  if (changed.length === 0) return all
  const seen = new Map(all.map((each) => [each.seq, each]))
  for (const each of changed) seen.set(each.seq, each)
  return [...seen.values()].sort((a, b) => a.seq - b.seq).slice(-KEPT)
}
