import { randomBytes } from 'node:crypto'

let lastMicros = 0

/** A Slack `ts`: seconds and microseconds, unique and growing in this process. */
export function nextTs(): string {
  lastMicros = Math.max(lastMicros + 1, Date.now() * 1000)
  return microsToTs(lastMicros)
}

function microsToTs(micros: number): string {
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`
}

export function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/** An id such as V0A1B2C3D4: a letter prefix and capital base-16 digits. */
export function newId(prefix: string): string {
  return prefix + hex(5).toUpperCase()
}

/** The five characters Slack gives a block without a block_id. */
export function newBlockId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5)
}

export function newHash(): string {
  return `${Math.floor(Date.now() / 1000)}.${hex(4)}`
}
