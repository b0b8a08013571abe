import { randomUUID } from 'node:crypto'
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Problem } from './problem.ts'

/**
 * What Node's parser refused: smuggling pairs, bare line feeds, headers without end, bodies that never arrive (I12, I15).
 * The connection is over, for nobody knows where the next message on it would begin.
 */
export function refuseBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
  else endWith(socket, brokenProblem(error.code))
}

/** CONNECT: we are nobody's tunnel. */
export function refuseTunnel(_incoming: IncomingMessage, socket: Duplex): void {
  endWith(
    socket,
    new Problem('method_not_allowed', 'CONNECT is not possible here.', { headers: { allow: 'GET, POST' } }),
  )
}

function brokenProblem(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Problem('headers_too_large', 'The request line and headers are larger than 16 KiB together.')
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request_timeout', 'The request did not arrive in time.')
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return new Problem('payload_too_large', 'The chunk extensions are too large.')
  }
  return new Problem('bad_request', 'This is not a valid HTTP/1.1 request.')
}

/** Written by hand: there is no response object for a request that was never understood. */
function endWith(socket: Duplex, problem: Problem): void {
  const id = randomUUID()
  const text = problem.document(id)
  const headers = {
    ...problem.extras.headers,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': id,
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${text}`)
  // A peer that neither reads nor leaves must not keep the socket.
  setTimeout(() => socket.destroy(), CLOSE_MS).unref()
}

const CLOSE_MS = 1_000
