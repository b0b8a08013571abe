import { ApiError, beyond } from './api-error.ts'
import type { Clock } from './clock.ts'
import { hex } from './ids.ts'

const TRIGGER_MS = 3_000

interface Trigger {
  userId: string
  /** Whether the person was in a modal: then a new one goes on top of it. */
  inModal: boolean
  expires: number
  used: boolean
}

/** trigger_ids: valid three seconds, good for one view. */
export class Triggers {
  readonly #triggers = new Map<string, Trigger>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  issue(userId: string, inModal: boolean): string {
    const id = `${Date.now()}.${process.pid}.${hex(16)}`
    this.#triggers.set(id, { userId, inModal, expires: this.#clock.now() + TRIGGER_MS, used: false })
    return id
  }

  /** Looks at a trigger without using it up: a refused view must not cost the trigger. */
  check(id: string): Trigger {
    const trigger = this.#triggers.get(id)
    if (!trigger) throw new ApiError('invalid_trigger_id')
    if (trigger.used) throw beyond('exchanged_trigger_id', 'a trigger_id opens one view, and this one has')
    const late = this.#clock.now() - trigger.expires
    if (late > 0)
      throw beyond('expired_trigger_id', `a trigger_id is good for 3 seconds; this one came ${late} ms late`)
    return trigger
  }
}
