import type { IncomingMessage } from 'node:http'

/** Why a request is turned away, and with which status. */
export interface TurnedAway {
  readonly status: 403 | 415
  readonly error: string
}

const LOCAL = ['127.0.0.1', 'localhost', '[::1]']

/**
 * The workspace trusts whoever sits at this machine, not the other sites in her browser: one of them could name our
 * address in a form or a script (CSRF), or make its own name resolve to 127.0.0.1 (DNS rebinding) and then read, too.
 * @param isPage opening the page from a link on another site harms nobody: it cannot be framed, and does nothing by itself.
 */
export function turnedAway(incoming: IncomingMessage, port: number | undefined, isPage = false): TurnedAway | null {
  const { host, origin, 'sec-fetch-site': site } = incoming.headers
  if (!isOurs(`http://${host ?? ''}`, port))
    return { status: 403, error: `the sandbox answers to http://127.0.0.1:${port} and http://localhost:${port} alone` }
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, error: 'the sandbox takes no requests from the pages of other origins' }
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(isPage && isOpened(incoming)))
    return { status: 403, error: 'the sandbox takes no requests from the pages of other sites' }
  if (hasBody(incoming) && !/^application\/json\s*(;|$)/i.test(incoming.headers['content-type'] ?? ''))
    return { status: 415, error: 'the body must be JSON, with the content-type application/json' }
  return null
}

function isOurs(address: string, port: number | undefined): boolean {
  const url = URL.parse(address)
  return url !== null && url.host !== '' && LOCAL.includes(url.hostname) && Number(url.port || '80') === port
}

function isOpened({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
