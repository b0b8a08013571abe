import type { IncomingMessage } from 'node:http'

/**
 * Every value of a header as it was sent. Node joins or drops repeated headers, but two different credentials or keys are
 * never one.
 *
 * @param name lower case.
 */
export function headerValues(incoming: IncomingMessage, name: string): readonly string[] {
  const raw = incoming.rawHeaders
  let values: readonly string[] = NONE
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const sent = raw[i] ?? ''
    if (sent.length === name.length && sent.toLowerCase() === name) values = [...values, raw[i + 1] ?? '']
  }
  return values
}

const NONE: readonly string[] = []
