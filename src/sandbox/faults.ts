import type { DeliveryFault, DeliveryKind, Fault } from './types.ts'
import type { ActiveFault } from './wire.ts'

type Planned = ActiveFault['fault']

/** The faults somebody has planned, the oldest first: in the Web API, and on the way to the app. */
export class Faults {
  readonly #planned = new Map<string, ActiveFault>()
  readonly #changed: () => void
  #last = 0

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** @returns its id. */
  plan(planned: Planned): string {
    this.#last += 1
    const id = `fault-${this.#last}`
    const fault: Planned = 'api' in planned ? { api: { ...planned.api } } : { delivery: { ...planned.delivery } }
    const { times } = 'api' in fault ? fault.api : fault.delivery
    this.#planned.set(id, { id, fault, left: times ?? null })
    this.#changed()
    return id
  }

  remove(id: string): boolean {
    const was = this.#planned.delete(id)
    if (was) this.#changed()
    return was
  }

  list(): readonly ActiveFault[] {
    return [...this.#planned.values()]
  }

  /** The fault that strikes this call, used up once. */
  strikeCall(method: string, channel: string | undefined): Fault | undefined {
    for (const active of this.#planned.values()) {
      if (!('api' in active.fault)) continue
      const { api } = active.fault
      if (api.method !== '*' && api.method !== method) continue
      if (api.channel !== undefined && api.channel !== channel) continue
      this.#use(active)
      return api
    }
    return undefined
  }

  strikeDelivery(kind: DeliveryKind): DeliveryFault | undefined {
    for (const active of this.#planned.values()) {
      if (!('delivery' in active.fault)) continue
      const { delivery } = active.fault
      if (delivery.kinds !== undefined && !delivery.kinds.includes(kind)) continue
      this.#use(active)
      return delivery
    }
    return undefined
  }

  #use(active: ActiveFault): void {
    if (active.left === null) return
    if (active.left <= 1) this.#planned.delete(active.id)
    else this.#planned.set(active.id, { ...active, left: active.left - 1 })
    this.#changed()
  }
}
