import type { ApiCall, DeliveryRecord, EphemeralMessage, SandboxMessage, View } from '../types.ts'
import { Watch } from '../watch.ts'
import type { Patch, Standing, WorkspaceFacts } from '../wire.ts'

interface Own {
  readonly ephemerals: readonly EphemeralMessage[]
  readonly modals: readonly View[]
  readonly home: View | null
}

const NOTHING: Own = { ephemerals: [], modals: [], home: null }
const NOBODY: WorkspaceFacts = {
  team: { id: '', domain: '', name: '' },
  app: { id: '', name: '', botUserId: '', botId: '' },
  people: [],
  groups: [],
  channels: [],
  commands: [],
  shortcuts: [],
}

/** The state of a sandbox elsewhere, as far as the live stream has told of it. */
export class Mirror {
  readonly watch = new Watch()
  readonly deliveries: DeliveryRecord[] = []
  revision = -1
  facts: WorkspaceFacts = NOBODY
  standing: Standing = { connections: 0, requestUrl: null, faults: [], protocolFaults: [] }
  readonly #messages = new Map<string, Map<string, SandboxMessage>>()
  readonly #lists = new Map<string, readonly SandboxMessage[]>()
  readonly #people = new Map<string, Own>()

  get calls(): readonly ApiCall[] {
    return this.watch.calls.records
  }

  apply(patch: Patch): void {
    this.facts = patch.workspace ?? this.facts
    this.standing = patch.standing ?? this.standing
    for (const message of patch.messages ?? []) this.#channel(message.channel).set(message.ts, message)
    for (const { channel, ts } of patch.removed ?? []) this.#channel(channel).delete(ts)
    for (const [id, own] of Object.entries(patch.people ?? {})) this.#people.set(id, { ...this.own(id), ...own })
    keep(this.watch.calls.records, patch.calls ?? [])
    keep(this.deliveries, patch.deliveries ?? [])
    this.revision = patch.revision
    this.watch.changed()
  }

  own(userId: string): Own {
    return this.#people.get(userId) ?? NOTHING
  }

  /** In the order in which they were written; the same list while nothing in the channel changes. */
  messages(channel: string): readonly SandboxMessage[] {
    const known = this.#lists.get(channel)
    if (known) return known
    const list = [...(this.#messages.get(channel)?.values() ?? [])]
    this.#lists.set(channel, list)
    return list
  }

  message(channel: string, ts: string): SandboxMessage | undefined {
    return this.#messages.get(channel)?.get(ts)
  }

  /** Resolves when the mirror shows what an act has led to. */
  async reached(revision: number): Promise<void> {
    if (this.revision >= revision) return
    await this.watch.until(() => this.revision >= revision, `the live stream to reach revision ${revision}`)
  }

  #channel(id: string): Map<string, SandboxMessage> {
    this.#lists.delete(id)
    const messages = this.#messages.get(id) ?? new Map<string, SandboxMessage>()
    this.#messages.set(id, messages)
    return messages
  }
}

/** New ones at the end, changed ones in their place. */
function keep<T extends { readonly seq: number }>(records: T[], news: readonly T[]): void {
  for (const record of news) {
    const index = record.seq - (records[0]?.seq ?? record.seq)
    records[index] = record
  }
}
