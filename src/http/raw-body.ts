import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { JsonObject } from '../approval/request.ts'
import { headerValues } from './headers.ts'
import { type Flaw, flawsOf } from './json-text.ts'
import { Problem } from './problem.ts'

/** The largest body that is read; the rest of a larger one never reaches memory. */
const MAX_BODY_BYTES = 64 * 1024

/** The asker hung up while its body was read: there is nobody to answer. */
export class HungUp extends Error {
  override name = 'HungUp'
}

/** A JSON object as the asker wrote it, and how many bytes it took. */
export interface Body {
  readonly value: JsonObject
  readonly bytes: number
}

/** Reads the body as strict JSON. @throws {@link Problem} 400, 413, 415 or 422; {@link HungUp}. */
export async function readJson(incoming: IncomingMessage): Promise<Body> {
  requireJsonType(incoming)
  const bytes = await readBytes(incoming)
  return { value: jsonObject(bytes), bytes: bytes.length }
}

/** As {@link readJson}; no body at all is an empty object. */
export async function readOptionalJson(incoming: IncomingMessage): Promise<Body> {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
  return (length === undefined || length === '0') && encoding === undefined
    ? { value: {}, bytes: 0 }
    : readJson(incoming)
}

function requireJsonType(incoming: IncomingMessage): void {
  if (incoming.headers['content-encoding'] !== undefined) {
    throw new Problem('unsupported_media_type', 'A Content-Encoding is not accepted: send the JSON as it is.')
  }
  const [type, ...others] = headerValues(incoming, 'content-type')
  if (others.length > 0 || !isJsonType(type)) {
    throw new Problem('unsupported_media_type', 'Send the body as Content-Type: application/json (UTF-8).')
  }
}

const isJsonType = (type: string | undefined): boolean =>
  type === 'application/json' ||
  (type !== undefined &&
    type.length < 100 &&
    /^application\/json(?:[ \t]*;[ \t]*charset="?utf-8"?)?[ \t]*$/i.test(type))

/**
 * The body's bytes, at most {@link MAX_BODY_BYTES}. What declares or brings more is refused at once: its rest is not
 * kept (I5, T20).
 */
function readBytes(incoming: IncomingMessage): Promise<Buffer> {
  if (Number(incoming.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const settle = (act: () => void): void => {
      incoming.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
      act()
    }
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length > MAX_BODY_BYTES) settle(() => reject(tooLarge()))
      else chunks.push(chunk)
    }
    const onEnd = (): void => settle(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    const onGone = (): void => settle(() => reject(new HungUp('the connection was closed inside a body')))
    incoming.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

const tooLarge = (): Problem =>
  new Problem('payload_too_large', `The body is larger than ${MAX_BODY_BYTES} bytes, the most that is accepted.`)

/** Bytes -> the object they mean, or the problem with them. Nothing is repaired and nothing is guessed. */
function jsonObject(bytes: Buffer): JsonObject {
  if (!isUtf8(bytes) || bytes[0] === 0 || bytes[1] === 0) {
    throw new Problem('invalid_encoding', 'The body is not UTF-8: send JSON as UTF-8 text.')
  }
  const text = bytes.toString('utf8')
  const flaws = flawsOf(text)
  const [first] = flaws
  if (first) throw problemOf(first, flaws, text)
  const value: unknown = JSON.parse(text)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Problem('invalid_json', 'The body is not a JSON object (byte 0): send {"action": …}.')
  }
  return value as JsonObject
}

function problemOf(first: Flaw, flaws: readonly Flaw[], text: string): Problem {
  const byte = Buffer.byteLength(text.slice(0, first.index))
  const detail = `The body cannot be accepted at byte ${byte}: ${first.message}.`
  if (first.pointer === undefined) return new Problem(first.code, detail)
  const errors = flaws.map(({ pointer = '', code, message }) => ({ pointer, code, message: `${message}.` }))
  return new Problem(first.code, detail, { errors })
}
