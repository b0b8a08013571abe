import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** A body up to this size is left to Node, which reads it to its end and keeps the connection. */
const SMALL_BODY_BYTES = 64 * 1024
const LINGER_MS = 500
const LINGER_BYTES = 2 * 1024 * 1024

/**
 * Writes the answer. Where the body has not been read to its end, the answer goes out at once, the connection will not be
 * used again, and what still arrives is thrown away for a moment: closing at once would reset the connection, and the
 * caller would see the reset in place of the 413 (RFC 9112 section 9.6). Bounded, so that nobody can feed us for ever.
 */
export function leaveAfter(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  text: string,
): void {
  if (incoming.complete || declaresSmallBody(incoming)) {
    outgoing.writeHead(status, headers).end(text)
    return
  }
  headers.connection = 'close'
  outgoing.writeHead(status, headers).write(text)
  let left = LINGER_BYTES
  const leave = (): void => {
    clearTimeout(timer)
    incoming.off('data', onData).off('end', leave).off('close', leave)
    outgoing.end()
  }
  const onData = (chunk: Buffer): void => {
    left -= chunk.length
    if (left < 0) leave()
  }
  const timer = setTimeout(leave, LINGER_MS)
  incoming.on('data', onData).on('end', leave).on('close', leave).resume()
}

const declaresSmallBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= SMALL_BODY_BYTES
