import type { AuditEntry } from '../audit/entry.ts'
import { type TreeHead, verifyLog } from '../audit/verify.ts'
import type { Reads } from '../store/store.ts'
import { Cannot } from './cannot.ts'
import { summary } from './summary.ts'
import type { AuditEntryView, AuditPatch, Check, Tampering } from './wire.ts'

const PAGE = 1_000
/** Whoever opens the page sees so many entries. */
const LATEST = 500
/** What a list shows of a body; the rest is asked for. */
const MOST_BODY = 6_000
/** After a commit the pipeline's answer goes first. */
const AFTER_MS = 20
/** Checking takes a tenth of the time at most, however long the log. */
const REST = 10

/** The log as it stood at the last look. */
interface Seen {
  readonly entries: readonly AuditEntry[]
  readonly head: TreeHead
  readonly check: Check
  readonly checkedAt: number
}

/**
 * An auditor who looks at the log after each change: reads all of it back from the disk, and verifies it against the tree
 * head, as if somebody else had written it.
 */
export class LogWatch {
  readonly #reads: Reads
  readonly #changed: (patch: AuditPatch) => void
  readonly #clientName: (id: string) => string
  #seen: Seen | null = null
  #tampered: readonly Tampering[] = []
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<Seen> | null = null
  #restUntil = 0
  #isStopped = false

  constructor(reads: Reads, clientName: (id: string) => string, changed: (patch: AuditPatch) => void) {
    this.#reads = reads
    this.#clientName = clientName
    this.#changed = changed
  }

  /** Something was written: looks again, soon. */
  nudge(): void {
    if (this.#isStopped) return
    const wait = Math.max(AFTER_MS, this.#restUntil - performance.now())
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      // A look that fails says nothing; the next change brings another one.
      this.look().catch(() => undefined)
    }, wait)
  }

  /** Looks now. */
  async look(): Promise<Seen> {
    // What was written while a look was under way may have been missed by it.
    while (this.#looking) await this.#looking.catch(() => undefined)
    this.#looking = this.#read().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  /** What somebody who just came sees. */
  patch(): AuditPatch {
    if (!this.#seen) throw new Error('nobody has looked at the log yet')
    return this.#told(this.#seen, this.#seen.entries.slice(-LATEST), [])
  }

  get tampered(): readonly Tampering[] {
    return this.#tampered
  }

  set tampered(tampered: readonly Tampering[]) {
    this.#tampered = tampered
    if (this.#seen) this.#changed(this.#told(this.#seen, [], []))
  }

  entry(seq: number): AuditEntryView {
    const entry = this.#seen?.entries.find((each) => each.seq === seq)
    if (!entry) throw new Cannot(404, `There is no entry ${seq}.`)
    return this.#view(entry, Number.POSITIVE_INFINITY)
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  async #read(): Promise<Seen> {
    const began = performance.now()
    const before = this.#seen
    // The head first: what is appended meanwhile lies behind it.
    const head = await this.#reads.head()
    const entries = (await everyEntry(this.#reads)).filter(({ seq }) => seq <= head.size)
    const verified = verifyLog(entries, head)
    const check: Check = verified.whole
      ? { whole: true, entries: entries.length }
      : { whole: false, seq: verified.seq, problem: verified.problem }
    const seen = { entries, head, check, checkedAt: Date.now() }
    this.#seen = seen
    this.#restUntil = performance.now() + (performance.now() - began) * REST
    const [changed, gone] = difference(before?.entries ?? [], entries)
    this.#changed(this.#told(seen, changed.slice(-LATEST), gone))
    return seen
  }

  #told({ head, check, checkedAt }: Seen, entries: readonly AuditEntry[], gone: readonly number[]): AuditPatch {
    const views = entries.map((entry) => this.#view(entry, MOST_BODY))
    return { entries: views, gone, head, check, checkedAt, tampered: this.#tampered }
  }

  #view({ seq, envelope, body }: AuditEntry, most: number): AuditEntryView {
    const { type = '?', actor = '?', at = '', request_id = null } = envelopeOf(envelope)
    return {
      seq,
      type,
      actor,
      requestId: request_id,
      at,
      summary: summary({ type, actor, body }, this.#clientName),
      envelope,
      body: body === null ? null : body.slice(0, most),
      bodyCut: body !== null && body.length > most,
    }
  }
}

async function everyEntry(reads: Reads): Promise<readonly AuditEntry[]> {
  const all: AuditEntry[] = []
  for (;;) {
    const page = await reads.auditEntries(all.at(-1)?.seq ?? 0, PAGE)
    all.push(...page)
    if (page.length < PAGE) return all
  }
}

/** New and changed entries, and the numbers of those that are gone. */
function difference(
  before: readonly AuditEntry[],
  now: readonly AuditEntry[],
): readonly [readonly AuditEntry[], readonly number[]] {
  const known = new Map(before.map((entry) => [entry.seq, entry]))
  const changed = now.filter((entry) => {
    const old = known.get(entry.seq)
    return old?.envelope !== entry.envelope || old.body !== entry.body
  })
  const there = new Set(now.map(({ seq }) => seq))
  return [changed, [...known.keys()].filter((seq) => !there.has(seq))]
}

interface Envelope {
  readonly type?: string
  readonly actor?: string
  readonly at?: string
  readonly request_id?: string | null
}

function envelopeOf(text: string): Envelope {
  try {
    return JSON.parse(text) as Envelope
  } catch {
    return {}
  }
}
