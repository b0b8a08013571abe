import type { DeedResult, WorkspaceFacts } from '../../wire.ts'

/** Where blocks stand: what they name is looked up in `facts`, what is clicked goes to `act`. */
export interface On {
  readonly facts: WorkspaceFacts
  readonly viewer: string
  /** Milliseconds since 1970 on the sandbox's clock. */
  readonly now: () => number
  /** Somebody used an element; resolves when the app answered. */
  act(deed: Act): Promise<DeedResult>
}

export interface Act {
  actionId: string
  blockId: string
  /** The value chosen; several joined by commas. */
  choice?: string
}
