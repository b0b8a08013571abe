import type { IncomingMessage, ServerResponse } from 'node:http'

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
export function turnedAway(incoming: IncomingMessage, isPage = false): TurnedAway | null {
  const away = foreign(incoming, isPage)
  if (away || !hasBody(incoming)) return away
  return /^application\/json\s*(;|$)/i.test(incoming.headers['content-type'] ?? '') ? null : NOT_JSON
}

const NOT_JSON: TurnedAway = {
  status: 415,
  error: 'the body must be JSON, with the content-type application/json',
}

/**
 * What Slack's own paths ask of everybody, too: an app sends its token, but any page can send a form or open a WebSocket.
 * SDKs send no Origin, or, as some WebSocket clients do, the one of the address that they call.
 */
export function foreign(incoming: IncomingMessage, isPage = false): TurnedAway | null {
  const port = incoming.socket.localPort
  const { host, origin, 'sec-fetch-site': site } = incoming.headers
  if (!isOurs(`http://${host ?? ''}`, port))
    return { status: 403, error: `the sandbox answers to http://127.0.0.1:${port} and http://localhost:${port} alone` }
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, error: 'the sandbox takes no requests from the pages of other origins' }
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(isPage && isOpened(incoming)))
    return { status: 403, error: 'the sandbox takes no requests from the pages of other sites' }
  return null
}

/**
 * The same for a WebSocket. Python's SDK sends the Host without its port; a page of another site can leave out neither the
 * port nor, which is what counts, its own name or Origin.
 */
export function foreignSocket(incoming: IncomingMessage): boolean {
  const { host } = incoming.headers
  if (host === undefined || !LOCAL.includes(host)) return foreign(incoming) !== null
  return incoming.headers.origin !== undefined || incoming.headers['sec-fetch-site'] !== undefined
}

export function turnAway({ status, error }: TurnedAway, outgoing: ServerResponse): void {
  // What the body holds was not read: the connection is not fit for another request.
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  outgoing.end(JSON.stringify({ error }))
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
