import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { Sandbox } from '../../src/sandbox/index.ts'

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly text: string
}

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One request exactly as written: fetch would not send any Host or Origin one likes, nor a path with dots in it. */
export function raw(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body = '' }: Asked = {},
): Promise<Answered> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers, agent: false }, (incoming) => {
      const { statusCode: status = 0, headers } = incoming
      bytesOf(incoming).then((bytes) => resolve({ status, headers, bytes, text: bytes.toString('utf8') }), reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** A call of the control API. */
export async function control(sandbox: Sandbox, method: string, path: string, body?: unknown) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(`${sandbox.url}/control/${path}`, { method, ...sent })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}
