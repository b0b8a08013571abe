import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import type { Fault } from '../../src/http/problem.ts'
import type { RequestJson } from '../../src/http/request-json.ts'
import type { TestHouse } from './house.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: Json
}

/** As if nothing were missing: a test that reads what is not there fails by itself. */
type Whole<T> = T extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Whole<NonNullable<T[Key]>> }
    : T

/** A request, a page of them, or a problem. */
type Json = Whole<
  Omit<RequestJson, 'status'> & {
    readonly status: unknown
    readonly type: string
    readonly title: string
    readonly detail: string
    readonly instance: string
    readonly code: string
    readonly errors: readonly Fault[]
    readonly items: readonly RequestJson[]
    readonly next_cursor: string
  }
>

export interface Call {
  readonly key?: string
  readonly body?: unknown
  /** Sent as it stands in place of `body`. */
  readonly raw?: string | Buffer
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly onSocket?: (destroy: () => void) => void
  /** The address of ours that it comes from; every 127.x.y.z is ours. */
  readonly from?: string
}

/** One call over a socket of its own. */
export function call(house: Pick<TestHouse, 'port'>, method: string, path: string, given: Call = {}): Promise<Answer> {
  const raw = given.raw ?? (given.body === undefined ? undefined : JSON.stringify(given.body))
  const bytes = raw === undefined ? undefined : Buffer.from(raw)
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      ...(given.from ? { localAddress: given.from } : {}),
      port: house.port,
      method,
      path,
      agent: false,
      headers: {
        ...(given.key ? { authorization: `Bearer ${given.key}` } : {}),
        ...(bytes ? { 'content-type': 'application/json', 'content-length': String(bytes.length) } : {}),
        ...given.headers,
      },
    })
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = /json/.test(response.headers['content-type'] ?? '')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: (isJson && text !== '' ? JSON.parse(text) : {}) as Json,
        })
      })
    })
    sent.on('error', reject)
    given.onSocket?.(() => sent.destroy())
    sent.end(bytes)
  })
}

export const ask = (house: Pick<TestHouse, 'port'>, key: string, body: unknown, headers = {}): Promise<Answer> =>
  call(house, 'POST', '/v1/requests', { key, body, headers })

/** Writes bytes to a socket and reads until the server closes it, or a second passed after the last byte. */
export function rawExchange(
  house: Pick<TestHouse, 'port'>,
  ...parts: readonly string[]
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(house.port, '127.0.0.1')
    let text = ''
    const end = (closed: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ text, closed })
    }
    let timer = setTimeout(() => end(false), 1500)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      clearTimeout(timer)
      timer = setTimeout(() => end(false), 1500)
    })
    socket.on('error', () => end(true))
    socket.on('close', () => end(true))
    socket.on('connect', () => {
      for (const part of parts) socket.write(part, 'latin1')
    })
  })
}

/** Waits for a condition, at most five seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come about')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Every answer on a raw connection, in order: status and problem code. */
export function answers(text: string): readonly { status: number; code: string | undefined }[] {
  return text
    .split(/(?=HTTP\/1\.1 \d{3})/)
    .filter((part) => part.startsWith('HTTP/1.1'))
    .map((part) => ({
      status: Number(part.slice(9, 12)),
      code: /"code":"(\w+)"/.exec(part)?.[1],
    }))
}
