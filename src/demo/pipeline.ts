import type { Ask, JsonObject } from '../approval/request.ts'
import type { AskerKind } from './wire.ts'

/** One ask of the catalogue: who asks what, and what the pipeline does with a yes. */
export interface Pipeline {
  readonly id: string
  readonly title: string
  readonly kind: AskerKind
  /** Name of the API client; pipelines with the same name share one. */
  readonly client: string
  /** Slack user id of the client's owner. The same for all pipelines of one client. */
  readonly operator: string
  readonly about: string
  readonly lookFor: string
  readonly channel: string | null
  readonly approvers: string
  readonly approverIds: readonly string[]
  /** The body of `POST /v1/requests`, secrets and all. */
  readonly ask: Ask
  readonly deed: Deed
  /** What goes wrong on purpose. */
  readonly twist?: Twist
}

/** The pipeline runs other params than those that were approved, or uses the yes a second time. */
type Twist = { readonly runsInstead: JsonObject } | { readonly usesTwice: true }

/** What would really be done. Here it only takes its time. */
interface Deed {
  readonly doing: string
  /** The summary that is reported. */
  readonly summary: string
  readonly status: 'succeeded' | 'failed'
}
