import { connect, type Socket } from 'node:net'

/** One finished call: when its first byte went out and its last came in, nanoseconds of the machine's monotonic clock. */
export interface Answer {
  readonly status: number
  readonly body: string
  readonly sentAt: bigint
  readonly receivedAt: bigint
}

/**
 * A keep-alive connection that writes prepared bytes and cuts answers by content-length. A general HTTP client would cost
 * more than the servers it measures.
 */
export class Wire {
  readonly #socket: Socket
  #buffer: Buffer = Buffer.alloc(0)
  #sentAt = 0n
  #waiting: ((answer: Answer) => void) | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
  }

  static open(url: string): Promise<Wire> {
    const { hostname, port } = new URL(url)
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new Wire(socket)))
      socket.once('error', reject)
    })
  }

  call(bytes: Buffer): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiting = resolve
      this.#sentAt = process.hrtime.bigint()
      this.#socket.write(bytes)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk])
    const end = this.#buffer.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#buffer.toString('latin1', 0, end)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#buffer.length < end + 4 + length) return
    const answer = {
      status: Number(head.slice(9, 12)),
      body: this.#buffer.toString('utf8', end + 4, end + 4 + length),
      sentAt: this.#sentAt,
      receivedAt: process.hrtime.bigint(),
    }
    this.#buffer = this.#buffer.subarray(end + 4 + length)
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.(answer)
  }
}

export function httpBytes(method: string, path: string, headers: Record<string, string>, body?: string): Buffer {
  const all = {
    host: '127.0.0.1',
    ...headers,
    ...(body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` }),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`)
}

export interface Load {
  readonly perSecond: number
  readonly p50Us: number
  readonly p99Us: number
  readonly failed: number
}

/** `total` calls over `concurrency` connections, each one after the other, all alike but for what `bytes` says. */
export async function closedLoop(
  url: string,
  concurrency: number,
  total: number,
  bytes: (i: number) => Buffer,
): Promise<Load> {
  const wires = await Promise.all(Array.from({ length: concurrency }, () => Wire.open(url)))
  const took: number[] = []
  let next = 0
  let failed = 0
  const begun = process.hrtime.bigint()
  await Promise.all(
    wires.map(async (wire) => {
      while (next < total) {
        const answer = await wire.call(bytes(next++))
        if (answer.status >= 300) failed++
        took.push(Number(answer.receivedAt - answer.sentAt) / 1_000)
      }
    }),
  )
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9
  for (const wire of wires) wire.close()
  return { perSecond: total / seconds, p50Us: quantile(took, 0.5), p99Us: quantile(took, 0.99), failed }
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}
