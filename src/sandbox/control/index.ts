import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Site } from '../surface.ts'
import { turnAway, turnedAway } from './guard.ts'
import { StaticSite } from './site.ts'
import type { Parts } from './state.ts'

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** Whatever is not Slack's own: the page, the control API, and what another page brings along. */
export class ControlDoor {
  readonly #parts: () => Parts
  readonly #site: Site | undefined
  readonly #files: StaticSite
  #app: Promise<Listener> | undefined

  /** The parts are there once the sandbox listens. */
  constructor(parts: () => Parts, site: Site | undefined) {
    this.#parts = parts
    this.#site = site
    this.#files = new StaticSite(site?.page ?? 'sandbox')
  }

  /** False where the path is none of ours. */
  async handle(path: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<boolean> {
    const isControl = path.startsWith('/control/')
    const isBeside = path.startsWith('/beside/') && this.#site !== undefined
    const isFile = path === '/' || path === '/favicon.ico' || path.startsWith('/assets/')
    if (!isControl && !isBeside && !isFile) return false
    const refused = turnedAway(incoming, path === '/')
    if (refused) turnAway(refused, outgoing)
    else if (isControl) (await this.#control())(incoming, outgoing)
    else if (isBeside) this.#site?.handle(incoming, outgoing)
    else if (!(await this.#files.handle(path, incoming, outgoing))) return false
    return true
  }

  /** Loaded when somebody first asks: most tests never do. */
  #control(): Promise<Listener> {
    this.#app ??= Promise.all([import('./app.ts'), import('@hono/node-server')]).then(
      ([{ createApp }, { getRequestListener }]) =>
        getRequestListener(createApp(this.#parts(), this.#site).fetch, { overrideGlobalObjects: false }),
    )
    return this.#app
  }
}
