/**
 * What the demo's page and the process behind it exchange, as JSON under `/beside/`. Types only: the page imports them.
 *
 * | | |
 * | --- | --- |
 * | `GET /control/live?as=…&beside` | the live stream of the workspace, in which each event `beside` is one {@link DemoPatch} |
 * | `GET /beside/policy` | {@link PolicyView} |
 * | `GET /beside/audit/{seq}` | {@link AuditEntryView} with its body whole |
 * | `POST /beside/pipelines/{id}/run` | `202` {@link Started} |
 * | `POST /beside/runs/{id}/cancel` | `202` {@link Started}: the asker withdraws |
 * | `POST /beside/tamper` {@link TamperOrder} | `200` {@link Tampering} |
 * | `POST /beside/restore` | `200` {@link Restored} |
 *
 * Every refusal is 4xx or 5xx with {@link DemoProblem}.
 */

/** What changed since the last one. The first carries everything, `first: true` and the facts; so does a reconnection. */
export interface DemoPatch {
  readonly first?: true
  readonly facts?: DemoFacts
  /** All of them, in the order of the catalogue; in the first patch only. */
  readonly pipelines?: readonly PipelineView[]
  /** New and changed ones, each whole. */
  readonly runs?: readonly RunView[]
  readonly audit?: AuditPatch
}

export interface DemoFacts {
  /** Address of the Countersign API. */
  readonly api: string
  /** A command line to ask something oneself; the key stands in the terminal, as `$COUNTERSIGN_TOKEN` here. */
  readonly curl: string
  readonly tamperings: readonly TamperOption[]
}

/** Who runs it: an AI agent, CI, a scheduled job, or a person at a command line. */
export type AskerKind = 'agent' | 'ci' | 'job' | 'cli'

/** One ask of the catalogue. */
export interface PipelineView {
  /** Stable, such as `agent-export`: see src/demo/asks. */
  readonly id: string
  readonly title: string
  readonly kind: AskerKind
  /** Name of the API client that asks. */
  readonly client: string
  /** Slack user id of the person whose client it is, who can therefore never approve it. */
  readonly operator: string
  readonly action: string
  readonly resource: string | null
  readonly environment: string | null
  /** What it is about, a sentence. */
  readonly about: string
  /** What to look out for on the card or in the transcript, a sentence. */
  readonly lookFor: string
  /** Where its card will appear; null where the policy answers at once. */
  readonly channel: string | null
  /** Who may say yes, and who may not, a sentence. */
  readonly approvers: string
  /** Slack user ids of people whose yes would count, as the workspace stands at the start. */
  readonly approverIds: readonly string[]
  /** The request body as pretty JSON, secrets masked, cut where it is very long. */
  readonly body: string
}

/**
 * `asking` the POST is under way; `waiting` people are asked; `approved` the yes is there and not used yet; `consumed` it is
 * used and the deed is being done; `done` and `failed` the deed is reported. The other five end without a deed: `refused`
 * is a no of the API itself, such as a payload that is not the approved one.
 */
export type RunState =
  | 'asking'
  | 'waiting'
  | 'approved'
  | 'consumed'
  | 'done'
  | 'failed'
  | 'denied'
  | 'expired'
  | 'cancelled'
  | 'refused'

/** One run of an ask. */
export interface RunView {
  readonly id: string
  readonly pipelineId: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Null until Countersign has taken the request. */
  readonly requestId: string | null
  /** When people's time is over, milliseconds since 1970; null until it is known, or where nobody is asked. */
  readonly expiresAt: number | null
  readonly state: RunState
  /** No more will come. */
  readonly ended: boolean
  /** What the pipeline knows by now, in plain words: "waiting for people", "denied: not during the sale". */
  readonly told: string
  /** The posted card. */
  readonly card: { readonly channel: string; readonly ts: string } | null
  readonly transcript: readonly Exchange[]
}

/** One HTTP exchange, or a step of the pipeline itself (`method` is null), as it happens. */
export interface Exchange {
  readonly at: number
  readonly method: 'GET' | 'POST' | null
  readonly path: string | null
  /** Those worth showing, `Prefer: wait=60`; never the key. */
  readonly headers: readonly string[]
  /** Pretty JSON, secrets masked, cut where it is long. */
  readonly sent: string | null
  /** Null while it is under way. */
  readonly status: number | null
  readonly received: string | null
  readonly ms: number | null
  /** In plain words: "held the line for 12 s", "second use refused: already_consumed". */
  readonly note: string
}

export interface Started {
  readonly run: RunView
}

/** The log as it stands, and what the verification says of it. */
export interface AuditPatch {
  /** New and changed ones, by `seq`; the first patch has the latest 500. */
  readonly entries: readonly AuditEntryView[]
  /** Entries that are no longer there. */
  readonly gone: readonly number[]
  readonly head: { readonly size: number; readonly root: string }
  readonly check: Check
  /** Milliseconds since 1970. */
  readonly checkedAt: number
  /** What was changed behind the bot's back and not put back yet, oldest first. */
  readonly tampered: readonly Tampering[]
}

export interface AuditEntryView {
  readonly seq: number
  readonly type: string
  /** An id: `slack:T…:U…`, `client:…`, `policy`, `system`. */
  readonly actor: string
  readonly requestId: string | null
  /** RFC 3339. */
  readonly at: string
  /** In plain words. */
  readonly summary: string
  /** The text that is hashed, as stored. */
  readonly envelope: string
  /** As stored; null once erased. */
  readonly body: string | null
  /** True where the body is longer than what is here: `GET /beside/audit/{seq}` has it whole. */
  readonly bodyCut: boolean
}

export type Check =
  | { readonly whole: true; readonly entries: number }
  /** `seq` is the first entry that is not as it was written; null where only the root of all of them tells. */
  | { readonly whole: false; readonly seq: number | null; readonly problem: string }

export type TamperHow = 'rewrite-approver' | 'change-an-ask' | 'delete-entry' | 'cover-tracks'

export interface TamperOption {
  readonly how: TamperHow
  readonly title: string
  readonly about: string
}

export interface TamperOrder {
  readonly how: TamperHow
}

/** One change of the database file, made by another process, and what the verification found after it. */
export interface Tampering {
  readonly how: TamperHow
  readonly seq: number
  /** What was changed, a sentence. */
  readonly what: string
  /** The part that was changed, as it was. */
  readonly before: string
  /** The same part now; null where the entry was deleted. */
  readonly after: string | null
  readonly found: Check
}

export interface Restored {
  /** How many entries were put back. */
  readonly entries: number
  readonly check: Check
}

export interface PolicyView {
  readonly yaml: string
}

/** What cannot be done and why, a sentence. */
export interface DemoProblem {
  readonly error: string
}
