import type { Filled } from '../../types.ts'
import type { DeedResult, WorkspaceFacts } from '../../wire.ts'

/** Where blocks stand: what they name is looked up in `facts`, what is clicked goes to `act`. */
export interface On {
  readonly facts: WorkspaceFacts
  readonly viewer: string
  /** Milliseconds since 1970 on the sandbox's clock. */
  readonly now: () => number
  /** Somebody used an element; resolves when the app answered. */
  act(deed: Act): Promise<DeedResult>
  /** Somebody types into a select whose options only the app knows; the answer's `body` holds them. */
  suggest(asked: { actionId: string; blockId: string; typed: string }): Promise<DeedResult>
}

export interface Act {
  actionId: string
  blockId: string
  choice?: Filled
}
