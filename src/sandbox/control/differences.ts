import type { ApiCall, DeliveryRecord, EphemeralMessage, SandboxMessage, View } from '../types.ts'
import type { Patch, PersonPatch, Standing, WorkspaceFacts } from '../wire.ts'
import { Records } from './records.ts'

/** All that one reader may see at this moment. */
export interface Seen {
  readonly workspace: WorkspaceFacts
  readonly standing: Standing
  /** By channel, direct messages included. */
  readonly messages: ReadonlyMap<string, readonly SandboxMessage[]>
  readonly people: ReadonlyMap<string, Own>
  readonly calls: readonly ApiCall[]
  readonly deliveries: readonly DeliveryRecord[]
}

/** What nobody but one person sees. */
export interface Own {
  readonly ephemerals: readonly EphemeralMessage[]
  readonly modals: readonly View[]
  readonly home: View | null
}

const NONE: readonly SandboxMessage[] = []

type News = Omit<Patch, 'first' | 'revision' | 'now'>

/**
 * What one reader was told. It holds references, never copies: state is replaced, not changed in place, so that what is
 * new is found by identity, and a reader who cannot keep up costs no more than one who can.
 */
export class Told {
  readonly #limit: number
  readonly #calls = new Records<ApiCall>()
  readonly #deliveries = new Records<DeliveryRecord>()
  #seen: Seen | null = null

  /** @param limit how many of the latest calls and deliveries a reader is told at once. */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit
  }

  /** What is new since the last time; everything, the first time. */
  news(seen: Seen): News {
    const old = this.#seen
    this.#seen = seen
    const { messages, removed } = messageNews(old?.messages, seen.messages)
    const people = Object.fromEntries([...seen.people].flatMap(([id, own]) => ownNews(id, old?.people.get(id), own)))
    const calls = this.#calls.news(seen.calls, this.#limit)
    const deliveries = this.#deliveries.news(seen.deliveries, this.#limit)
    return {
      ...(same(old?.workspace, seen.workspace) ? {} : { workspace: seen.workspace }),
      ...(same(old?.standing, seen.standing) ? {} : { standing: seen.standing }),
      ...(old && messages.length === 0 ? {} : { messages }),
      ...(removed.length === 0 ? {} : { removed }),
      ...(old && Object.keys(people).length === 0 ? {} : { people }),
      ...(old && calls.length === 0 ? {} : { calls }),
      ...(old && deliveries.length === 0 ? {} : { deliveries }),
    }
  }
}

function messageNews(old: Seen['messages'] | undefined, now: Seen['messages']) {
  const messages: SandboxMessage[] = []
  const removed: { channel: string; ts: string }[] = []
  for (const channel of new Set([...(old?.keys() ?? []), ...now.keys()])) {
    const [before, after] = [old?.get(channel) ?? NONE, now.get(channel) ?? NONE]
    if (before === after) continue
    const known = new Set(before)
    const left = new Set(after.map(({ ts }) => ts))
    messages.push(...after.filter((message) => !known.has(message)))
    removed.push(...before.filter(({ ts }) => !left.has(ts)).map(({ ts }) => ({ channel, ts })))
  }
  return { messages, removed }
}

function ownNews(id: string, old: Own | undefined, now: Own): [string, PersonPatch][] {
  const patch: PersonPatch = {
    ...(same(old?.ephemerals ?? [], now.ephemerals) ? {} : { ephemerals: now.ephemerals }),
    ...(same(old?.modals ?? [], now.modals) ? {} : { modals: now.modals }),
    ...(same(old?.home ?? null, now.home) ? {} : { home: now.home }),
  }
  return Object.keys(patch).length === 0 ? [] : [[id, patch]]
}

/** Equal as JSON; what is the same object is not looked into. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const [before, after] = [Object.entries(a), Object.entries(b)]
  const others = new Map<string, unknown>(before)
  return (
    before.length === after.length && after.every(([key, value]) => others.has(key) && same(others.get(key), value))
  )
}
