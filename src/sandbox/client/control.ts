import { isObject } from '../json.ts'
import type { Mirror } from './mirror.ts'

type Verb = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** Calls the control API, and comes back when the mirror shows what that led to. */
export class Control {
  readonly #url: string
  readonly #mirror: Mirror

  constructor(url: string, mirror: Mirror) {
    this.#url = url
    this.#mirror = mirror
  }

  /** The answer as its route promises it. Throws with the sentence of the refusal. */
  async call<T>(method: Verb, path: string, body?: object): Promise<T> {
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await fetch(`${this.#url}/control/${path}`, { method, ...sent })
    const answer: unknown = await response.json()
    await this.#mirror.reached(Number(response.headers.get('x-sandbox-revision')))
    if (response.ok) return answer as T
    throw new Error(isObject(answer) ? String(answer.error) : `the sandbox answered ${response.status}`)
  }
}
