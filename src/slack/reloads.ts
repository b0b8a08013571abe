import type { Service } from '../service.ts'
import type { FailedReload } from './cards/policy-sheet.ts'

/**
 * The last policy file that was not taken, as this process has recorded it. Nothing older matters: a start with such a file
 * does not happen.
 */
export class Reloads {
  #failed: FailedReload | null = null

  constructor(service: Service) {
    service.onCommitted(({ audit: [{ type, body }], atMs }) => {
      if (type === 'policy.reload_failed') this.#failed = { atMs, problems: textsIn(body['problems']), isMended: false }
      else if (type === 'policy.loaded' && this.#failed) this.#failed = { ...this.#failed, isMended: true }
    })
  }

  get failed(): FailedReload | null {
    return this.#failed
  }
}

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
