import type { Log } from '../log.ts'
import type { Policy } from '../policy/policy.ts'
import type { Service } from '../service.ts'
import type { SlackClients } from './clients.ts'
import type { SlackDirectory } from './directory.ts'
import type { Installation } from './gate.ts'
import type { Arrival } from './payload.ts'
import type { Reloads } from './reloads.ts'

/** What the door is given. It writes through `service` alone; `cardSeen` is the one word of it on delivery. */
export interface SlackParts {
  readonly service: Service
  readonly directory: SlackDirectory
  readonly clients: SlackClients
  /** The policy in force, or null where there is none to judge by. */
  readonly policy: () => Policy | null
  readonly mode: 'socket' | 'http'
  readonly apiUrl: string
  /** Needed in Socket Mode. */
  readonly appToken: string | null
  /** Needed in HTTP mode. */
  readonly signingSecret: string | null
  readonly log: Log
  /** UTC milliseconds. */
  readonly now: () => number
  /** Somebody clicked a card that the store does not know: a duplicate post, to be kept up to date from now on. */
  cardSeen(card: { requestId: string; channel: string; ts: string; version: number }): Promise<void>
  /** An acknowledgement was sent, `seconds` after Bolt had verified what it answers: Slack waits for three. */
  readonly acked?: (kind: Arrival['kind'], seconds: number) => void
  /** Slack knows us and can be asked, from now on or again. */
  readonly connected?: () => void
  /** The door is broken in a way that only a new process mends. */
  onFatal(reason: string): void
}

/** What a handler works with. */
export interface Room extends SlackParts {
  /** What became of the policy file while this process ran. */
  readonly reloads: Reloads
  readonly ours: Installation
}
