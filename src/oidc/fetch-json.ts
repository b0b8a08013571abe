/** Why an issuer could not be read. The message is for whoever runs this, and holds no answer of the issuer's. */
export class IssuerTrouble extends Error {
  override name = 'IssuerTrouble'
}

/** Key sets of real issuers have a few kilobytes. */
const LARGEST_BYTES = 256 * 1024

/**
 * Is this an address that keys may be read from? https; or, where the development setting says so, http to this very
 * machine: whoever answers for another machine over http is whoever sits on the wire (T15).
 */
export function isFetchable(address: string, allowHttpLoopback: boolean): boolean {
  const url = URL.parse(address)
  if (url?.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (allowHttpLoopback && url.protocol === 'http:' && isLoopback(url.hostname))
}

const isLoopback = (hostname: string): boolean => ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)

/**
 * Reads a JSON object. No redirects: they would lead to where the policy never said (T16). No more than
 * {@link LARGEST_BYTES}, whatever is declared, and not longer than `signal` allows.
 *
 * @throws {@link IssuerTrouble}
 */
export async function fetchJson(address: string, what: string, signal: AbortSignal): Promise<object> {
  let text: string
  try {
    const response = await fetch(address, {
      redirect: 'manual',
      signal,
      headers: { accept: 'application/json', 'user-agent': 'countersign' },
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      const elsewhere = response.status >= 300 && response.status < 400 ? ': redirects are not followed' : ''
      throw new IssuerTrouble(`${what} answers ${response.status}${elsewhere}`)
    }
    text = await textOf(response, what)
  } catch (error) {
    if (error instanceof IssuerTrouble) throw error
    throw new IssuerTrouble(
      signal.aborted ? `${what} did not answer in time` : `${what} cannot be reached${codeOf(error)}`,
    )
  }
  const value = parsed(text)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new IssuerTrouble(`${what} is no JSON object`)
  }
  return value
}

async function textOf(response: Response, what: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    // Leaving the loop cancels the rest.
    if (length > LARGEST_BYTES) throw new IssuerTrouble(`${what} is larger than ${LARGEST_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** ECONNREFUSED and the like; the rest of such a message names addresses of our network. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause !== null && typeof cause === 'object' && 'code' in cause ? String(cause.code) : ''
  return /^[A-Z0-9_]{3,40}$/.test(code) ? ` (${code})` : ''
}
